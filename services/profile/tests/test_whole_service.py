"""The loops of the service on a real broker; what they carry is tested without."""

from datetime import timedelta

from services.profile.tests.world import MIRA, World, answers, interest, mira, noord

from kindred_common.contracts.topics import (
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CUSTOMER_PROFILES,
    REMATCH_REQUESTS,
    SURVEY_ANSWERS,
)
from kindred_common.testing.waiting import eventually

KEY = str(MIRA)


async def test_an_answer_of_a_customer_not_known_yet_waits_and_then_counts(whole: World) -> None:
    now = whole.clock.now()
    answer = await whole.publish(SURVEY_ANSWERS, KEY, answers(now, interest("opera", 5)))
    await whole.publish(CRM_CUSTOMERS, "crm:mira", mira(), version=1)
    await whole.publish(CRM_ACCOUNTS, "crm:noord", noord(), version=1)
    profile = await whole.profile(lambda p: bool(p.interests))
    assert [(i.theme, i.value) for i in profile.interests] == [("opera", 1.0)]
    assert profile.team == "north"
    assert profile.may_be_invited
    caused = (await whole.read(CUSTOMER_PROFILES))[-1].envelope
    assert caused.cause.causation_id == answer
    assert caused.cause.correlation_id == f"correlation-{answer}"


async def test_the_worker_sweeps_by_itself(whole: World) -> None:
    await whole.know_mira()
    now = whole.clock.now()
    for number in range(3):
        said = answers(now + timedelta(seconds=number), interest(f"theme-{number}", 4))
        await whole.publish(SURVEY_ANSWERS, KEY, said)
    await whole.profile(lambda p: len(p.interests) == 3)
    await whole.leap(timedelta(minutes=2))
    found = await eventually(lambda: whole.read(REMATCH_REQUESTS), within=40)
    assert len(found) == 1
