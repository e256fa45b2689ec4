import pytest

from kindred_common.security.principals import Principal, Role, known_roles

OTHERS = sorted(frozenset(Role) - {Role.ACCOUNT_MANAGER})


def manager(*roles: Role, teams: frozenset[str] = frozenset({"north"})) -> Principal:
    return Principal("anna", frozenset({Role.ACCOUNT_MANAGER, *roles}), teams=teams)


@pytest.mark.parametrize(
    ("account_manager", "team", "seen"),
    [
        ("anna", None, True),
        ("anna", "south", True),
        ("bert", "north", True),
        ("bert", "south", False),
        ("bert", None, False),
        (None, None, False),
    ],
)
def test_account_managers_see_their_own_and_their_teams_customers(
    account_manager: str | None, team: str | None, seen: bool
) -> None:
    assert manager().may_see(account_manager, team) is seen
    assert not manager().sees_every_customer


def test_an_account_manager_without_a_team_does_not_see_customers_without_one() -> None:
    assert not manager(teams=frozenset()).may_see("bert", None)
    assert not manager(teams=frozenset()).may_see("bert", "")


@pytest.mark.parametrize("role", OTHERS)
def test_all_other_roles_see_every_customer(role: Role) -> None:
    principal = Principal("carl", frozenset({role}))

    assert principal.sees_every_customer
    assert principal.may_see("anna", "north")


def test_a_second_role_widens_what_an_account_manager_sees() -> None:
    assert manager(Role.VIEWER).may_see("bert", "south")


def test_without_a_role_nothing_is_seen() -> None:
    nobody = Principal("dora", frozenset(), teams=frozenset({"north"}))

    assert not nobody.may_see("dora", "north")
    assert not nobody.has_role()


def test_scopes_limit_only_principals_that_carry_them() -> None:
    person = Principal("anna", frozenset({Role.VIEWER}))
    machine = Principal("crm", frozenset({Role.SYSTEM}), scopes=frozenset({"answers:write"}))

    assert person.has_scope("answers:write")
    assert machine.has_scope("answers:write")
    assert not machine.has_scope("answers:read")
    assert machine.has_scope(None)
    nothing = Principal("crm", frozenset({Role.SYSTEM}), scopes=frozenset())
    assert not nothing.has_scope("answers:read")


def test_roles_of_other_systems_are_ignored() -> None:
    assert known_roles(["viewer", "offline_access", 3, None]) == {Role.VIEWER}
