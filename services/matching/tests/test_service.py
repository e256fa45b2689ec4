import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from services.matching.tests.house import House, build_house, event_ids, loving
from sqlalchemy import text

from kindred_common.clock import new_id
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.topics import CUSTOMER_MATCHES, EVENT_CATALOGUE
from kindred_common.contracts.vocabulary import InvitationStep, ReasonCode
from kindred_common.security.principals import Role
from kindred_common.testing.cluster import read_all, write_bytes
from kindred_common.testing.waiting import eventually


@pytest.fixture
async def house(postgres_server: str, kafka_server: str, tmp_path: Path) -> AsyncIterator[House]:
    async with build_house(postgres_server, kafka_server, tmp_path) as house:
        yield house


async def test_an_answer_becomes_a_match_on_the_topic_with_its_cause(house: House) -> None:
    fan, other, opera = new_id(), new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera, seats=1)
        await house.world.profile(other, account_value=1.1)
        await house.matched(service.client, other, lambda m: event_ids(m) == [opera])

        answer = await house.world.profile(fan, interests=loving("opera"))

        match = (await house.matched(service.client, fan, lambda m: bool(m.matches))).matches[0]
        assert match.event_id == opera
        assert "interest:opera" in {reason.name for reason in match.reasons}
        await eventually(lambda: house.records(other), _lost)
        published = await read_all(house.world.kafka, CUSTOMER_MATCHES)
        causes = {record.key: record.envelope.cause.causation_id for record in published}
        assert causes[str(fan)] == causes[str(other)] == answer
        loser = await house.matched(service.client, other)
        assert [c.not_chosen for c in loser.candidates] == [ReasonCode.SEATS]
        metrics = (await service.client.get("/metrics")).text
        assert (
            'kindred_consumer_records_total{outcome="applied",topic="customer-profiles"} 2.0'
            in metrics
        )
        assert "kindred_matching_settle_seconds_count" in metrics


def _lost(told: list[CustomerMatches | None]) -> bool:
    """Whether others have now what there was; how much was told before depends on what was read first, event or profile."""
    last = told[-1] if told else None
    return last is not None and not last.matches and bool(last.candidates)


async def test_a_rematch_request_is_a_fresh_look_that_the_journal_knows(house: House) -> None:
    customer, opera = new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera)
        await house.world.profile(customer)
        match = await house.matched(service.client, customer, lambda m: bool(m.matches))
        before = await _counters(service.client)

        request = await house.world.rematch(customer, "theme-momentum")

        async def asked() -> list[tuple[str, ...]]:
            async with service.foundation.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(ASKED)]

        [(body, cause)] = await eventually(asked, within=60)
        assert (json.loads(body), cause) == ({"customer_id": str(customer)}, request)
        after = await _counters(service.client)
        assert (after - before).keys() == set(COUNTED)  # counted again when a batch is tried again
        assert await house.matched(service.client, customer) == match


ASKED = text("SELECT body, causation_id FROM journal WHERE kind = 'rematch-asked'")
COUNTED = (
    'kindred_rematch_requests_total{reason="theme-momentum"}',
    "kindred_matching_customers_touched_total",
)


async def _counters(client: httpx.AsyncClient) -> Counter[str]:
    """How often somebody asked, and how many customers were looked at."""
    lines = [line.rpartition(" ") for line in (await client.get("/metrics")).text.splitlines()]
    return Counter({name: int(float(count)) for name, _, count in lines if name in COUNTED})


async def test_a_given_seat_stays_and_a_declined_one_goes_to_the_next(house: House) -> None:
    guest, next_one, opera = new_id(), new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera, seats=1)
        await house.world.profile(guest, account_value=0.5)
        await house.world.profile(next_one)
        await house.matched(service.client, next_one, lambda m: event_ids(m) == [opera])

        await house.world.step(guest, opera, InvitationStep.APPROVED)
        fixed = await house.matched(service.client, guest, lambda m: bool(m.matches))
        assert fixed.matches[0].fixed
        await house.matched(service.client, next_one, lambda m: not m.matches)

        await house.world.step(guest, opera, InvitationStep.DECLINED)
        await house.matched(service.client, next_one, lambda m: event_ids(m) == [opera])
        left = await house.matched(service.client, guest, lambda m: not m.matches)
        assert left.refusals[0].reasons == (ReasonCode.DECLINED,)


async def test_an_event_that_has_begun_is_past(house: House) -> None:
    customer, opera = new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera)
        await house.world.profile(customer)
        await house.matched(service.client, customer, lambda m: bool(m.matches))

        house.clock.leap(timedelta(days=10, hours=1))

        past = await house.matched(service.client, customer, lambda m: not m.matches)
        assert past.refusals[0].reasons == (ReasonCode.PAST,)


async def test_a_bad_event_is_a_dead_letter_and_stops_nobody(house: House) -> None:
    customer, opera, bad = new_id(), new_id(), new_id()
    now = datetime.now(UTC)  # noqa: TID251 - beside a running service
    async with house.open() as service:
        await house.world.event(bad, zone="Mars/Olympus")
        await house.world.event(new_id(), starts_at=now, ends_at=now)
        await write_bytes(house.world.kafka, EVENT_CATALOGUE, [(b"x", b"not json", ())])
        await house.world.event(opera)
        await house.world.profile(customer)

        await house.matched(service.client, customer, lambda m: event_ids(m) == [opera])
        operator = house.signed_in(Role.ADMINISTRATOR)

        async def letters() -> list[dict[str, object]]:
            found = await service.client.get("/v1/dead-letters", headers=operator)
            items: list[dict[str, object]] = found.json()["items"]
            return items

        # Each lies on a partition of its own: another may be read after the customer.
        all_three = await eventually(letters, lambda found: len(found) == 3)
        assert {letter["field"] for letter in all_three} >= {"zone", "ends_at"}


async def test_a_removed_customer_is_forgotten(house: House) -> None:
    customer = new_id()
    async with house.open() as service:
        await house.world.event(new_id())
        await house.world.profile(customer)
        await house.matched(service.client, customer)

        await house.world.remove(customer)

        await eventually(lambda: house.matches(service.client, customer), lambda m: m is None)
        records = await eventually(
            lambda: house.records(customer), lambda found: found[-1:] == [None]
        )
        assert records[0] is not None


async def test_it_goes_on_after_a_stop_where_it_was_and_says_everything_again_when_asked(
    house: House,
) -> None:
    customer, opera = new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera)
        await house.world.profile(customer)
        first = await house.matched(service.client, customer, lambda m: bool(m.matches))
        told = await eventually(
            lambda: house.records(customer), lambda found: found[-1:] == [first]
        )
    async with house.open() as service:
        operator = house.signed_in(Role.ADMINISTRATOR)
        assert (await service.client.post("/v1/republish", headers=operator)).status_code == 202
        records = await eventually(
            lambda: house.records(customer), lambda found: len(found) > len(told)
        )
        assert records == [*told, first]
        await house.world.profile(customer, objected=True)
        await house.matched(service.client, customer, lambda m: not m.matches)


async def test_its_api_answers_without_the_worker(house: House) -> None:
    customer, opera = new_id(), new_id()
    async with house.open() as service:
        await house.world.event(opera)
        await house.world.profile(customer)
        await house.matched(service.client, customer, lambda m: bool(m.matches))
    async with house.open("api") as service:
        assert await house.matches(service.client, customer) is not None
        engine = await service.client.get("/v1/engine", headers=house.signed_in())
        assert engine.json()["customers"] == 1


async def test_what_was_learned_comes_into_use_at_night_and_when_asked(house: House) -> None:
    guest, other, opera = new_id(), new_id(), new_id()
    settings = house.settings.matching.model_copy(update={"epoch_after": 1})
    house.settings = house.settings.model_copy(update={"matching": settings})
    async with house.open() as service:
        client = service.client

        async def epoch() -> tuple[int, bool]:
            found = (await client.get("/v1/engine", headers=house.signed_in())).json()
            return found["model_epoch"], found["scoring_anew"]

        async def score(customer: UUID) -> float:
            found = await house.matches(client, customer)
            assert found is not None
            (match,) = found.matches
            return match.score

        await house.world.event(opera)
        for customer in (guest, other):
            await house.world.profile(customer)
            await house.matched(client, customer, lambda m: bool(m.matches))
        before = await score(other)
        await house.world.step(guest, opera, InvitationStep.SENT)
        await house.world.step(guest, opera, InvitationStep.DECLINED)
        await house.matched(client, guest, lambda m: not m.matches)
        assert await score(other) == before

        house.clock.leap(timedelta(days=1))

        await eventually(epoch, lambda found: found == (1, False))
        assert await score(other) < before
        administrator = house.signed_in(Role.ADMINISTRATOR)
        assert (await client.post("/v1/epochs", headers=administrator)).status_code == 202
        await eventually(epoch, lambda found: found == (2, False))
        epochs = (await client.get("/v1/epochs", headers=administrator)).json()["items"]
        assert [(each["number"], each["replies"]) for each in epochs] == [(2, 0), (1, 0), (0, 1)]
        assert [each["asked_by"] for each in epochs] == ["anna", "night", None]
