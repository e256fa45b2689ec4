"""Programs that answer for customers through survey's API until they are told that it is safe, and keep a log of their own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

import httpx
from tests.chaos.questions import QUESTIONS, Asked, Value

GIVE_UP_SECONDS = 240.0
PAUSE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One answer that survey called safe; ``tries`` counts the requests that it took."""

    customer_id: UUID
    question: Asked
    value: Value
    response_id: UUID
    answered_at: datetime
    tries: int


@dataclass(slots=True)
class Client:
    """One program with customers of its own, so that it knows the order in which each of them answered."""

    name: str
    api: httpx.AsyncClient
    survey_id: UUID
    customers: Sequence[UUID]
    random: Random
    log: list[Acknowledged] = field(default_factory=list)

    async def answer_one(self) -> None:
        """Has one of the customers give one answer.

        Raises:
            AssertionError: it was refused, or not acknowledged in time.
        """
        customer_id = self.random.choice(self.customers)
        question = self.random.choice(QUESTIONS)
        value = question.draw(self.random)
        key = f"{self.name}-{len(self.log)}"
        body = {
            "customer_id": str(customer_id),
            "survey_id": str(self.survey_id),
            "answers": [{"question_id": question.id, "value": value}],
        }
        async with asyncio.timeout(GIVE_UP_SECONDS):
            tries = 1
            while (answer := await self._post(key, body)) is None:
                tries += 1
                await asyncio.sleep(PAUSE_SECONDS)
        self.log.append(
            Acknowledged(
                customer_id,
                question,
                value,
                UUID(answer["response_id"]),
                datetime.fromisoformat(answer["answered_at"]),
                tries,
            )
        )

    async def _post(self, key: str, body: object) -> dict[str, str] | None:
        """The acknowledgement; None when nobody knows whether the answer was taken."""
        try:
            response = await self.api.post(
                "/v1/answers", json=body, headers={"Idempotency-Key": key}
            )
        except httpx.TransportError:
            return None
        if response.status_code >= 500 or response.status_code == httpx.codes.CONFLICT:
            return None
        assert response.status_code == httpx.codes.CREATED, response.text
        acknowledgement: dict[str, str] = response.json()
        return acknowledgement


async def give_answers(clients: Sequence[Client], answers: int, per_second: float) -> None:
    """Lets the clients give so many answers between them, no faster than the rate; a slow one is never hurried on."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    turns = iter(range(answers))

    async def drive(client: Client) -> None:
        for turn in turns:
            await asyncio.sleep(max(0.0, begin + turn / per_second - loop.time()))
            await client.answer_one()

    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(drive(client))
