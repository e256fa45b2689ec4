"""Before the loop: an event that the customer is not the right guest for, yet."""

import asyncio
from datetime import timedelta
from time import perf_counter

from kindred_cli.demo.loading import publish
from kindred_cli.demo.records import row_of
from kindred_cli.demo.show.cast import Cast, Extra
from kindred_cli.demo.show.stage import Stage
from kindred_cli.demo.show.words import readable
from kindred_cli.errors import CommandError
from kindred_cli.local_system import JSON
from kindred_common.contracts.external import CrmEvent
from kindred_common.contracts.invitations import EventListed
from kindred_common.contracts.topics import CRM_EVENTS
from kindred_common.contracts.vocabulary import Service

NOT_CHOSEN = "candidate"
LOOK_EVERY = 0.1
ENOUGH = timedelta(seconds=12)
"""What the steps from the answer to the reply may take; they must be over when the event begins."""


async def list_event(stage: Stage, cast: Cast, extra: Extra) -> Extra:
    """Another system plans an event; everybody is looked at for it, and our customer is not chosen.

    Returns:
        The event, put off when so much time went by that it would begin too early.
    """
    stage.telling.step(f"A planning system publishes an event: {extra.body.title}")
    began = perf_counter()
    await _publish(stage, extra)
    seen, _ = await stage.expect("the planning system's record", CrmEvent)
    stage.show(seen, began, f"{extra.body.title}, {extra.body.seats} seats, soon")
    seen, listed = await stage.expect("the listing of the event", EventListed)
    stage.show(seen, began, f"{listed.seats_to_allocate} of {listed.seats} seats left")
    weighed = await _weighed(stage, cast, extra)
    took = perf_counter() - began
    stage.telling.say(f"Matching has weighed it for everybody after {took * 1000:.0f} ms.")
    if weighed["outcome"] != NOT_CHOSEN:
        raise CommandError(f"{cast.name} is {weighed['outcome']} before the answer; try again")
    [option, *_] = weighed["options"]
    stage.telling.say(
        f"{cast.name} is not chosen: {readable(cast.theme)} leaves this guest cold"
        f" (would come with {option['probability']:.0%} probability, score {option['score']:.2f})."
    )
    return await _put_off(stage, extra, timedelta(seconds=took))


async def _put_off(stage: Stage, extra: Extra, took: timedelta) -> Extra:
    """A slow machine needs as long again to weigh the event at its new time."""
    if extra.body.starts_at - stage.clock.now() > ENOUGH:
        return extra
    later = extra.at(stage.clock.now() + took + 2 * ENOUGH)
    began = perf_counter()
    stage.telling.say("That took long: the event is put off, or it would begin too early.")
    await _publish(stage, later)
    seen, listed = await stage.expect(
        "the new listing of the event",
        EventListed,
        lambda _, data: data.starts_at == later.body.starts_at,
    )
    left = later.body.starts_at - stage.clock.now()
    stage.show(seen, began, f"begins in {left.total_seconds():.0f} s, {listed.seats} seats")
    return later


async def _publish(stage: Stage, extra: Extra) -> None:
    now = stage.clock.now()
    row = row_of(CRM_EVENTS, extra.external_id, extra.body, now, stage.ids)
    await publish(stage.system.kafka, [row])


async def _weighed(stage: Stage, cast: Cast, extra: Extra) -> JSON:
    """What matching thinks of customer and event, once it knows the event."""
    path = f"/v1/customers/{cast.id}/events/{extra.id}/explanation"
    deadline = perf_counter() + stage.patience
    while perf_counter() < deadline:
        if (weighed := await stage.apis[Service.MATCHING].try_get(path)) is not None:
            return weighed
        await asyncio.sleep(LOOK_EVERY)
    raise stage.missing("weighing the event for the customers")
