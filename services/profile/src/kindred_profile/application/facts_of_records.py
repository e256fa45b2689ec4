"""From the records of other services to facts."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.profile import ConsentChanged
from kindred_common.contracts.survey import AnswersRecorded, AnswersWithdrawn
from kindred_common.contracts.vocabulary import FactSource, InvitationStep
from kindred_profile.application.facts_of_answers import fact_of_answer
from kindred_profile.domain.evidence import MISFIT
from kindred_profile.domain.facts import Fact, FactKind

_STEPS = {
    InvitationStep.ACCEPTED: (FactKind.ACCEPTED, "response"),
    InvitationStep.DECLINED: (FactKind.DECLINED, "response"),
    InvitationStep.ATTENDED: (FactKind.ATTENDED, "attendance"),
    InvitationStep.NO_SHOW: (FactKind.NO_SHOW, "attendance"),
}
"""The steps that say something of the customer; all others are proposals or acts of ours."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which record a fact comes from."""

    record_id: str
    correlation_id: str


FactRecord = AnswersRecorded | AnswersWithdrawn | InvitationChanged | FeedbackGiven | ConsentChanged


def facts_of(record: FactRecord, stamp: Stamp) -> list[Fact]:
    """What a record tells of its customer; nothing for records of what we did ourselves.

    Raises:
        WrongFact: an answer lacks what its kind needs.
    """
    match record:
        case AnswersRecorded():
            return _of_answers(record, stamp)
        case AnswersWithdrawn():
            return _of_withdrawal(record, stamp)
        case InvitationChanged():
            return _of_step(record, stamp)
        case FeedbackGiven():
            return [_of_feedback(record, stamp)]
        case ConsentChanged():
            return [_of_consent(record, stamp)]


def _of_answers(record: AnswersRecorded, stamp: Stamp) -> list[Fact]:
    detail = json.dumps({"survey_id": str(record.survey_id)})
    return [
        Fact(
            customer_id=record.customer_id,
            slot=_slot(record.survey_id, answer.question_id),
            source=record.source.value,
            observed_at=record.answered_at,
            record_id=stamp.record_id,
            correlation_id=stamp.correlation_id,
            detail=detail,
            **fact_of_answer(answer, record.source, f"answers.{place}"),
        )
        for place, answer in enumerate(record.answers)
    ]


def _of_withdrawal(record: AnswersWithdrawn, stamp: Stamp) -> list[Fact]:
    return [
        Fact(
            record.customer_id,
            FactKind.WITHDRAWN,
            _slot(record.survey_id, question_id),
            "",
            FactSource.SELF.value,
            record.withdrawn_at,
            stamp.record_id,
            stamp.correlation_id,
        )
        for question_id in record.question_ids
    ]


def _slot(survey_id: UUID, question_id: str) -> str:
    return f"answer/{survey_id}/{question_id}"


def _of_step(record: InvitationChanged, stamp: Stamp) -> list[Fact]:
    if record.step not in _STEPS:
        return []
    kind, slot = _STEPS[record.step]
    reason = record.decline_reason if kind is FactKind.DECLINED else None
    return [
        Fact(
            record.customer_id,
            kind,
            f"invitation/{record.invitation_id}/{slot}",
            record.event_kind.value,
            record.source.value,
            record.at,
            stamp.record_id,
            stamp.correlation_id,
            choice=None if reason is None else reason.value,
            happened_at=_at_event(record) if slot == "attendance" else None,
            themes=tuple((part.theme, part.weight) for part in record.themes),
            detail=_event_detail(record),
        )
    ]


def _at_event(record: InvitationChanged) -> datetime:
    return record.event_starts_at


def _of_feedback(record: FeedbackGiven, stamp: Stamp) -> Fact:
    return Fact(
        record.customer_id,
        FactKind.FEEDBACK,
        f"feedback/{record.invitation_id}",
        record.event_kind.value,
        FactSource.FEEDBACK.value,
        record.given_at,
        stamp.record_id,
        stamp.correlation_id,
        number=(record.rating - 1) / 4,
        choice=MISFIT if record.fitted is False else None,
        themes=tuple((part.theme, part.weight) for part in record.themes),
        detail=_event_detail(record),
    )


def _event_detail(record: InvitationChanged | FeedbackGiven) -> str:
    return json.dumps(
        {"event_id": str(record.event_id), "invitation_id": str(record.invitation_id)}
    )


def _of_consent(record: ConsentChanged, stamp: Stamp) -> Fact:
    return Fact(
        record.customer_id,
        FactKind.CONSENT,
        f"consent/{record.purpose.value}",
        record.purpose.value,
        FactSource.SELF.value,
        record.stated_at,
        stamp.record_id,
        stamp.correlation_id,
        choice=record.state.value,
        detail=json.dumps({"channel": record.channel}),
    )
