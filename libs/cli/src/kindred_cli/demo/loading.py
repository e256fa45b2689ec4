"""Loads the demonstration world as the outside would: a CRM publishes, customers answer surveys."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from kindred_cli.client import ServiceClient
from kindred_cli.demo.records import Row
from kindred_cli.demo.world import DemoCustomer
from kindred_common.contracts.envelope import to_headers
from kindred_common.messaging.kafka import create_producer
from kindred_common.messaging.settings import KafkaSettings

INTEREST_SURVEY = "interest"
RELATION_SURVEY = "relation"


async def publish(settings: KafkaSettings, rows: Iterable[Row]) -> int:
    """Publishes the rows and returns how many they were."""
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
        return len(sent)
    finally:
        await producer.stop()


def question_of(survey: dict[str, Any], *, kind: str, theme: str | None = None) -> str | None:
    """The id of the survey's question of this kind (and theme), or None."""
    questions: Sequence[dict[str, Any]] = survey["definition"]["questions"]
    found = (q["id"] for q in questions if q["kind"] == kind and q.get("theme") == theme)
    return next(found, None)


def answer_interests(
    survey: ServiceClient, interest_survey: dict[str, Any], customer: DemoCustomer
) -> None:
    """Answers the interest survey as ``customer`` would."""
    answers = [
        {"question_id": question_id, "value": value}
        for theme, value in customer.interests
        if (question_id := question_of(interest_survey, kind="interest", theme=theme)) is not None
    ]
    _post(survey, interest_survey, customer, answers)


def recommend(
    survey: ServiceClient, relation_survey: dict[str, Any], customer: DemoCustomer
) -> None:
    """Answers the recommendation question as ``customer`` would."""
    question_id = question_of(relation_survey, kind="nps")
    _post(survey, relation_survey, customer, [{"question_id": question_id, "value": customer.nps}])


def _post(
    survey: ServiceClient,
    asked: dict[str, Any],
    customer: DemoCustomer,
    answers: list[dict[str, Any]],
) -> None:
    body = {"customer_id": str(customer.id), "survey_id": asked["id"], "answers": answers}
    key = f"demo-{customer.external_id}-{asked['id']}"
    survey.post("/v1/answers", json=body, headers={"Idempotency-Key": key})
