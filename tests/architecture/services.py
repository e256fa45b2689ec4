"""What every service must bring, and be named in. Each function says what is missing."""

import re
import tomllib
from collections.abc import Mapping
from importlib import import_module
from inspect import isclass
from pathlib import Path

from pydantic import BaseModel

from kindred_common.runtime.settings import ServiceSettings

NEEDED = ("README.md", "pyproject.toml", "migrations", "tests", "src/{package}/__main__.py")


def missing_parts(folder: Path) -> list[str]:
    """What a service's folder lacks."""
    package = f"kindred_{folder.name}"
    needed = [name.format(package=package) for name in NEEDED]
    missing = [f"{folder.name}: no {name}" for name in needed if not (folder / name).exists()]
    missing += [
        f"{folder.name}: nothing in {empty}"
        for empty in ("migrations", "tests")
        if (folder / empty).is_dir() and not list((folder / empty).rglob("*.py"))
    ]
    return missing or _wrong_package(folder)


def _wrong_package(folder: Path) -> list[str]:
    """A package is named after its folder and names what it needs itself."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    wrong = [] if project["name"] == f"kindred-{folder.name}" else [f"{folder.name}: its name"]
    if "kindred-common" not in project["dependencies"]:
        wrong.append(f"{folder.name}: does not name kindred-common")
    return wrong


def unknown_to_tools(names: set[str], settings: Mapping[str, object]) -> list[str]:
    """Services that a tool named in the workspace's pyproject.toml does not look at."""
    tools = settings["tool"]
    assert isinstance(tools, dict)
    needed = {"importlinter": "kindred_{}", "mypy": "services/{}/src", "uv": "kindred-{}"}
    return [
        f"{tool} does not look at {name}"
        for tool, mark in needed.items()
        for name in sorted(names)
        if mark.format(name) not in str(tools[tool])
    ]


def missing_in_compose(names: set[str], compose: Mapping[str, object]) -> list[str]:
    """Services that Docker Compose would not start or migrate, and those it would start though they are gone."""
    services = compose["services"]
    assert isinstance(services, dict)
    wanted = names | {f"{name}-migrate" for name in names}
    built = {name for name, service in services.items() if "build" in service}
    args = {
        service["build"]["args"]["SERVICE"] for service in services.values() if "build" in service
    }
    return [f"{name} is not in docker-compose.yml" for name in sorted(wanted - built)] + [
        f"docker-compose.yml builds {name}, which does not exist" for name in sorted(args - names)
    ]


def missing_in_first_start(names: set[str], script: str) -> list[str]:
    """Services for which Compose's Postgres would make no database at its first start, and those that are gone."""
    loop = re.search(r"^for service in (.*); do$", script, re.MULTILINE)
    made = set(loop[1].split()) if loop else set()
    return [f"no database for {name}" for name in sorted(names - made)] + [
        f"a database for {name}, which does not exist" for name in sorted(made - names)
    ]


def unknown_settings(compose: Mapping[str, object]) -> list[str]:
    """Settings that Docker Compose gives a service that has none of that name."""
    services = compose["services"]
    assert isinstance(services, dict)
    return [
        f"{name}: {variable}"
        for name, service in services.items()
        if "build" in service
        for variable in service["environment"]
        if not _is_setting(_settings_of(service["build"]["args"]["SERVICE"]), variable)
    ]


def _settings_of(service: str) -> type[BaseModel]:
    module = vars(import_module(f"kindred_{service}.settings"))
    return next(
        each
        for each in module.values()
        if isclass(each) and issubclass(each, ServiceSettings) and each is not ServiceSettings
    )


def _is_setting(model: type[BaseModel], variable: str) -> bool:
    """Whether ``KINDRED_A__B`` sets ``a.b``."""
    inner: object = model
    for step in variable.removeprefix("KINDRED_").lower().split("__"):
        if not (isclass(inner) and issubclass(inner, BaseModel) and step in inner.model_fields):
            return False
        inner = inner.model_fields[step].annotation
    return True
