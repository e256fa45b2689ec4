from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from services.survey.tests.office import DEFINITION, SIMPLE, Office, office_on

import kindred_survey
from kindred_common.clock import new_id
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.examples import examples
from kindred_common.contracts.external import ExternalAnswers, IngestReceipt
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.outreach import MessageOutcome
from kindred_common.contracts.profile import CustomerDetails
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersRecorded, AnswersWithdrawn
from kindred_common.contracts.topics import (
    CUSTOMER_DETAILS,
    EXTERNAL_ANSWERS,
    INGEST_RECEIPTS,
    MESSAGE_OUTCOMES,
    SURVEY_ANSWERS,
    Topic,
)
from kindred_common.contracts.vocabulary import Language, MessagePurpose, MessageResult
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.testing.cluster import read_all, write
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.waiting import eventually
from kindred_survey.adapters.postgres_customers import PostgresCustomers
from kindred_survey.domain.survey import survey_id_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def nps(number: float, **more: float) -> Answer:
    return Answer(question_id="recommend", kind=AnswerKind.NPS, number=number, **more)


def golf(number: float) -> Answer:
    return Answer(
        question_id="golf",
        kind=AnswerKind.INTEREST,
        theme="golf",
        number=number,
        scale_min=1,
        scale_max=5,
    )


def external(*answers: Answer, minutes: int = 0) -> ExternalAnswers:
    return ExternalAnswers(
        source="qualtrics",
        customer_source="crm",
        customer_external_id="c-1",
        survey="klo-2026",
        answered_at=NOON + timedelta(minutes=minutes),
        answers=answers,
    )


def envelope(record: type[Record], record_id: str, sequence: int | None = None) -> Envelope:
    cause = Cause("correlation-1")
    return Envelope(record_id, "qualtrics", record.record_type, NOON, "", cause, sequence)


async def send(kafka: KafkaSettings, topic: Topic, key: str, *records: tuple[str, Record]) -> None:
    rows = [
        (key, envelope(type(data), record_id, number), data)
        for number, (record_id, data) in enumerate(records, 1)
    ]
    await write(kafka, topic, rows)


async def receipts(kafka: KafkaSettings) -> dict[str, IngestReceipt]:
    found = [r.data for r in await read_all(kafka, INGEST_RECEIPTS)]
    return {data.record_id: data for data in found if isinstance(data, IngestReceipt)}


async def test_answers_from_elsewhere_count_once_and_the_newest_wins(
    connected: Office, kafka: KafkaSettings
) -> None:
    await send(
        kafka,
        EXTERNAL_ANSWERS,
        "qualtrics:c-1",
        ("a", external(nps(9), golf(4))),
        ("a", external(nps(9), golf(4))),
        ("b", external(nps(7), minutes=5)),
        ("c", external(nps(2), minutes=3)),
        ("d", external(nps(11), minutes=6)),
        ("e", external(golf(9), minutes=6)),
        ("f", external(nps(5), nps(6), minutes=6)),
    )
    told = await eventually(lambda: receipts(kafka), lambda r: len(r) == 6)
    assert {i: (r.status, r.field) for i, r in told.items()} == {
        "a": ("accepted", None),
        "b": ("accepted", None),
        "c": ("accepted", None),
        "d": ("rejected", "answers.0.number"),
        "e": ("rejected", "answers.0.number"),
        "f": ("rejected", "answers.1.question_id"),
    }
    customer_id = customer_id_of("crm", "c-1")
    kept = (await connected.get(f"/v1/customers/{customer_id}/answers")).json()["answers"]
    assert {a["question_id"]: a["number"] for a in kept} == {"recommend": 7.0, "golf": 4.0}
    published = await read_all(kafka, SURVEY_ANSWERS)
    for record in published:
        assert isinstance(record.data, AnswersRecorded)
        assert record.key == str(customer_id)
        assert record.data.survey_id == survey_id_of("qualtrics", "klo-2026")
        assert record.data.source == "import"
        assert record.envelope.cause.correlation_id == "correlation-1"
    assert {record.envelope.cause.causation_id for record in published} <= {"a", "b", "c"}
    surveys = (await connected.get("/v1/foreign-surveys")).json()["items"]
    assert [s["name"] for s in surveys] == ["klo-2026"]
    results = await connected.get(f"/v1/surveys/{surveys[0]['id']}/results")
    assert [q["answers"] for q in results.json()["questions"]] == [1, 1]


async def test_every_example_of_what_is_read_is_taken(
    connected: Office, kafka: KafkaSettings
) -> None:
    answers = examples(ExternalAnswers)
    details = examples(CustomerDetails)
    await send(kafka, EXTERNAL_ANSWERS, "c", *((f"a{n}", data) for n, data in enumerate(answers)))
    for data in details:
        await send(kafka, CUSTOMER_DETAILS, str(data.customer_id), (f"d-{data.customer_id}", data))
    outcomes = [(f"o{n}", data) for n, data in enumerate(examples(MessageOutcome))]
    await send(kafka, MESSAGE_OUTCOMES, "m", *outcomes)
    told = await eventually(lambda: receipts(kafka), lambda r: len(r) == len(answers))
    assert {receipt.status for receipt in told.values()} == {"accepted"}

    async def answers_taken() -> int:
        taken = await read_all(kafka, SURVEY_ANSWERS)
        return sum(len(r.data.answers) for r in taken if isinstance(r.data, AnswersRecorded))

    await eventually(answers_taken, lambda number: number >= 5)

    async def known() -> set[UUID]:
        async with connected.foundation.transactions.begin() as transaction:
            ids = [data.customer_id for data in details]
            customers = PostgresCustomers(transaction.connection, connected.clock)
            return set(await customers.find(ids))

    await eventually(known, lambda found: found == {data.customer_id for data in details})
    held = await connected.get("/v1/dead-letters")
    assert held.json()["items"] == []


async def test_customers_details_and_message_outcomes_are_followed(
    connected: Office, kafka: KafkaSettings
) -> None:
    survey_id, customer_id = await connected.publish(SIMPLE), new_id()
    page = await connected.link(survey_id, customer_id)
    details = CustomerDetails(
        customer_id=customer_id, given_name="A", family_name="B", language=Language.ENGLISH
    )
    await send(kafka, CUSTOMER_DETAILS, str(customer_id), ("d1", details))

    async def language() -> str:
        return (await connected.client.get(page)).headers["content-language"]

    assert await eventually(language, lambda spoken: spoken != "nl") == "en"
    body = {"customer_ids": [str(customer_id)], "send": True}
    made = (await connected.post(f"/v1/surveys/{survey_id}/links", body)).json()["items"][0]

    def outcome(message_id: object, result: MessageResult, rule: str | None) -> MessageOutcome:
        return MessageOutcome(
            message_id=message_id,
            customer_id=customer_id,
            purpose=MessagePurpose.SURVEY_INVITATION,
            occasion="x",
            result=result,
            at=connected.clock.now(),
            rule=rule,
        )

    await send(
        kafka,
        MESSAGE_OUTCOMES,
        str(customer_id),
        ("o1", outcome(made["message_id"], MessageResult.SKIPPED, "weekly_cap")),
        ("o2", outcome(new_id(), MessageResult.SENT, None)),
    )

    async def status() -> tuple[str, str | None]:
        items = (await connected.get(f"/v1/surveys/{survey_id}/links")).json()["items"]
        return next((i["status"], i["rule"]) for i in items if i["id"] == made["link_id"])

    assert await eventually(status, lambda seen: seen[1] is not None) == ("skipped", "weekly_cap")
    await write(
        kafka, CUSTOMER_DETAILS, [(str(customer_id), envelope(CustomerDetails, "d2", 2), None)]
    )

    async def closed() -> int:
        return (await connected.client.get(page)).status_code

    assert await eventually(closed, lambda code: code != 200) == 404


async def test_the_present_truth_is_said_again_on_request(
    connected: Office, kafka: KafkaSettings
) -> None:
    survey_id, customers = await connected.publish(DEFINITION), [new_id() for _ in range(3)]
    for customer_id in customers:
        await connected.answer(survey_id, customer_id, {"recommend": 2, "golf": 3})
        await connected.answer(survey_id, customer_id, {"recommend": 9, "avoid": ["cars"]})
        await connected.answer(survey_id, customer_id, {"avoid": []})
    first = await eventually(lambda: read_all(kafka, SURVEY_ANSWERS), lambda r: len(r) == 9)
    assert (await connected.post("/v1/republish")).status_code == 202
    records = await eventually(lambda: read_all(kafka, SURVEY_ANSWERS), lambda r: len(r) == 18)
    known = {record.envelope.id for record in first}
    again = [record.data for record in records if record.envelope.id not in known]
    for customer_id in customers:
        said = {
            answer.question_id: answer.number
            for data in again
            if isinstance(data, AnswersRecorded) and data.customer_id == customer_id
            for answer in data.answers
        }
        taken_back = [
            data.question_ids
            for data in again
            if isinstance(data, AnswersWithdrawn) and data.customer_id == customer_id
        ]
        assert said == {"recommend": 9.0, "golf": 3.0}
        assert taken_back == [("avoid.cars",)]


async def test_the_api_answers_without_kafka_and_what_was_acknowledged_leaves_later(
    postgres_server: str, kafka: KafkaSettings, tmp_path: Path
) -> None:
    async with fresh_database(postgres_server, kindred_survey) as database:
        async with office_on(database, tmp_path) as alone:
            survey_id, customer_id = await alone.publish(SIMPLE), new_id()
            assert (await alone.answer(survey_id, customer_id, {"golf": 5})).status_code == 201
        async with office_on(database, tmp_path, kafka):
            (record,) = await eventually(lambda: read_all(kafka, SURVEY_ANSWERS))
            assert record.key == str(customer_id)
