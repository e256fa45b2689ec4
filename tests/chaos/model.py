"""The profiles that must come out: one pass over everything that was told, in no order, with profile's own rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from tests.chaos.clients import Acknowledged
from tests.chaos.world import World

from kindred_common.contracts.external import (
    CrmAccount,
    CrmCustomer,
    CrmTransaction,
    ExternalAnswers,
)
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.profile import ConsentChanged, CustomerProfile
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import CRM_ACCOUNTS, CRM_CUSTOMERS
from kindred_common.contracts.vocabulary import FactSource
from kindred_profile.application.contract_records import profile_record
from kindred_profile.application.crm_records import account_of_record, customer_of_record
from kindred_profile.application.facts_of_records import FactRecord, Stamp, facts_of
from kindred_profile.domain.customers import Account
from kindred_profile.domain.facts import Fact
from kindred_profile.domain.profile import fold
from kindred_survey.domain.survey import response_id_of, survey_id_of

STAMP = Stamp("model", "model")
FOREIGN_VERSION = 1


@dataclass(slots=True)
class Model:
    """What was told of each customer of a world."""

    world: World
    facts: dict[UUID, list[Fact]] = field(default_factory=dict)
    tickets: dict[str, tuple[datetime, CrmTransaction]] = field(default_factory=dict)

    def answered(self, answer: Acknowledged, survey_id: UUID) -> None:
        """A client was told that this answer is safe."""
        self._tell(
            AnswersRecorded(
                customer_id=answer.customer_id,
                survey_id=survey_id,
                survey_version=1,
                response_id=answer.response_id,
                answered_at=answer.answered_at,
                source=FactSource.SELF,
                answers=(answer.question.recorded(answer.value),),
            )
        )

    def told(self, record: Record, time: datetime) -> None:
        """Another system or service wrote this, once or more often."""
        match record:
            case ExternalAnswers():
                self._tell(_as_recorded(record))
            case FeedbackGiven() | ConsentChanged():
                self._tell(record)
            case CrmTransaction():
                known = self.tickets.get(record.external_id)
                if known is None or known[0] < time:
                    self.tickets[record.external_id] = (time, record)
            case _:
                raise TypeError(type(record).__name__)

    def profiles(self) -> Mapping[UUID, CustomerProfile]:
        """The present profile of each customer, as version 1."""
        newest = self.world.newest
        found: dict[UUID, CustomerProfile] = {}
        for topic, name in newest:
            if topic == CRM_CUSTOMERS.name:
                profile = self._profile(cast("CrmCustomer", newest[(topic, name)]))
                found[profile.customer_id] = profile
        return found

    def _profile(self, record: CrmCustomer) -> CustomerProfile:
        customer_id = self.world.customer_id(record.external_id)
        account = self._account(record.account_external_id)
        customer = customer_of_record(record, customer_id, None if account is None else account.id)
        open_case = self._has_open_case(record)
        facts = self.facts.get(customer_id, [])
        return profile_record(fold(customer, account, facts, open_case=open_case))

    def _account(self, name: str | None) -> Account | None:
        if name is None:
            return None
        record = cast("CrmAccount", self.world.newest[(CRM_ACCOUNTS.name, name)])
        return account_of_record(record, self.world.account_id(name))

    def _has_open_case(self, customer: CrmCustomer) -> bool:
        return any(
            ticket.open
            and ticket.complaint
            and (ticket.customer_external_id or customer.external_id) == customer.external_id
            and ticket.account_external_id == customer.account_external_id
            for _, ticket in self.tickets.values()
        )

    def _tell(self, record: FactRecord) -> None:
        self.facts.setdefault(record.customer_id, []).extend(facts_of(record, STAMP))


def _as_recorded(record: ExternalAnswers) -> AnswersRecorded:
    survey_id = survey_id_of(record.source, record.survey)
    customer_id = customer_id_of(record.customer_source, record.customer_external_id)
    return AnswersRecorded(
        customer_id=customer_id,
        survey_id=survey_id,
        survey_version=FOREIGN_VERSION,
        response_id=response_id_of(survey_id, FOREIGN_VERSION, customer_id),
        answered_at=record.answered_at,
        source=FactSource.IMPORT,
        answers=record.answers,
    )


def in_order(facts: Sequence[Fact]) -> list[tuple[datetime, str, str, float | None, str | None]]:
    """What the facts say, oldest first."""
    said = [(f.observed_at, f.slot, f.subject, f.number, f.choice) for f in facts]
    return sorted(said, key=lambda s: s[:3])
