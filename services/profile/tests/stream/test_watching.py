from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kindred_common.clock import new_id
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.record import Cause
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded
from kindred_common.contracts.topics import SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import FactSource
from kindred_common.testing.clocks import FakeClock
from kindred_profile.domain.found import Found
from kindred_profile.entrypoints.stream.watching import Watcher


async def test_a_burst_read_late_is_asked_for_once_when_all_of_it_is_read() -> None:
    clock, asked = FakeClock(), list[Found]()

    async def ask(found: Sequence[Found]) -> None:
        asked.extend(found)

    watcher = Watcher(ask, clock)
    moments = [clock.now() - timedelta(hours=1, seconds=-5 * n) for n in range(5)]
    customer_id = new_id()
    for moment in moments:
        await watcher.see(SURVEY_ANSWERS, answer(customer_id, moment))
        await watcher.look_again()
        clock.advance(timedelta(seconds=10))
    assert asked == []
    clock.advance(timedelta(seconds=30))
    await watcher.look_again()
    await watcher.look_again()
    assert [(found.reason, found.window) for found in asked] == [
        ("burst-settled", moments[-1].isoformat())
    ]


def answer(customer_id: UUID, at: datetime) -> RawRecord:
    body = AnswersRecorded(
        customer_id=customer_id,
        survey_id=UUID(int=1),
        survey_version=1,
        response_id=UUID(int=2),
        answered_at=at,
        source=FactSource.SELF,
        answers=(Answer(question_id="recommend", kind=AnswerKind.NPS, number=8),),
    )
    name = str(new_id())
    headers = to_headers(Envelope(name, "test", body.record_type, at, "", Cause(name)))
    key = str(customer_id).encode()
    return RawRecord(SURVEY_ANSWERS.name, 0, 0, key, body.to_json(), headers, 0)
