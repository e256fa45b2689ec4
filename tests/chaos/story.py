"""What other systems and services tell while the answers come in: good records, bad ones, doubled ones, late ones."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

from tests.chaos.bad_records import Bad, flaws_of
from tests.chaos.model import Model
from tests.chaos.outside import Writing, writing
from tests.chaos.questions import KINDS, THEMES
from tests.chaos.world import World

from kindred_common.contracts.external import CrmTransaction, ExternalAnswers, TransactionKind
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import Answer, AnswerKind
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CRM_TRANSACTIONS,
    EXPERIENCE_FEEDBACK,
    EXTERNAL_ANSWERS,
    Topic,
)
from kindred_common.contracts.vocabulary import (
    ConsentPurpose,
    ConsentState,
    EventKind,
    Expectation,
)

LATE_ACCOUNT, LATE, STRANGERS = "a-late", 20, 10


@dataclass(frozen=True, slots=True)
class Scene:
    """One record and the part of the time (0..1) after which it is written; ``bad`` when it is."""

    at: float
    writing: Writing
    bad: Bad | None = None


@dataclass(slots=True)
class Story:
    """Draws the scenes and tells the model of those that must count.

    ``strangers`` are customers of whom something is told but who never come into being.
    """

    world: World
    model: Model
    random: Random
    customers: int
    accounts: int
    scenes: list[Scene] = field(default_factory=list)
    strangers: set[UUID] = field(default_factory=set)
    _count: int = 0

    def changes(self, customers: int, accounts: int, events: int) -> None:
        """Newer versions of what is known; every third comes after an even newer one."""
        for _ in range(customers):
            number = self.random.randrange(self.customers)
            name, account = f"c-{number}", f"a-{number % self.accounts}"
            self._out_of_order(
                self.world.customer(name, account), self.world.customer(name, account)
            )
        for _ in range(accounts):
            name = f"a-{self.random.randrange(self.accounts)}"
            self._out_of_order(self.world.account(name), self.world.account(name))
        for number in range(events):
            name = f"e-{number}"
            self._out_of_order(self.world.event(name), self.world.event(name))

    def observations(self, answers: int, feedback: int, consents: int) -> None:
        """Facts from elsewhere; every fifth comes twice, every tenth the second time with another key."""
        facts: list[tuple[Topic, Record, str]] = [
            *(self._answers(self._anyone()) for _ in range(answers)),
            *(self._feedback(self._anyone()) for _ in range(feedback)),
            *(self._consent(self._anyone()) for _ in range(consents)),
        ]
        for topic, record, key in facts:
            scene = self._fact(topic, record, key, self.random.uniform(0.05, 0.95))
            if self._count % 5 == 0:
                other_key = b"another" if self._count % 10 == 0 else scene.writing.key
                again = Writing(topic, other_key, scene.writing.value, scene.writing.headers)
                self.scenes.append(Scene(min(1.0, scene.at + 0.02), again))

    def complaints(self, count: int) -> None:
        """Complaints that are opened and mostly solved; every second time the later word comes first."""
        for number in range(count):
            customer = self.random.randrange(self.customers)
            states = (True, False) if number % 3 else (False, True)
            pair = [self._ticket(number, customer, is_open) for is_open in states]
            early, later = sorted(self.random.uniform(0.05, 0.95) for _ in range(2))
            first, second = pair if number % 2 else reversed(pair)
            self.scenes += [Scene(early, first), Scene(later, second)]

    def latecomers(self) -> None:
        """Customers of whom much is told before they come into being."""
        account = self.world.account(LATE_ACCOUNT)
        for number in range(LATE):
            name = f"c-late-{number}"
            for topic, record, key in (self._answers(name), self._feedback(name)):
                self._fact(topic, record, key, self.random.uniform(0.1, 0.6))
            self.scenes.append(Scene(0.7, self.world.customer(name, LATE_ACCOUNT)))
        self.scenes.append(Scene(0.75, account))

    def nobodies(self) -> None:
        """Feedback of customers who never come into being."""
        for number in range(STRANGERS):
            name = f"stranger-{number}"
            topic, record, key = self._feedback(name)
            told = self._writing(topic, record, key)
            self.scenes.append(Scene(self.random.uniform(0.1, 0.9), told))
            self.strangers.add(self.world.customer_id(name))

    def flaws(self, topics: tuple[Topic, ...], name: str) -> None:
        """Bad records of every kind on these topics."""
        for bad in flaws_of(topics, name, self.world.now):
            self.scenes.append(Scene(self.random.uniform(0.05, 0.95), bad.writing, bad))

    def bad_records(self) -> Iterator[Bad]:
        return (scene.bad for scene in self.scenes if scene.bad is not None)

    def _out_of_order(self, older: Writing, newer: Writing) -> None:
        at = self.random.uniform(0.05, 0.95)
        first, second = (newer, older) if self.random.random() < 0.34 else (older, newer)
        self.scenes += [Scene(at, first), Scene(at + 0.01, second)]

    def _anyone(self) -> str:
        return f"c-{self.random.randrange(self.customers)}"

    def _fact(self, topic: Topic, record: Record, key: str, at: float) -> Scene:
        self.model.told(record, self.world.now)
        scene = Scene(at, self._writing(topic, record, key))
        self.scenes.append(scene)
        return scene

    def _writing(self, topic: Topic, record: Record, key: str) -> Writing:
        self._count += 1
        source = {
            EXTERNAL_ANSWERS.name: self.world.source,
            EXPERIENCE_FEEDBACK.name: "kindred/feedback",
            CONSENT_RECORDS.name: "kindred/outreach",
        }[topic.name]
        record_id = f"{self.world.source}-fact-{self._count}"
        return writing(topic, key, record, record_id=record_id, source=source, time=self.world.now)

    def _answers(self, name: str) -> tuple[Topic, Record, str]:
        answer = Answer(
            question_id=f"q-{self.random.randrange(10**9)}",
            kind=AnswerKind.INTEREST,
            theme=self.random.choice(THEMES),
            number=float(self.random.randrange(11)),
        )
        record = ExternalAnswers(
            source=self.world.source,
            customer_source=self.world.source,
            customer_external_id=name,
            survey="other-tool",
            answered_at=self.world.now - timedelta(seconds=self.random.uniform(60, 9000)),
            answers=(answer,),
        )
        return EXTERNAL_ANSWERS, record, f"{self.world.source}:{name}"

    def _feedback(self, name: str) -> tuple[Topic, Record, str]:
        random, customer_id = self.random, self.world.customer_id(name)
        record = FeedbackGiven(
            customer_id=customer_id,
            event_id=UUID(int=random.getrandbits(128)),
            invitation_id=UUID(int=random.getrandbits(128)),
            event_kind=EventKind(random.choice(KINDS)),
            themes=({"theme": random.choice(THEMES), "weight": 0.5},),
            rating=random.randint(1, 5),
            all_as_wished=random.random() < 0.8,
            expectation=random.choice(tuple(Expectation)),
            fitted=random.choice((None, True, False)),
            given_at=self.world.now - timedelta(seconds=random.uniform(60, 9000)),
        )
        return EXPERIENCE_FEEDBACK, record, str(customer_id)

    def _consent(self, name: str) -> tuple[Topic, Record, str]:
        customer_id = self.world.customer_id(name)
        record = ConsentChanged(
            customer_id=customer_id,
            purpose=self.random.choice(tuple(ConsentPurpose)),
            state=self.random.choice(tuple(ConsentState)),
            stated_at=self.world.now - timedelta(seconds=self.random.uniform(60, 9000)),
            channel="mail",
        )
        return CONSENT_RECORDS, record, str(customer_id)

    def _ticket(self, number: int, customer: int, is_open: bool) -> Writing:
        self._count += 1
        record = CrmTransaction(
            source=self.world.source,
            external_id=f"ticket-{number}",
            account_external_id=f"a-{customer % self.accounts}",
            customer_external_id=f"c-{customer}",
            kind=TransactionKind.SERVICE_TICKET,
            at=self.world.now,
            complaint=True,
            open=is_open,
        )
        time = self.world.now - timedelta(hours=3) + timedelta(seconds=self._count)
        self.model.told(record, time)
        return writing(
            CRM_TRANSACTIONS,
            f"{self.world.source}:{record.account_external_id}",
            record,
            record_id=f"{self.world.source}-ticket-{self._count}",
            source=self.world.source,
            time=time,
        )
