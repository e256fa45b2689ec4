"""Which topics lead a service to write to which: the loop of the product, drawn once.

A record may cause others, those again others. So that the system comes to rest, every circle passes through an edge that is
closed: the service goes on only with those of the records that a person caused, or waits for a moment set beforehand.
"""

from dataclasses import dataclass
from enum import StrEnum

from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CRM_EVENTS,
    CRM_TRANSACTIONS,
    CUSTOMER_DETAILS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    EXPERIENCE_FEEDBACK,
    EXTERNAL_ANSWERS,
    EXTERNAL_RESPONSES,
    INGEST_RECEIPTS,
    INVITATION_RECORDS,
    LIVE_SIGNALS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    REMATCH_REQUESTS,
    SIGNAL_INPUTS,
    SURVEY_ANSWERS,
    Topic,
)
from kindred_common.contracts.vocabulary import Service


class Closing(StrEnum):
    """What stops records from following each other round for ever."""

    PERSON = "person"
    """Only records that a person caused go on: an approval, an answer, an arrival."""
    TIMER = "timer"
    """What follows waits for a moment that was set before, once."""


@dataclass(frozen=True, slots=True)
class Flow:
    """``service`` reads ``reads`` and may, because of it, write ``writes``; ``why`` says how the edge is closed."""

    service: Service
    reads: Topic
    writes: tuple[Topic, ...] = ()
    closing: Closing | None = None
    why: str = ""


_S = Service
_PROFILE_CHANGES = (CUSTOMER_PROFILES, REMATCH_REQUESTS, SIGNAL_INPUTS)

FLOWS: tuple[Flow, ...] = (
    Flow(_S.SURVEY, EXTERNAL_ANSWERS, (SURVEY_ANSWERS, INGEST_RECEIPTS)),
    Flow(_S.SURVEY, CUSTOMER_DETAILS),
    Flow(_S.SURVEY, MESSAGE_OUTCOMES),
    Flow(_S.PROFILE, CRM_CUSTOMERS, (*_PROFILE_CHANGES, CUSTOMER_DETAILS, CONSENT_RECORDS, INGEST_RECEIPTS)),
    Flow(_S.PROFILE, CRM_ACCOUNTS, (*_PROFILE_CHANGES, CUSTOMER_DETAILS, INGEST_RECEIPTS)),
    Flow(_S.PROFILE, CRM_TRANSACTIONS, (*_PROFILE_CHANGES, INGEST_RECEIPTS)),
    Flow(_S.PROFILE, SURVEY_ANSWERS, _PROFILE_CHANGES),
    Flow(_S.PROFILE, CONSENT_RECORDS, _PROFILE_CHANGES),
    Flow(_S.PROFILE, EXPERIENCE_FEEDBACK, _PROFILE_CHANGES),
    Flow(
        _S.PROFILE, INVITATION_RECORDS, _PROFILE_CHANGES,
        Closing.PERSON, "counts what the guest did: accepted, declined, attended, stayed away; never a draft",
    ),
    Flow(_S.PROFILE, SIGNAL_INPUTS, (LIVE_SIGNALS,)),
    Flow(_S.MATCHING, CUSTOMER_PROFILES, (CUSTOMER_MATCHES,)),
    Flow(_S.MATCHING, EVENT_CATALOGUE, (CUSTOMER_MATCHES,)),
    Flow(_S.MATCHING, REMATCH_REQUESTS, (CUSTOMER_MATCHES,)),
    Flow(
        _S.MATCHING, INVITATION_RECORDS, (CUSTOMER_MATCHES,),
        Closing.PERSON, "fixes what an account manager approved and frees what was declined; a draft changes nothing",
    ),
    Flow(_S.INVITATIONS, CUSTOMER_MATCHES, (INVITATION_RECORDS,)),
    Flow(_S.INVITATIONS, CUSTOMER_PROFILES),
    Flow(_S.INVITATIONS, CUSTOMER_DETAILS),
    Flow(_S.INVITATIONS, CONSENT_RECORDS),
    Flow(_S.INVITATIONS, CRM_EVENTS, (EVENT_CATALOGUE, INVITATION_RECORDS, MESSAGE_REQUESTS, INGEST_RECEIPTS)),
    Flow(
        _S.INVITATIONS, EXTERNAL_RESPONSES,
        (INVITATION_RECORDS, EVENT_CATALOGUE, MESSAGE_REQUESTS, INGEST_RECEIPTS),
    ),
    Flow(_S.INVITATIONS, MESSAGE_OUTCOMES, (INVITATION_RECORDS,)),
    Flow(_S.INVITATIONS, EXPERIENCE_FEEDBACK),
    Flow(_S.INVITATIONS, LIVE_SIGNALS),
    Flow(_S.OUTREACH, MESSAGE_REQUESTS, (MESSAGE_OUTCOMES,)),
    Flow(_S.OUTREACH, CUSTOMER_DETAILS, (MESSAGE_OUTCOMES,)),
    Flow(_S.OUTREACH, CONSENT_RECORDS, (MESSAGE_OUTCOMES,)),
    Flow(_S.FEEDBACK, EVENT_CATALOGUE),
    Flow(_S.FEEDBACK, CUSTOMER_DETAILS),
    Flow(_S.FEEDBACK, MESSAGE_OUTCOMES),
    Flow(
        _S.FEEDBACK, INVITATION_RECORDS, (MESSAGE_REQUESTS,),
        Closing.TIMER, "asks a guest who came, once, a set time after the event",
    ),
)  # fmt: skip


def may_cause(service: Service, read: Topic, written: Topic) -> bool:
    """Whether a record on ``read`` may lead ``service`` to write to ``written``."""
    return any(
        written in flow.writes for flow in FLOWS if (flow.service, flow.reads) == (service, read)
    )
