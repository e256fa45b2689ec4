"""The registry of topics: each is a typed object here, and nowhere a string literal."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from kindred_common.contracts.external import (
    CrmAccount,
    CrmCustomer,
    CrmEvent,
    CrmTransaction,
    ExternalAnswers,
    ExternalResponse,
    IngestReceipt,
)
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested, MessagesWithdrawn
from kindred_common.contracts.profile import (
    ConsentChanged,
    CustomerDetails,
    CustomerProfile,
    LiveSignal,
    RematchRequested,
    SignalInput,
)
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded, AnswersWithdrawn
from kindred_common.contracts.vocabulary import Service

PARTITIONS = 12
INGEST_LIMIT_BYTES = 1024 * 1024
BROKER_LIMIT_BYTES = 4 * 1024 * 1024
_DAY_MS = 24 * 60 * 60 * 1000


class Kind(StrEnum):
    """How a topic is read.

    On a fact topic each record counts once, by its source and id. On a state topic a record replaces the one before with
    the same key; only the latest is kept, older versions are ignored, and null removes.
    """

    FACT = "fact"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: who writes and reads what, keyed how, kept how long.

    ``retention`` None keeps the latest record of each key for ever (compaction). ``personal`` topics carry names or
    addresses. The ``heartbeat`` service proves each minute, on every partition, that what it writes there is current.
    """

    name: str
    description: str
    kind: Kind
    key: str
    records: tuple[type[Record], ...]
    producers: tuple[Service, ...]
    consumers: tuple[Service, ...]
    retention: timedelta | None
    personal: bool = False
    heartbeat: Service | None = None
    partitions: int = PARTITIONS

    @property
    def external(self) -> bool:
        """Whether other systems write to it, so that what arrives is hostile until checked."""
        return Service.OUTSIDE in self.producers

    def record(self, record_type: str) -> type[Record] | None:
        """The model of ``record_type``, or None when the topic does not carry it."""
        return next((model for model in self.records if model.record_type == record_type), None)

    def configuration(self) -> dict[str, str]:
        """The topic's broker settings."""
        settings = {"max.message.bytes": str(BROKER_LIMIT_BYTES)}
        if self.retention is not None:
            return settings | {
                "cleanup.policy": "delete",
                "retention.ms": str(int(self.retention.total_seconds() * 1000)),
            }
        return settings | {
            "cleanup.policy": "compact",
            "max.compaction.lag.ms": str(_DAY_MS),
            "segment.ms": str(_DAY_MS),
            "delete.retention.ms": str(7 * _DAY_MS),
        }


@dataclass(frozen=True, slots=True)
class Changelog:
    """A topic that belongs to one program alone: the memory of a stream's table, no records of ours."""

    name: str
    owner: Service
    partitions: int = PARTITIONS

    def configuration(self) -> dict[str, str]:
        """The topic's broker settings. Faust's recovery never ends on a changelog that deletes by age."""
        return {"cleanup.policy": "compact", "segment.ms": str(_DAY_MS)}


_S = Service
_LONG = timedelta(days=400)
_MONTH = timedelta(days=30)

CRM_CUSTOMERS = Topic(
    "crm-customers",
    "Contacts as another system knows them, in full; older source versions are ignored.",
    Kind.STATE, "source:external_id", (CrmCustomer,), (_S.OUTSIDE,), (_S.PROFILE,), None, personal=True,
)  # fmt: skip
CRM_ACCOUNTS = Topic(
    "crm-accounts",
    "Customer companies as another system knows them, in full.",
    Kind.STATE, "source:external_id", (CrmAccount,), (_S.OUTSIDE,), (_S.PROFILE,), None,
)  # fmt: skip
CRM_TRANSACTIONS = Topic(
    "crm-transactions",
    "Orders, returns, contracts, service tickets and visits.",
    Kind.FACT, "source:account_external_id", (CrmTransaction,), (_S.OUTSIDE,), (_S.PROFILE,), _LONG,
)  # fmt: skip
CRM_EVENTS = Topic(
    "crm-events",
    "Contact moments planned elsewhere, in full.",
    Kind.STATE, "source:external_id", (CrmEvent,), (_S.OUTSIDE,), (_S.INVITATIONS,), None,
)  # fmt: skip
EXTERNAL_ANSWERS = Topic(
    "external-answers",
    "Survey answers given in other tools.",
    Kind.FACT, "customer", (ExternalAnswers,), (_S.OUTSIDE,), (_S.SURVEY,), _MONTH,
)  # fmt: skip
EXTERNAL_RESPONSES = Topic(
    "external-responses",
    "RSVPs and attendance seen by other systems.",
    Kind.FACT, "customer", (ExternalResponse,), (_S.OUTSIDE,), (_S.INVITATIONS,), _MONTH,
)  # fmt: skip
INGEST_RECEIPTS = Topic(
    "ingest-receipts",
    "What became of each record from outside: accepted, waiting or rejected.",
    Kind.FACT, "source", (IngestReceipt,), (_S.SURVEY, _S.PROFILE, _S.INVITATIONS), (_S.OUTSIDE,), _MONTH,
)  # fmt: skip
SURVEY_ANSWERS = Topic(
    "survey-answers",
    "Answers recorded or withdrawn; values only, never free text.",
    Kind.FACT, "customer_id", (AnswersRecorded, AnswersWithdrawn), (_S.SURVEY,), (_S.PROFILE,), _LONG,
)  # fmt: skip
CUSTOMER_PROFILES = Topic(
    "customer-profiles",
    "The profile stream: the pseudonymous profile of each customer as matching reads it.",
    Kind.STATE, "customer_id", (CustomerProfile,), (_S.PROFILE,), (_S.MATCHING, _S.INVITATIONS), None,
)  # fmt: skip
CUSTOMER_DETAILS = Topic(
    "customer-details",
    "Names, addresses and languages: the only topic that carries them.",
    Kind.STATE, "customer_id", (CustomerDetails,), (_S.PROFILE,),
    (_S.SURVEY, _S.INVITATIONS, _S.OUTREACH, _S.FEEDBACK), None, personal=True, heartbeat=_S.PROFILE,
)  # fmt: skip
CONSENT_RECORDS = Topic(
    "consent-records",
    "Consents, objections and unsubscriptions.",
    Kind.FACT, "customer_id", (ConsentChanged,), (_S.PROFILE, _S.OUTREACH),
    (_S.PROFILE, _S.OUTREACH, _S.INVITATIONS), _LONG,
    heartbeat=_S.PROFILE,
)  # fmt: skip
REMATCH_REQUESTS = Topic(
    "rematch-requests",
    "Customers whose matches deserve a fresh look, with the reason.",
    Kind.FACT, "customer_id", (RematchRequested,), (_S.PROFILE,), (_S.MATCHING,), timedelta(days=1),
)  # fmt: skip
SIGNAL_INPUTS = Topic(
    "signal-inputs",
    "Observations behind the live signals, keyed by signal.",
    Kind.FACT, "signal", (SignalInput,), (_S.PROFILE,), (_S.PROFILE,), timedelta(days=1),
)  # fmt: skip
LIVE_SIGNALS = Topic(
    "live-signals",
    "Live, approximate figures such as response rates.",
    Kind.STATE, "signal", (LiveSignal,), (_S.PROFILE,), (_S.INVITATIONS,), None,
)  # fmt: skip
EVENT_CATALOGUE = Topic(
    "event-catalogue",
    "Every event as it stands.",
    Kind.STATE, "event_id", (EventListed,), (_S.INVITATIONS,), (_S.MATCHING, _S.FEEDBACK), None,
)  # fmt: skip
CUSTOMER_MATCHES = Topic(
    "customer-matches",
    "The matches proposed for each customer, with candidates, refusals and reasons.",
    Kind.STATE, "customer_id", (CustomerMatches,), (_S.MATCHING,), (_S.INVITATIONS,), None,
)  # fmt: skip
INVITATION_RECORDS = Topic(
    "invitation-records",
    "Each step of each invitation's life.",
    Kind.FACT, "customer_id", (InvitationChanged,), (_S.INVITATIONS,), (_S.PROFILE, _S.MATCHING, _S.FEEDBACK), _LONG,
)  # fmt: skip
MESSAGE_REQUESTS = Topic(
    "message-requests",
    "Messages that a service wants sent to a customer, or not any more.",
    Kind.FACT, "customer_id", (MessageRequested, MessagesWithdrawn), (_S.SURVEY, _S.INVITATIONS, _S.FEEDBACK), (_S.OUTREACH,), _MONTH,
)  # fmt: skip
MESSAGE_OUTCOMES = Topic(
    "message-outcomes",
    "What became of each requested message.",
    Kind.FACT, "customer_id", (MessageOutcome,), (_S.OUTREACH,), (_S.SURVEY, _S.INVITATIONS, _S.FEEDBACK), _LONG,
)  # fmt: skip
EXPERIENCE_FEEDBACK = Topic(
    "experience-feedback",
    "How guests experienced a moment.",
    Kind.FACT, "customer_id", (FeedbackGiven,), (_S.FEEDBACK,), (_S.PROFILE, _S.INVITATIONS), _LONG,
)  # fmt: skip

TOPICS: tuple[Topic, ...] = (
    CRM_CUSTOMERS, CRM_ACCOUNTS, CRM_TRANSACTIONS, CRM_EVENTS, EXTERNAL_ANSWERS, EXTERNAL_RESPONSES, INGEST_RECEIPTS,
    SURVEY_ANSWERS, CUSTOMER_PROFILES, CUSTOMER_DETAILS, CONSENT_RECORDS, REMATCH_REQUESTS, SIGNAL_INPUTS, LIVE_SIGNALS,
    EVENT_CATALOGUE, CUSTOMER_MATCHES, INVITATION_RECORDS, MESSAGE_REQUESTS, MESSAGE_OUTCOMES, EXPERIENCE_FEEDBACK,
)  # fmt: skip

STREAM_CHANGELOG = Changelog("kindred-profile-stream-signals-changelog", Service.PROFILE)
CHANGELOGS: tuple[Changelog, ...] = (STREAM_CHANGELOG,)
