"""One database and one role per service: as a psql script, for administrators and for the embedded server alike."""

from collections.abc import Mapping

from kindred_common.contracts.vocabulary import Service

SERVICES = tuple(service for service in Service if service is not Service.OUTSIDE)


def role_of(service: Service) -> str:
    """The name of the service's role and of its database."""
    return f"kindred_{service}"


def password_variable(service: Service) -> str:
    """The psql variable that carries the role's password into the script."""
    return f"{role_of(service)}_password"


def database_script() -> str:
    """What makes all roles and databases; may be run again at any time.

    Run it as administrator with `psql --set=kindred_survey_password=... --file=-`, one variable per service.
    """
    return "\\set ON_ERROR_STOP on\n" + "".join(map(_service_script, SERVICES))


def with_passwords(script: str, passwords: Mapping[Service, str]) -> str:
    """The script with the passwords in it; they must not contain quotes or backslashes."""
    lines = [f"\\set {password_variable(one)} '{word}'\n" for one, word in passwords.items()]
    return "".join(lines) + script


def closed_to_services() -> str:
    """Keeps the services' roles out of the databases every Postgres server has."""
    return "REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;\n"


def _service_script(service: Service) -> str:
    name = role_of(service)
    return f"""
-- {service}
SELECT 'CREATE ROLE {name} LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}')\\gexec
ALTER ROLE {name} PASSWORD :'{password_variable(service)}';
-- An administrator that is no superuser gives a database only to a role it belongs to.
SELECT 'GRANT {name} TO CURRENT_USER'
 WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER)\\gexec
SELECT 'CREATE DATABASE {name} OWNER {name}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')\\gexec
REVOKE ALL ON DATABASE {name} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {name};
"""  # noqa: S608 - the names are ours, from a closed set
