"""Feedback's worker is killed, and its servers stop, while it asks guests how it was: who came is asked once, nobody else is."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from operator import lt
from random import Random
from uuid import UUID

import pytest
from tests.chaos.faults import Chaos, Fault
from tests.chaos.outside import Writing, outside, writing
from tests.chaos.parts import FEEDBACK_WORKER, changed
from tests.chaos.reading import kept, watching
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.chaos.settling import until_read, until_settled
from tests.system import System

from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    EVENT_CATALOGUE,
    INVITATION_RECORDS,
    MESSAGE_REQUESTS,
    Topic,
)
from kindred_common.contracts.vocabulary import EventKind, InvitationStep, Service
from kindred_common.testing.waiting import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]

GUESTS = 300
STAYED_AWAY = 7
"""Every seventh guest did not come."""

SAID_AGAIN = 4
"""Of every fourth it is said again that he came, when most have been asked."""

_ASKED = "SELECT 1 FROM guest WHERE event_id = :event_id AND asked_at IS NOT NULL"
_TO_ASK = "SELECT 1 FROM due_job WHERE kind = 'ask' AND done_at IS NULL"


async def test_who_came_is_asked_once(
    system: System, chaos_settings: ChaosSettings, report: Report
) -> None:
    random = chaos_settings.random("who came")
    chaos = Chaos(system, random)
    event = _event()
    seen = [_seen(event, number) for number in range(GUESTS)]
    with report.timed("who came is asked once") as told:
        await system.run_only((changed(FEEDBACK_WORKER, ask_after_seconds=0),))
        async with outside(system.kafka_settings) as others, chaos.supervision():
            await others.write(_writing(EVENT_CATALOGUE, event.event_id, event, sequence=1))
            faults = _faults(chaos)
            shares = [seen[number :: len(faults)] for number in range(len(faults))]
            for fault, share, asked in zip(faults, shares, [[], *shares], strict=False):
                before = await _count_asked(system, event)
                for record in [*_told(share, random), *map(_later, asked[::SAID_AGAIN])]:
                    await others.write(record)
                await eventually(
                    lambda: _count_asked(system, event), partial(lt, before), within=120
                )
                await asyncio.sleep(random.uniform(0.0, 0.3))
                await chaos.unleash([fault])
        await system.until_ready(FEEDBACK_WORKER.name)
        async with watching(system.kafka_settings) as watch:
            await until_read(system, watch, (Service.FEEDBACK,))
            await eventually(
                lambda: system.query(Service.FEEDBACK, _TO_ASK), lambda jobs: not jobs, within=120
            )
            await until_settled(system, watch, (Service.FEEDBACK,))
        came = [one.customer_id for one in seen if one.step is InvitationStep.ATTENDED]
        assert await _asked(system, event.event_id) == Counter(came)
        assert chaos.fell_by_itself == []
        told.append(f"{len(came)} of {GUESTS} came")
        told.extend(chaos.happened)


def _faults(chaos: Chaos) -> list[Fault]:
    """Kills of the worker and an orderly stop of each server, one after the other."""
    kills = [chaos.kill(FEEDBACK_WORKER.name, 0.0) for _ in range(3)]
    faults = [*kills, chaos.stop_postgres(0.0), chaos.stop_kafka(0.0)]
    chaos.random.shuffle(faults)
    return faults


async def _count_asked(system: System, event: EventListed) -> int:
    return len(await system.query(Service.FEEDBACK, _ASKED, event_id=event.event_id))


def _told(seen: Sequence[InvitationChanged], random: Random) -> Iterator[Writing]:
    """Who was seen; every third is told of twice, every sixth by another record and as if he was seen later."""
    for number, one in enumerate(seen):
        record = _writing(INVITATION_RECORDS, one.customer_id, one)
        yield record
        if number % 6 == 0:
            later = one.model_copy(update={"at": one.at + timedelta(minutes=random.randint(1, 9))})
            yield _writing(INVITATION_RECORDS, one.customer_id, later)
        elif number % 3 == 0:
            yield record


def _later(one: InvitationChanged) -> Writing:
    """The same word about the guest by another record, as if he was seen an hour later."""
    again = one.model_copy(update={"at": one.at + timedelta(hours=1)})
    return _writing(INVITATION_RECORDS, one.customer_id, again)


async def _asked(system: System, event_id: UUID) -> Counter[UUID]:
    """How often each guest of the event was asked how it was."""
    requests = [record.data for record in await kept(system.kafka_settings, MESSAGE_REQUESTS)]
    return Counter(
        request.customer_id
        for request in requests
        if isinstance(request, MessageRequested) and request.occasion == str(event_id)
    )


def _event() -> EventListed:
    now = SystemClock().now()
    return EventListed(
        event_id=new_id(),
        version=1,
        open=True,
        kind=EventKind.CULTURE,
        title="An evening at the opera",
        starts_at=now - timedelta(hours=4),
        ends_at=now - timedelta(hours=1),
        seats=GUESTS,
        seats_to_allocate=0,
    )


def _seen(event: EventListed, number: int) -> InvitationChanged:
    return InvitationChanged(
        invitation_id=new_id(),
        customer_id=new_id(),
        event_id=event.event_id,
        step=InvitationStep.ATTENDED if number % STAYED_AWAY else InvitationStep.NO_SHOW,
        at=event.ends_at,
        event_kind=event.kind,
        event_starts_at=event.starts_at,
        event_ends_at=event.ends_at,
    )


def _writing(topic: Topic, key: UUID, record: Record, sequence: int | None = None) -> Writing:
    return writing(
        topic,
        str(key),
        record,
        record_id=str(new_id()),
        source="kindred/invitations",
        time=SystemClock().now(),
        sequence=sequence,
    )
