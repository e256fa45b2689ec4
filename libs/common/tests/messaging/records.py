from datetime import UTC, datetime
from uuid import UUID

from kindred_common.clock import new_id
from kindred_common.contracts.codec import Outgoing, RawRecord
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def answers(customer_id: UUID, value: int) -> AnswersRecorded:
    return AnswersRecorded(
        customer_id=customer_id,
        survey_id=UUID(int=1),
        survey_version=1,
        response_id=UUID(int=2),
        answered_at=NOON,
        source=FactSource.SELF,
        answers=(Answer(question_id="q", kind=AnswerKind.NPS, number=value),),
    )


def outgoing(customer_id: UUID, value: int) -> Outgoing:
    return Outgoing(
        SURVEY_ANSWERS, str(customer_id), answers(customer_id, value), Cause(str(new_id()))
    )


def envelope(
    record_type: str = AnswersRecorded.record_type,
    *,
    record_id: str | None = None,
    sequence: int | None = None,
) -> Envelope:
    identity = record_id or str(new_id())
    return Envelope(identity, "test", record_type, NOON, "", Cause(identity), sequence)


def raw(customer_id: UUID, value: int, offset: int, *, record_id: str | None = None) -> RawRecord:
    return RawRecord(
        topic=SURVEY_ANSWERS.name,
        partition=0,
        offset=offset,
        key=str(customer_id).encode(),
        value=answers(customer_id, value).to_json(),
        headers=to_headers(envelope(record_id=record_id)),
        timestamp_ms=0,
    )
