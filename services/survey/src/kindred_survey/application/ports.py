"""What the use cases need from outside, each for the length of one transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_survey.domain.import_rows import RowFault
from kindred_survey.domain.questions import Definition, QuestionKind
from kindred_survey.domain.statements import Statement
from kindred_survey.domain.survey import Survey

Publish = Callable[[Sequence[Outgoing]], Awaitable[object]]
"""Adds records to what the transaction publishes when it commits."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version of a survey that can be answered."""

    survey_id: UUID
    version: int
    definition: Definition


@dataclass(frozen=True, slots=True)
class ForeignSurvey:
    """A survey that was asked elsewhere: in another tool (``external``) or in a file (``import``)."""

    id: UUID
    origin: str
    source: str
    name: str
    first_seen_at: datetime


class Surveys(Protocol):
    """The definitions. Methods that take an id raise ``UnknownSurvey`` for one that is not there."""

    async def add(self, survey: Survey) -> bool:
        """Keeps a new survey; False when its id is taken."""
        ...

    async def get(self, survey_id: UUID, *, lock: bool = False) -> Survey: ...

    async def save(self, survey: Survey) -> None:
        """Keeps a changed survey, which was read with ``lock``."""
        ...

    async def page(self, after: UUID | None, limit: int) -> Sequence[Survey]:
        """Surveys by id, which is by time of creation."""
        ...

    async def published(self, survey_id: UUID, version: int | None = None) -> PublishedVersion:
        """A published version, the latest if none is named.

        Raises:
            UnknownSurvey: there is no such survey or published version.
            NotPublished: no version of it is published.
        """
        ...

    async def note_foreign(self, surveys: Sequence[ForeignSurvey]) -> None:
        """Remembers surveys that were asked elsewhere."""
        ...

    async def foreign(self, after: UUID | None, limit: int) -> Sequence[ForeignSurvey]: ...

    async def exists(self, survey_id: UUID) -> bool:
        """Whether it is known at all, ours or from elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Response:
    """Whose answers to which version; ``source`` says how directly they come from him."""

    customer_id: UUID
    survey_id: UUID
    version: int
    response_id: UUID
    answered_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer to be kept."""

    response: Response
    statement: Statement


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The present answer to a question, or that it was withdrawn."""

    response: Response
    statement: Statement
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one question of a survey: how many, how they spread, and their mean if they are numbers."""

    question_id: str
    kind: QuestionKind
    theme: str | None
    aspect: str | None
    answers: int
    promoters: int
    passives: int
    detractors: int
    mean: float | None
    deviation: float | None
    choices: Mapping[str, int]


AnswerKey = tuple[UUID, UUID, str]
"""Customer, survey and question: of these only the latest answer counts."""


class Answers(Protocol):
    """The latest answer per customer, survey and question, withdrawn ones included as such."""

    async def save(self, rows: Sequence[AnswerRow]) -> datetime:
        """Keeps the answers of one response as the latest and locks them; returns the time they count from.

        That is the response's own time, or that of an answer it replaces if another clock gave a later one.
        """
        ...

    async def save_where_newer(self, rows: Sequence[AnswerRow]) -> frozenset[AnswerKey]:
        """Keeps answers, one for each key, that are newer than what is there or differ at the same time."""
        ...

    async def of_response(
        self, customer_id: UUID, survey_id: UUID, *, lock: bool = False
    ) -> Mapping[str, Statement]:
        """A customer's present answers to a survey by the id they are kept under.

        ``lock`` keeps others from looking back at them until the transaction ends.
        """
        ...

    async def withdraw(
        self, customer_id: UUID, survey_id: UUID, question_ids: Sequence[str] | None, now: datetime
    ) -> Sequence[KeptAnswer]:
        """Takes back these answers, or all; returns those that were there."""
        ...

    async def of_customer(self, customer_id: UUID) -> Sequence[KeptAnswer]: ...

    async def after_customer(self, after: UUID | None, limit: int) -> Sequence[KeptAnswer]:
        """All answers of the next ``limit`` customers by id, locked."""
        ...

    async def tallies(self, survey_id: UUID) -> Sequence[Tally]: ...


@dataclass(frozen=True, slots=True)
class Customer:
    """What this service knows of a customer: how to speak to him and who may see him."""

    id: UUID
    active: bool
    language: str
    account_manager_id: str | None
    team: str | None


class Customers(Protocol):
    """The projection of the customers' details."""

    async def learn(self, customers: Sequence[Customer]) -> None: ...

    async def forget(self, customer_ids: Sequence[UUID]) -> None:
        """Removes customers, and ends their links."""
        ...

    async def find(self, customer_ids: Sequence[UUID]) -> Mapping[UUID, Customer]: ...


@dataclass(frozen=True, slots=True)
class Link:
    """A customer's way to one version of a survey. ``progress`` is the furthest page he has been sent on to.

    ``status`` says what became of the message that carries it: created, requested, or as outreach reports.
    """

    id: UUID
    survey_id: UUID
    version: int
    customer_id: UUID
    expires_at: datetime
    created_at: datetime
    message_id: UUID | None = None
    status: str = "created"
    rule: str | None = None
    progress: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A link that was followed, with the customer behind it if he is known here."""

    link: Link
    customer: Customer | None


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """What became of a message that carries a link."""

    message_id: UUID
    status: str
    rule: str | None
    at: datetime


class Links(Protocol):
    """Personal links to surveys."""

    async def create(self, link: Link) -> str | None:
        """Makes a link and returns its token; None when one was sent to him for this version already."""
        ...

    async def follow(self, token: str, now: datetime) -> Visit | None:
        """Whom and what a valid token opens; unknown, expired and revoked tokens look the same."""
        ...

    async def advance(self, link_id: UUID, progress: int, finished_at: datetime | None) -> None: ...

    async def note(self, outcomes: Sequence[LinkStatus]) -> None:
        """Keeps what became of messages; those of other services are ignored."""
        ...

    async def page(self, survey_id: UUID, after: UUID | None, limit: int) -> Sequence[Visit]: ...


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One upload: ``fingerprint`` stands for the file and its mapping; ``dry`` runs take nothing in."""

    id: UUID
    fingerprint: bytes
    name: str
    survey_id: UUID
    dry: bool
    started_at: datetime
    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    empty: int = 0
    failed: int = 0
    answers: int = 0
    finished_at: datetime | None = None


class Imports(Protocol):
    """Uploads of answered surveys: which rows were taken in, which failed and why."""

    async def begin(self, run: ImportRun) -> None: ...

    async def claim(self, fingerprint: bytes, rows: Sequence[int]) -> frozenset[int]:
        """Marks rows of a file as taken in; returns those that were not before."""
        ...

    async def taken(self, fingerprint: bytes, rows: Sequence[int]) -> frozenset[int]:
        """Which rows of a file were taken in before."""
        ...

    async def add_faults(self, import_id: UUID, faults: Sequence[RowFault]) -> None: ...

    async def save(self, run: ImportRun) -> None: ...

    async def find(self, import_id: UUID) -> ImportRun | None: ...

    async def faults(self, import_id: UUID, after: int, limit: int) -> Sequence[RowFault]: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything a use case may touch, on one transaction."""

    surveys: Surveys
    answers: Answers
    customers: Customers
    links: Links
    imports: Imports
    publish: Publish
