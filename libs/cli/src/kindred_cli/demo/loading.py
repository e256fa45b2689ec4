"""Loads the demonstration world as the outside would: a CRM publishes, customers answer surveys."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from kindred_cli.demo.records import Row, records_of
from kindred_cli.demo.world import DemoCustomer, World
from kindred_cli.errors import CommandError
from kindred_cli.following import following
from kindred_cli.launcher.concurrency import together
from kindred_cli.local_system import JSON, Api, LocalSystem
from kindred_cli.settling import TOPICS, Complete, Settling, settle
from kindred_common.clock import Clock, Ids
from kindred_common.contracts.envelope import to_headers
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.kafka import create_producer
from kindred_common.messaging.settings import KafkaSettings

Tell = Callable[[str], None]

INTEREST_SURVEY = "Interest survey"
RELATION_SURVEY = "Relation survey"
AT_ONCE = 6
"""Customers who answer at the same time: enough to keep two cores busy."""
PATIENCE = 60.0


async def load_world(system: LocalSystem, world: World, tell: Tell, clock: Clock, ids: Ids) -> None:
    """Loads the world and waits until every customer is matched; loading it again changes nothing.

    Raises:
        CommandError: a service or Kafka could not be reached, or did not come to an end.
    """
    tell(
        f"{len(world.customers)} customers of {len(world.accounts)} accounts, {len(world.events)} events"
    )
    async with system.apis() as apis:
        surveys = await installed_surveys(apis[Service.SURVEY])
        asked = themes_of(surveys[INTEREST_SURVEY])
        expected = {customer.id: _told(customer, asked) for customer in world.customers}
        watched = frozenset(str(customer_id) for customer_id in expected)
        async with following(system.kafka, TOPICS, watched.__contains__, state=True) as follower:
            await publish(system.kafka, records_of(world, clock.now(), ids))
            await _answer_all(apis[Service.SURVEY], surveys, world.customers, tell)
            settling = Settling(expected)
            await settle(follower, settling, tell, patience=PATIENCE)
        if settling.open:
            raise CommandError(f"{settling.open} of {settling.expected} customers are not matched")
        await _until_listed(apis[Service.MATCHING], len(world.events))


async def publish(settings: KafkaSettings, rows: Iterable[Row]) -> None:
    """Publishes the rows as another system would."""
    producer = create_producer(settings, client_id="kindred-demo")
    await producer.start()
    try:
        sent = [
            await producer.send(
                settings.name(topic),
                key=key.encode(),
                value=body.to_json(),
                headers=list(to_headers(envelope)),
            )
            for topic, key, envelope, body in rows
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def installed_surveys(survey: Api) -> dict[str, JSON]:
    """The surveys that come with Kindred, by name, installed if they are not."""
    installed = (await survey.post("/v1/surveys/samples"))["items"]
    return {one["name"]: await survey.get(f"/v1/surveys/{one['id']}") for one in installed}


def questions_of(survey: JSON, kind: str) -> Sequence[dict[str, Any]]:
    """The survey's questions of one kind."""
    return [one for one in survey["definition"]["questions"] if one["kind"] == kind]


def themes_of(survey: JSON) -> dict[str, str]:
    """The ids of the survey's questions about interests, by theme."""
    return {str(one["theme"]): str(one["id"]) for one in questions_of(survey, "interest")}


def _told(customer: DemoCustomer, asked: Iterable[str]) -> Complete:
    themes = {theme for theme, _ in customer.interests} & set(asked)

    def complete(profile: CustomerProfile) -> bool:
        known = {interest.theme for interest in profile.interests}
        return profile.loyalty is not None and themes <= known

    return complete


async def _answer_all(
    survey: Api, surveys: dict[str, JSON], customers: Sequence[DemoCustomer], tell: Tell
) -> None:
    waiting = iter(customers)
    answered: list[UUID] = []

    async def answer_in_turn() -> None:
        for customer in waiting:
            await _answer(survey, surveys, customer)
            answered.append(customer.id)
            if len(answered) % 100 == 0:
                tell(f"{len(answered)} of {len(customers)} customers answered two surveys")

    await together(answer_in_turn() for _ in range(AT_ONCE))


async def _answer(survey: Api, surveys: dict[str, JSON], customer: DemoCustomer) -> None:
    for asked, answers in _responses(surveys, customer):
        body = {"customer_id": str(customer.id), "survey_id": asked["id"], "answers": answers}
        key = f"demo-{customer.external_id}-{asked['id']}"
        await survey.post("/v1/answers", json=body, headers={"Idempotency-Key": key})


def _responses(
    surveys: dict[str, JSON], customer: DemoCustomer
) -> Iterator[tuple[JSON, list[JSON]]]:
    """What a customer answers to each survey."""
    relation, interest = surveys[RELATION_SURVEY], surveys[INTEREST_SURVEY]
    [recommend] = questions_of(relation, "nps")
    yield relation, [{"question_id": recommend["id"], "value": customer.nps}]
    asked = themes_of(interest)
    told = [(asked[theme], value) for theme, value in customer.interests if theme in asked]
    yield interest, [{"question_id": question, "value": value} for question, value in told]


async def _until_listed(matching: Api, events: int) -> None:
    """The matches are by all events only when matching has heard of them."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while (await matching.get("/v1/engine"))["events"] < events:
        if asyncio.get_running_loop().time() > deadline:
            raise CommandError(f"matching has not heard of all {events} events")
        await asyncio.sleep(0.2)
