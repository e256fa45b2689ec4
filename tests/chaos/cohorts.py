"""Groups of customers who do exactly the same at the same moments, so that what comes of them can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tests.chaos.outside import Writing, writing
from tests.chaos.questions import THEMES

from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import INVITATION_RECORDS, SURVEY_ANSWERS, Topic
from kindred_common.contracts.vocabulary import (
    DeclineReason,
    EventKind,
    FactSource,
    InvitationStep,
)
from kindred_profile.application.facts_of_records import FactRecord, Stamp, facts_of
from kindred_profile.domain.facts import Fact

SURVEY = UUID(int=0xC0)


@dataclass(frozen=True, slots=True)
class Told:
    """A record about the customer with this number; his id is filled in for each cohort."""

    number: int
    topic: Topic
    record: FactRecord

    def of(self, customer_id: UUID) -> FactRecord:
        return self.record.model_copy(update={"customer_id": customer_id})


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers of one condition."""

    name: str
    size: int

    def customer_id(self, number: int) -> UUID:
        return customer_id_of(self.name, f"c-{number}")

    def numbers(self) -> Mapping[UUID, int]:
        return {self.customer_id(number): number for number in range(self.size)}

    def writings(self, told: Sequence[Told]) -> list[Writing]:
        """The records as they go on the topics, in order."""
        return [
            writing(
                each.topic,
                str(self.customer_id(each.number)),
                each.of(self.customer_id(each.number)),
                record_id=f"{self.name}-{place}",
                source="kindred/survey",
                time=_moment_of(each.record),
            )
            for place, each in enumerate(told)
        ]

    def facts(self, told: Sequence[Told]) -> Mapping[int, list[Fact]]:
        """What a single pass over the records knows of each customer."""
        facts: dict[int, list[Fact]] = {}
        for place, each in enumerate(told):
            stamp = Stamp(f"{self.name}-{place}", self.name)
            known = facts.setdefault(each.number, [])
            known += facts_of(each.of(self.customer_id(each.number)), stamp)
        return facts


def draw(random: Random, size: int, now: datetime) -> list[Told]:
    """What customers do in the days before ``now``: each some of what asks for a fresh look at his matches."""
    told: list[Told] = []
    for number in range(size):
        own: list[FactRecord] = []
        if random.random() < 0.7:
            own += _interests(random, now - timedelta(hours=4), timedelta(minutes=2), same=True)
        if random.random() < 0.7:
            own += _interests(random, now - timedelta(hours=2), timedelta(seconds=5), same=False)
        if random.random() < 0.5:
            own += _interests(random, now - timedelta(days=400), timedelta(days=1), same=False)
        if random.random() < 0.5:
            own += _declines(random, now - timedelta(hours=1))
        told += [Told(number, _topic_of(record), record) for record in own]
    return told


def _topic_of(record: FactRecord) -> Topic:
    return SURVEY_ANSWERS if isinstance(record, AnswersRecorded) else INVITATION_RECORDS


def _moment_of(record: Record) -> datetime:
    moment = getattr(record, "answered_at", None) or getattr(record, "at", None)
    assert isinstance(moment, datetime)
    return moment


def _interests(
    random: Random, begin: datetime, apart: timedelta, *, same: bool
) -> list[FactRecord]:
    """Three to six answers, all on one theme or each on another."""
    count = random.randint(3, 6)
    themes = [random.choice(THEMES)] * count if same else random.sample(THEMES, count)
    return [
        AnswersRecorded(
            customer_id=SURVEY,
            survey_id=SURVEY,
            survey_version=1,
            response_id=SURVEY,
            answered_at=begin + apart * place,
            source=FactSource.SELF,
            answers=(
                Answer(
                    question_id=f"q-{begin.isoformat()}-{place}",
                    kind=AnswerKind.INTEREST,
                    theme=theme,
                    number=float(random.randint(0, 10)),
                ),
            ),
        )
        for place, theme in enumerate(themes)
    ]


def _declines(random: Random, begin: datetime) -> list[FactRecord]:
    """Three or four invitations in a row that were declined."""
    return [
        InvitationChanged(
            invitation_id=UUID(int=random.getrandbits(128)),
            customer_id=SURVEY,
            event_id=UUID(int=random.getrandbits(128)),
            step=InvitationStep.DECLINED,
            at=begin + timedelta(minutes=place),
            event_kind=random.choice(tuple(EventKind)),
            event_starts_at=begin + timedelta(days=30),
            event_ends_at=begin + timedelta(days=30, hours=2),
            decline_reason=random.choice(tuple(DeclineReason)),
        )
        for place in range(random.randint(3, 4))
    ]
