import pytest
from services.profile.tests.unit.observations import fact

from kindred_profile.domain.consents import fold_permission
from kindred_profile.domain.facts import Fact, FactKind, standing
from kindred_profile.domain.norms import Norm, OwnNorm, effective_norm


def test_nobody_asked_in_the_public_sector_means_forbidden() -> None:
    assert effective_norm(OwnNorm(), None, public_sector=True) == Norm(0.0, True, "crm")
    assert effective_norm(OwnNorm(), None, public_sector=False) is None


def test_what_was_asked_in_the_public_sector_counts() -> None:
    own = OwnNorm(max_value=50.0)
    assert effective_norm(own, None, public_sector=True) == Norm(50.0, True, "self")
    both = OwnNorm(50.0, business_only=False)
    assert effective_norm(both, None, public_sector=True) == Norm(50.0, False, "self")


@pytest.mark.parametrize(
    ("own", "recorded", "expected"),
    [
        (OwnNorm(50.0), Norm(100.0, False, "crm"), Norm(50.0, False, "self")),
        (OwnNorm(100.0), Norm(50.0, False, "crm"), Norm(50.0, False, "self")),
        (OwnNorm(None, business_only=True), Norm(None, False, "crm"), Norm(None, True, "self")),
        (OwnNorm(), Norm(75.0, True, "account_manager"), Norm(75.0, True, "account_manager")),
        (OwnNorm(20.0), None, Norm(20.0, False, "self")),
    ],
)
def test_the_stricter_norm_holds(own: OwnNorm, recorded: Norm | None, expected: Norm) -> None:
    assert effective_norm(own, recorded, public_sector=False) == expected


def said(purpose: str, state: str, at: float) -> Fact:
    return fact(FactKind.CONSENT, purpose, at=at, slot=f"consent/{purpose}", choice=state)


@pytest.mark.parametrize(
    ("legal_ground", "statements", "may", "objected"),
    [
        ("none", [], False, False),
        ("consent", [], False, False),
        ("existing_relation", [], True, False),
        ("published_address", [], True, False),
        ("none", [said("invitations", "granted", 1)], True, False),
        ("existing_relation", [said("invitations", "denied", 1)], False, False),
        ("existing_relation", [said("all", "objected", 1)], False, True),
        ("existing_relation", [said("surveys", "objected", 1)], True, False),
        ("consent", [said("all", "objected", 1), said("invitations", "granted", 2)], True, False),
        ("consent", [said("invitations", "objected", 1), said("all", "granted", 2)], False, True),
        ("consent", [said("invitations", "granted", 1), said("all", "revoked", 2)], False, False),
        (
            "existing_relation",
            [said("invitations", "granted", 1), said("invitations", "objected", 2)],
            False,
            True,
        ),
    ],
)
def test_permission(legal_ground: str, statements: list[Fact], may: bool, objected: bool) -> None:
    for order in (statements, statements[::-1]):
        permission = fold_permission(standing(order), legal_ground)
        assert (permission.may_be_invited, permission.objected) == (may, objected)
