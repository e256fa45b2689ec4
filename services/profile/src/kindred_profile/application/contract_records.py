"""From a folded profile to the records that others read."""

from collections.abc import Sequence

from pydantic_core import from_json

from kindred_common.contracts.profile import CustomerDetails, CustomerProfile
from kindred_profile.domain.customers import Account
from kindred_profile.domain.profile import Profile

Canonical = str
"""What a record says, as JSON, without what only tells one publication from another."""


def profile_record(profile: Profile) -> CustomerProfile:
    """The profile as its first version; :func:`as_version` makes it the one that is published."""
    customer, wishes = profile.customer, profile.preferences
    return CustomerProfile.model_validate(
        {
            "customer_id": customer.id,
            "version": 1,
            "active": profile.active,
            "account_id": customer.account_id,
            **_of_account(profile.account),
            "buying_role": customer.buying_role,
            "language": customer.language,
            "home": customer.home and _place(customer.home),
            "max_distance_km": profile.max_distance_km,
            "blocked_weekdays": wishes.blocked_weekdays,
            "interests": [
                {
                    "theme": interest.theme,
                    "value": interest.value,
                    "confidence": interest.confidence,
                    "source": interest.source,
                    "observed_at": interest.observed_at,
                }
                for interest in profile.interests
            ],
            "excluded_themes": wishes.excluded_themes,
            "kinds": [{"kind": kind, "value": value} for kind, value in profile.kinds],
            "companion_wish": wishes.companion_wish,
            "manner": profile.manner,
            "norm": profile.norm
            and {
                "max_value": profile.norm.max_value,
                "business_only": profile.norm.business_only,
                "stated_by": profile.norm.stated_by,
            },
            "loyalty": profile.loyalty
            and {"nps": profile.loyalty.nps, "answered_at": profile.loyalty.answered_at},
            "may_be_invited": profile.permission.may_be_invited,
            "objected": profile.permission.objected,
            "open_case": profile.open_case,
            "last_attended_at": profile.last_attended_at,
            "birth_year": customer.birth_year,
        }
    )


def details_record(profile: Profile) -> CustomerDetails:
    """Name, addresses and language of the customer, and who keeps the relation."""
    customer, account = profile.customer, profile.account
    return CustomerDetails.model_validate(
        {
            "customer_id": customer.id,
            "active": profile.active,
            "given_name": customer.given_name,
            "family_name": customer.family_name,
            "email": customer.email,
            "phone": customer.phone,
            "language": customer.language,
            "formal": customer.formal,
            "legal_ground": customer.legal_ground,
            "account_id": customer.account_id,
            "account_name": account and account.name,
            "account_manager_id": account and account.account_manager_id,
            "account_manager_name": account and account.account_manager_name,
            "account_manager_email": account and account.account_manager_email,
            "team": account and account.team,
        }
    )


def canonical(record: CustomerProfile) -> Canonical:
    """What the profile says, without its version and what changed."""
    return record.model_dump_json(exclude={"version", "changed"})


def changed_fields(before: Canonical | None, after: Canonical) -> tuple[str, ...]:
    """The fields that differ; all of them the first time."""
    old = {} if before is None else from_json(before)
    new = from_json(after)
    return tuple(sorted(name for name in new if name not in old or old[name] != new[name]))


def as_version(record: CustomerProfile, version: int, changed: Sequence[str]) -> CustomerProfile:
    """The profile as this version."""
    return record.model_copy(update={"version": version, "changed": tuple(changed)})


def published_profile(content: Canonical, version: int) -> CustomerProfile:
    """The profile that was published with this content."""
    return CustomerProfile.model_validate({**from_json(content), "version": version})


def _of_account(account: Account | None) -> dict[str, object]:
    if account is None:
        return {"account_value": 1.0, "public_sector": False}
    return {
        "account_manager_id": account.account_manager_id,
        "team": account.team,
        "account_value": account.account_value,
        "public_sector": account.public_sector,
    }


def _place(home: tuple[float, float]) -> dict[str, float]:
    latitude, longitude = home
    return {"latitude": latitude, "longitude": longitude}
