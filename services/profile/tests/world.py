"""What tests of the running service say: who calls, what others publish, what came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import httpx
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import CrmAccount, CrmCustomer
from kindred_common.contracts.identity import account_id_of, customer_id_of
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import (
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CUSTOMER_PROFILES,
    Topic,
)
from kindred_common.contracts.vocabulary import FactSource, LegalGround
from kindred_common.security.local_issuer import LocalIssuer
from kindred_common.security.principals import Role
from kindred_common.testing.clocks import OffsetClock
from kindred_common.testing.services import Running
from kindred_common.testing.waiting import eventually
from kindred_profile.settings import ProfileSettings

MIRA = customer_id_of("crm", "mira")
NOORD = account_id_of("crm", "noord")


class Wire(Protocol):
    """The way of records into the service and out of it."""

    async def publish(
        self, topic: Topic, key: str, envelope: Envelope, data: Record | None
    ) -> None: ...

    async def read(self, topic: Topic) -> list[Received[Record]]: ...

    async def work_off(self) -> None:
        """Does what has become due, unless the service does so itself."""
        ...


@dataclass
class World:
    service: Running[ProfileSettings]
    issuer: LocalIssuer
    clock: OffsetClock
    wire: Wire

    def signed_in(
        self, role: Role = Role.ADMINISTRATOR, subject: str = "ada", teams: Sequence[str] = ()
    ) -> dict[str, str]:
        token = self.issuer.issue(subject, [role], teams=teams)
        return {"Authorization": f"Bearer {token}"}

    async def call(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        sent = {**self.signed_in(), **(headers or {})}
        return await self.service.client.request(method, path, headers=sent, **more)

    async def publish(self, topic: Topic, key: str, data: Record | None, **more: Any) -> str:
        envelope = self.envelope(topic, key, **more)
        await self.wire.publish(topic, key, envelope, data)
        return envelope.id

    def envelope(
        self,
        topic: Topic,
        key: str,
        *,
        version: int | None = None,
        at: datetime | None = None,
        model: type[Record] | None = None,
        record_id: str | None = None,
    ) -> Envelope:
        identity = record_id or str(new_id())
        return Envelope(
            id=identity,
            source="test",
            type=(model or topic.records[0]).record_type,
            time=at or self.clock.now(),
            subject=key,
            cause=Cause(correlation_id=f"correlation-{identity}"),
            source_version=version,
        )

    async def read(self, topic: Topic) -> list[Received[Record]]:
        return await self.wire.read(topic)

    async def profiles(self, customer_id: UUID = MIRA) -> list[CustomerProfile]:
        records = await self.read(CUSTOMER_PROFILES)
        return [
            r.data
            for r in records
            if isinstance(r.data, CustomerProfile) and r.data.customer_id == customer_id
        ]

    async def profile(self, holds: Any, customer_id: UUID = MIRA) -> CustomerProfile:
        """The latest published profile as soon as it is as wanted."""

        async def latest() -> CustomerProfile | None:
            found = await self.profiles(customer_id)
            return found[-1] if found else None

        found = await eventually(latest, lambda p: p is not None and holds(p), within=30)
        assert found is not None
        return found

    async def leap(self, by: timedelta) -> None:
        """Lets time pass, and what is due then be done."""
        self.clock.leap(by)
        await self.wire.work_off()

    async def know_mira(self) -> None:
        """The account Noord and its contact Mira, from CRM."""
        await self.publish(CRM_ACCOUNTS, "crm:noord", noord(), version=1)
        await self.publish(CRM_CUSTOMERS, "crm:mira", mira(), version=1)
        await self.profile(lambda p: p.version == 1)

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.service.foundation.engine.connect() as connection:
            return list(await connection.execute(text(statement), parameters))


def noord(**changes: Any) -> CrmAccount:
    return CrmAccount(
        **{
            "source": "crm",
            "external_id": "noord",
            "name": "Waterwerken Noord",
            "account_manager_id": "anna",
            "team": "north",
            **changes,
        }
    )


def mira(**changes: Any) -> CrmCustomer:
    return CrmCustomer(
        **{
            "source": "crm",
            "external_id": "mira",
            "account_external_id": "noord",
            "given_name": "Mira",
            "family_name": "Jansen",
            "email": "mira@example.com",
            "legal_ground": LegalGround.EXISTING_RELATION,
            **changes,
        }
    )


def interest(theme: str, number: float) -> Answer:
    return Answer(
        question_id=f"q-{theme}",
        kind=AnswerKind.INTEREST,
        theme=theme,
        number=number,
        scale_min=1,
        scale_max=5,
    )


def answers(at: datetime, *given: Answer, customer_id: UUID = MIRA) -> AnswersRecorded:
    return AnswersRecorded(
        customer_id=customer_id,
        survey_id=UUID(int=7),
        survey_version=1,
        response_id=UUID(int=8),
        answered_at=at,
        source=FactSource.SELF,
        answers=given,
    )
