"""What other services tell, kept in Postgres for our own answers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import (
    ConsentChanged,
    CustomerDetails,
    CustomerProfile,
    LiveSignal,
)
from kindred_common.contracts.vocabulary import Expectation
from kindred_common.security.personal_links import PersonalLinks
from kindred_invitations.adapters.tables import (
    consent,
    customer,
    customer_matches,
    feedback,
    live_signal,
)

LOW_RATING = 2

_FROM_PROFILE = (
    "account_manager_id", "team", "account_id", "account_value", "nps", "nps_at", "open_case", "profile",
)  # fmt: skip
_FROM_DETAILS = ("active", "given_name", "family_name", "account_name", "sort_name", "details")
_WHILE_NO_PROFILE = ("account_manager_id", "team", "account_id")
"""Both records name the account manager; the profile's word decides who may see the customer, once there is one."""


class PostgresProjections:
    """Projections in one transaction; implements ``Projections``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_profiles(self, profiles: Sequence[CustomerProfile]) -> list[UUID]:
        new = await self._unknown([profile.customer_id for profile in profiles])
        statement = insert(customer)
        changed = {name: statement.excluded[name] for name in _FROM_PROFILE}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=changed),
            [_profile_row(profile) for profile in profiles],
        )
        return new

    async def keep_details(self, details: Sequence[CustomerDetails]) -> list[UUID]:
        new = await self._unknown([detail.customer_id for detail in details])
        statement = insert(customer)
        changed: dict[str, Any] = {name: statement.excluded[name] for name in _FROM_DETAILS}
        for name in _WHILE_NO_PROFILE:
            own = customer.c[name]
            no_profile = customer.c.profile.is_(None)
            changed[name] = sa.case((no_profile, statement.excluded[name]), else_=own)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=changed),
            [_details_row(detail) for detail in details],
        )
        return new

    async def forget_profiles(self, customer_ids: Sequence[UUID]) -> None:
        cleared: dict[str, Any] = dict.fromkeys(("nps", "nps_at", "account_id"))
        cleared |= {"profile": sa.null(), "account_value": 1.0, "open_case": False}
        await self._clear(customer_ids, cleared)

    async def forget_details(self, customer_ids: Sequence[UUID]) -> None:
        cleared: dict[str, Any] = dict.fromkeys(("given_name", "family_name", "account_name"))
        cleared |= {"details": sa.null(), "sort_name": "", "active": False}
        await self._clear(customer_ids, cleared)
        links = PersonalLinks(self._connection)
        for customer_id in customer_ids:
            await links.erase(customer_id)

    async def keep_matches(self, matches: Sequence[CustomerMatches]) -> None:
        statement = insert(customer_matches)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer_id"], set_={"record": statement.excluded.record}
            ),
            [
                {"customer_id": match.customer_id, "record": match.model_dump(mode="json")}
                for match in matches
            ],
        )

    async def forget_matches(self, customer_ids: Sequence[UUID]) -> None:
        gone = sa.delete(customer_matches).where(customer_matches.c.customer_id.in_(customer_ids))
        await self._connection.execute(gone)

    async def keep_feedback(self, given: Sequence[FeedbackGiven]) -> None:
        statement = insert(feedback)
        names = ("given_at", "rating", "low", "record")
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["invitation_id"],
                set_={name: statement.excluded[name] for name in names},
                where=feedback.c.given_at <= statement.excluded.given_at,
            ),
            [_feedback_row(one) for one in given],
        )

    async def keep_consents(self, consents: Sequence[ConsentChanged]) -> None:
        statement = insert(consent)
        names = ("state", "stated_at", "channel")
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["customer_id", "purpose"],
                set_={name: statement.excluded[name] for name in names},
                where=consent.c.stated_at <= statement.excluded.stated_at,
            ),
            [
                {
                    "customer_id": one.customer_id,
                    "purpose": one.purpose,
                    "state": one.state,
                    "stated_at": one.stated_at,
                    "channel": one.channel,
                }
                for one in consents
            ],
        )

    async def keep_signals(self, signals: Sequence[LiveSignal]) -> None:
        statement = insert(live_signal)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["name"], set_={"record": statement.excluded.record}
            ),
            [
                {"name": signal.signal, "record": signal.model_dump(mode="json")}
                for signal in signals
            ],
        )

    async def forget_signals(self, names: Sequence[str]) -> None:
        await self._connection.execute(sa.delete(live_signal).where(live_signal.c.name.in_(names)))

    async def _unknown(self, ids: Sequence[UUID]) -> list[UUID]:
        known = sa.select(customer.c.id).where(
            customer.c.id == sa.any_(sa.bindparam(None, list(ids), type_=sa.ARRAY(sa.Uuid)))
        )
        found = set((await self._connection.scalars(known)).all())
        return [customer_id for customer_id in ids if customer_id not in found]

    async def _clear(self, ids: Sequence[UUID], cleared: dict[str, Any]) -> None:
        """Empties one side of the customers, and removes those of whom nothing is left."""
        those = customer.c.id.in_(ids)
        await self._connection.execute(sa.update(customer).where(those).values(cleared))
        nothing = customer.c.profile.is_(None) & customer.c.details.is_(None)
        await self._connection.execute(sa.delete(customer).where(those & nothing))


def _profile_row(profile: CustomerProfile) -> dict[str, Any]:
    loyalty = profile.loyalty
    return {
        "id": profile.customer_id,
        "account_manager_id": profile.account_manager_id,
        "team": profile.team,
        "account_id": profile.account_id,
        "account_value": profile.account_value,
        "nps": loyalty.nps if loyalty else None,
        "nps_at": loyalty.answered_at if loyalty else None,
        "open_case": profile.open_case,
        "profile": profile.model_dump(mode="json"),
    }


def _details_row(details: CustomerDetails) -> dict[str, Any]:
    return {
        "id": details.customer_id,
        "account_manager_id": details.account_manager_id,
        "team": details.team,
        "account_id": details.account_id,
        "active": details.active,
        "given_name": details.given_name,
        "family_name": details.family_name,
        "account_name": details.account_name,
        "sort_name": f"{details.family_name} {details.given_name}".lower(),
        "details": details.model_dump(mode="json"),
    }


def _feedback_row(given: FeedbackGiven) -> dict[str, Any]:
    low = (
        given.rating <= LOW_RATING
        or not given.all_as_wished
        or given.expectation is Expectation.LESS
    )
    return {
        "invitation_id": given.invitation_id,
        "customer_id": given.customer_id,
        "given_at": given.given_at,
        "rating": given.rating,
        "low": low,
        "record": given.model_dump(mode="json"),
    }
