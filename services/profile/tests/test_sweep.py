from datetime import timedelta

from services.profile.tests.world import MIRA, World, answers, interest

from kindred_common.clock import new_id
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.profile import RematchRequested, SignalInput
from kindred_common.contracts.topics import (
    INVITATION_RECORDS,
    REMATCH_REQUESTS,
    SIGNAL_INPUTS,
    SURVEY_ANSWERS,
)
from kindred_common.contracts.vocabulary import DeclineReason, EventKind, InvitationStep
from kindred_common.testing.waiting import eventually

KEY = str(MIRA)


async def requests(world: World) -> list[RematchRequested]:
    found = [r.data for r in await world.read(REMATCH_REQUESTS)]
    return [data for data in found if isinstance(data, RematchRequested)]


async def swept(world: World) -> None:
    """Until the sweep has looked at everybody whose time has come."""

    async def due() -> int:
        now = world.clock.now()
        rows = await world.rows("SELECT count(*) AS n FROM customer WHERE look_at <= :now", now=now)
        return int(rows[0].n)

    await eventually(due, lambda n: n == 0)


def decline(world: World, number: int) -> InvitationChanged:
    now = world.clock.now()
    return InvitationChanged(
        invitation_id=new_id(),
        customer_id=MIRA,
        event_id=new_id(),
        step=InvitationStep.DECLINED,
        at=now + timedelta(seconds=number),
        event_kind=EventKind.SPORT,
        event_starts_at=now + timedelta(days=20),
        event_ends_at=now + timedelta(days=20, hours=3),
        decline_reason=DeclineReason.DATE,
    )


async def test_the_sweep_asks_once_for_what_no_single_record_shows(world: World) -> None:
    await world.know_mira()
    now = world.clock.now()
    sent = [
        await world.publish(
            SURVEY_ANSWERS, KEY, answers(now + timedelta(seconds=n), interest(f"theme-{n}", 4))
        )
        for n in range(3)
    ]
    await world.profile(lambda p: len(p.interests) == 3)
    await world.leap(timedelta(minutes=2))
    (burst,) = await eventually(lambda: requests(world))
    assert burst.reason == "burst-settled"
    cause = (await world.read(REMATCH_REQUESTS))[0].envelope.cause
    assert cause.causation_id == sent[-1]
    assert cause.correlation_id == f"correlation-{sent[-1]}"
    for number in range(3):
        await world.publish(INVITATION_RECORDS, KEY, decline(world, number))
    await world.leap(timedelta(minutes=2))
    found = await eventually(lambda: requests(world), lambda r: len(r) == 2)
    assert found[1].reason == "acceptance-collapsing"
    await world.leap(timedelta(days=366))
    found = await eventually(lambda: requests(world), lambda r: len(r) == 3)
    assert found[2].reason == "interest-stale"
    await swept(world)
    assert len({r.request for r in await requests(world)}) == len(await requests(world)) == 3


async def test_what_the_sweep_finds_changes_no_profile(world: World) -> None:
    await world.know_mira()
    await world.publish(SURVEY_ANSWERS, KEY, answers(world.clock.now(), interest("opera", 4)))
    version = (await world.profile(lambda p: bool(p.interests))).version
    await world.leap(timedelta(days=500))
    await eventually(lambda: requests(world))
    await swept(world)
    assert (await world.profiles())[-1].version == version


async def test_an_invitation_without_response_counts_after_a_week(world: World) -> None:
    await world.know_mira()
    sent = decline(world, 0).model_copy(
        update={"step": InvitationStep.SENT, "decline_reason": None}
    )
    await world.publish(INVITATION_RECORDS, KEY, sent)

    async def signals() -> list[tuple[str, float]]:
        found = [r.data for r in await world.read(SIGNAL_INPUTS)]
        return [(s.signal, s.value) for s in found if isinstance(s, SignalInput)]

    await world.leap(timedelta(days=8))
    await eventually(signals, lambda found: found == [("response-rate", 0.0)])
    late = sent.model_copy(update={"step": InvitationStep.DECLINED})
    refused = await world.publish(INVITATION_RECORDS, KEY, late)
    found = await eventually(signals, lambda found: len(found) == 2)
    assert found[1] == ("acceptance-rate", 0.0)
    causes = [record.envelope.cause.causation_id for record in await world.read(SIGNAL_INPUTS)]
    assert causes == [None, refused], "silence is no record that others could look up"
