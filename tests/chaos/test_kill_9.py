"""Whatever is killed, whenever: what was acknowledged counts once and in order, what is bad is visible, and all comes to rest."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any, cast
from uuid import UUID

import pytest
import pytest_asyncio
from tests.chaos.bad_records import Bad
from tests.chaos.loop_under_chaos import SERVICES, Aftermath, acknowledged, run_under_chaos
from tests.chaos.matching_model import Expected, SinglePass, catalogue
from tests.chaos.model import in_order
from tests.chaos.operators import held_records
from tests.chaos.outside import Position
from tests.chaos.reading import by_key, kept
from tests.chaos.report import Report
from tests.chaos.settings import ChaosSettings
from tests.system import System

from kindred_common.contracts.codec import Received
from kindred_common.contracts.external import IngestReceipt, ReceiptStatus
from kindred_common.contracts.invitations import EventListed
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.record import Record
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.topics import (
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    INGEST_RECEIPTS,
    SIGNAL_INPUTS,
    SURVEY_ANSWERS,
    TOPICS,
)
from kindred_common.contracts.vocabulary import Service
from kindred_common.testing.cluster import read_all
from kindred_matching.domain.proposals import CANDIDATES
from kindred_profile.application.contract_records import canonical
from kindred_profile.domain.facts import ANSWERS, Fact, FactKind

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

TOLD = (*ANSWERS, FactKind.FEEDBACK, FactKind.CONSENT)
NEAR = 0.95
"""The least share of the bound that the matches together must be worth; what stands is not given up for a trifle."""

SHOWN = 4
"""The API is asked for each fourth customer."""

_FACTS = """
SELECT customer_id, kind, slot, subject, source, observed_at, record_id, correlation_id, number, choice
  FROM fact WHERE kind = ANY(:kinds)
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aftermath(system: System, chaos_settings: ChaosSettings, report: Report) -> Aftermath:
    with report.timed("kill -9") as told:
        left = await run_under_chaos(system, chaos_settings)
        told.extend(left.account())
    return left


async def test_every_acknowledged_answer_is_in_the_profile_once_and_in_order(
    aftermath: Aftermath,
) -> None:
    rows = await aftermath.system.query(Service.PROFILE, _FACTS, kinds=list(TOLD))
    found: dict[UUID, list[Fact]] = {}
    for row in rows:
        fact = Fact(**cast("Mapping[str, Any]", row))
        found.setdefault(fact.customer_id, []).append(fact)
    for customer_id, told in aftermath.model.facts.items():
        if customer_id not in aftermath.story.strangers:
            assert in_order(found[customer_id]) == in_order(told)
    for answers in acknowledged(aftermath.log).values():
        moments = [answer.answered_at for answer in answers]
        assert moments == sorted(set(moments))


async def test_the_topic_has_what_clients_sent_in_their_order(aftermath: Aftermath) -> None:
    records = await kept(aftermath.system.kafka_settings, SURVEY_ANSWERS)
    own = by_key(r for r in records if r.envelope.source == "kindred/survey")
    for customer_id, answers in acknowledged(aftermath.log).items():
        sequences = [record.envelope.sequence for record in own[str(customer_id)]]
        assert sequences == list(range(1, len(sequences) + 1))
        assert _answers_on_topic(own[str(customer_id)], aftermath.survey_id) == [
            (answer.answered_at, answer.question.recorded(answer.value)) for answer in answers
        ]


def _answers_on_topic(records: list[Received[Record]], survey_id: UUID) -> list[tuple[Any, Any]]:
    told = [cast("AnswersRecorded", record.data) for record in records]
    return [(data.answered_at, data.answers[0]) for data in told if data.survey_id == survey_id]


async def test_every_bad_record_is_visible_with_field_and_reason(aftermath: Aftermath) -> None:
    for service in SERVICES:
        held = await held_records(aftermath.system, service, "dead")
        expected = {p: b for p, b in aftermath.bad.items() if service in _readers(p.topic)}
        assert expected
        for position, bad in expected.items():
            item = held.get(position)
            assert item is not None, f"{service} shows nothing of {bad.flaw} on {position}"
            _assert_says(bad, item["field"], item["reason"])


async def test_every_record_of_a_stranger_waits_visibly(aftermath: Aftermath) -> None:
    waiting = await held_records(aftermath.system, Service.PROFILE, "early")
    expected = {f"customer:{customer_id}" for customer_id in aftermath.story.strangers}
    assert {item["waits_for"] for item in waiting.values()} == expected


async def test_every_bad_record_from_outside_gets_a_receipt(aftermath: Aftermath) -> None:
    receipts = {
        Position(receipt.topic, receipt.partition, receipt.offset): receipt
        for record in await read_all(aftermath.system.kafka_settings, INGEST_RECEIPTS)
        if (receipt := cast("IngestReceipt", record.data))
    }
    external = {topic.name for topic in TOPICS if topic.external}
    for position, bad in aftermath.bad.items():
        if position.topic in external:
            receipt = receipts[position]
            assert receipt.status is ReceiptStatus.REJECTED
            _assert_says(bad, receipt.field, receipt.reason)


async def test_profiles_equal_those_of_a_single_pass(aftermath: Aftermath) -> None:
    published = by_key(await kept(aftermath.system.kafka_settings, CUSTOMER_PROFILES))
    newest: dict[UUID, CustomerProfile] = {}
    for customer_id, expected in aftermath.model.profiles().items():
        newest[customer_id] = cast("CustomerProfile", published[str(customer_id)][-1].data)
        assert canonical(newest[customer_id]) == canonical(expected)
    async with aftermath.system.client(Service.PROFILE) as api:
        for customer_id in sorted(newest)[::SHOWN]:
            answer = await api.get(f"/v1/customers/{customer_id}/profile")
            shown = CustomerProfile.model_validate(answer.json()["profile"])
            assert canonical(shown) == canonical(newest[customer_id])
            assert shown.version == newest[customer_id].version


async def test_profile_versions_rise_one_by_one(aftermath: Aftermath) -> None:
    published = by_key(await kept(aftermath.system.kafka_settings, CUSTOMER_PROFILES))
    for customer_id in aftermath.model.profiles():
        records = published[str(customer_id)]
        versions = [cast("CustomerProfile", record.data).version for record in records]
        assert versions == [record.envelope.sequence for record in records]
        assert versions == list(range(1, len(versions) + 1))


async def test_the_catalogue_is_what_was_planned_last(aftermath: Aftermath) -> None:
    published = by_key(await kept(aftermath.system.kafka_settings, EVENT_CATALOGUE))
    for expected in catalogue(aftermath.story.world):
        newest = cast("EventListed", published[str(expected.event_id)][-1].data)
        assert newest.model_copy(update={"version": 1}) == expected


async def test_matches_are_feasible_scored_as_in_a_single_pass_and_near_the_optimum(
    aftermath: Aftermath,
) -> None:
    profiles = by_key(await kept(aftermath.system.kafka_settings, CUSTOMER_PROFILES))
    final = [
        profile.model_copy(update={"version": len(profiles[str(customer_id)])})
        for customer_id, profile in aftermath.model.profiles().items()
    ]
    world = aftermath.story.world
    events = {event.event_id: event for event in catalogue(world)}
    single = SinglePass(final, events.values(), world.now)
    published = by_key(await kept(aftermath.system.kafka_settings, CUSTOMER_MATCHES))
    value, taken = 0.0, Counter[UUID]()
    for customer_id, expected in single.expected().items():
        told = cast("CustomerMatches", published[str(customer_id)][-1].data)
        _assert_follows(told, expected)
        own = [events[match.event_id] for match in told.matches]
        assert all(not overlapping(one, other) for one, other in combinations(own, 2))
        taken.update({match.event_id: match.seats for match in told.matches})
        value += sum(match.score for match in told.matches)
    assert all(seats <= events[event_id].seats for event_id, seats in taken.items())
    assert NEAR * single.bound <= value <= (1.0 + 1e-6) * single.bound


async def test_no_worker_ended_by_itself(aftermath: Aftermath) -> None:
    # Faust ends when its broker is away for long, and says so; our own processes wait.
    fell = [what for what in aftermath.chaos.fell_by_itself if "stream" not in what]
    assert fell == []


def _assert_follows(told: CustomerMatches, expected: Expected) -> None:
    """The record tells the scores and refusals of the single pass, whoever was chosen."""
    assert len(told.matches) <= expected.cap
    for match in told.matches:
        assert match.score == expected.scores[match.event_id][match.seats]
    others = {candidate.event_id: candidate.score for candidate in told.candidates}
    chosen = {match.event_id for match in told.matches}
    best = {e: max(ways.values()) for e, ways in expected.scores.items() if e not in chosen}
    assert others.items() <= best.items()
    assert len(others) == min(CANDIDATES, len(best))
    assert {each.event_id: tuple(each.reasons) for each in told.refusals} == expected.refused


def overlapping(one: EventListed, other: EventListed) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _readers(topic: str) -> tuple[Service, ...]:
    """Who has to show bad records; the stream alone reads signal inputs, and drops what it cannot read."""
    if topic == SIGNAL_INPUTS.name:
        return ()
    return next(known.consumers for known in TOPICS if known.name == topic)


def _assert_says(bad: Bad, field: str | None, reason: str | None) -> None:
    assert field == bad.field, bad.flaw
    assert reason, bad.flaw
    assert re.match(re.escape(bad.reason), reason), bad.flaw
