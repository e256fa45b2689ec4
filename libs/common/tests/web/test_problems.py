import io
import json
import logging
from collections.abc import Iterator
from typing import Annotated, Literal
from uuid import UUID

import pytest
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kindred_common.observability.logging import configure_logging
from kindred_common.testing.sites import Site
from kindred_common.web.context import ProblemMap
from kindred_common.web.problems import FieldError, Problem, conflict, not_found
from kindred_common.web.routing import public_router


class SeatsGone(Exception):  # noqa: N818 - named as domain errors are
    """A domain error."""


def _no_dots(value: str) -> str:
    if "." in value:
        raise ValueError("must not contain a dot")
    return value


def _quoting(value: str) -> str:
    raise ValueError(f"{value} is not welcome")


class Person(BaseModel):
    name: Annotated[str, AfterValidator(_no_dots)] = "x"
    nick: Annotated[str, AfterValidator(_quoting)] | None = None
    id: UUID | None = None
    age: int = 0
    kind: Literal["guest", "host"] = "guest"
    friends: list["Person"] = []
    numbers: Annotated[list[int], Field(max_length=3)] = []


def routes() -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.post("/people")
    async def post(person: Person) -> Person:
        return person

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("Jan Jansen, Dorpsstraat 1")

    @router.get("/busy")
    async def busy() -> None:
        raise PoolTimeoutError

    @router.get("/full")
    async def full() -> None:
        raise SeatsGone("The last seat was given away.")

    @router.get("/missing")
    async def missing() -> None:
        raise not_found("customer")

    @router.get("/conflict")
    async def clash() -> None:
        raise conflict("already-approved", "It was approved before", "Read it again.")

    @router.get("/fields")
    async def fields() -> None:
        raise Problem(422, "wrong", "Wrong", errors=[FieldError(field="body.a", reason="no")])

    return router


def pages() -> APIRouter:
    router = public_router("/p")

    @router.get("/{token}")
    async def page(token: str) -> None:
        raise RuntimeError(token)

    return router


async def asked(site: Site, path: str) -> tuple[int, dict[str, object]]:
    problems: ProblemMap = {SeatsGone: (409, "seats-gone")}
    async with site.client(routes(), problems=problems) as client:
        answer = await client.get(path, headers=site.signed_in())
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document.pop("correlation_id") == answer.headers["x-correlation-id"]
    assert document["status"] == answer.status_code
    return answer.status_code, document


@pytest.mark.parametrize(
    ("path", "status", "slug", "title", "detail"),
    [
        ("/v1/missing", 404, "not-found", "There is no such customer", None),
        ("/v1/conflict", 409, "already-approved", "It was approved before", "Read it again."),
        ("/v1/full", 409, "seats-gone", "Seats gone", "The last seat was given away."),
        ("/nowhere", 404, "not-found", "Not Found", None),
        ("/v1/people", 405, "method-not-allowed", "Method Not Allowed", None),
        ("/v1/broken", 500, "internal-server-error", "Internal Server Error", None),
        ("/v1/busy", 503, "service-unavailable", "Service Unavailable", None),
    ],
)
async def test_every_error_is_a_problem_document(
    site: Site, path: str, status: int, slug: str, title: str, detail: str | None
) -> None:
    answered, document = await asked(site, path)

    assert answered == status
    assert document["type"] == f"urn:kindred:problem:{slug}"
    assert document["title"] == title
    assert document.get("detail") == detail


async def test_errors_of_fields_are_listed(site: Site) -> None:
    _, document = await asked(site, "/v1/fields")

    assert document["errors"] == [{"field": "body.a", "reason": "no"}]


@pytest.mark.parametrize(
    ("sent", "field", "reason"),
    [
        ({"age": "Jan Jansen"}, "body.age", "Not valid: int parsing"),
        ({"id": "Jan Jansen"}, "body.id", "Not valid: uuid parsing"),
        ({"kind": "Jan Jansen"}, "body.kind", "Input should be 'guest' or 'host'"),
        ({"name": "J.Jansen"}, "body.name", "Value error, must not contain a dot"),
        ({"nick": "Jan Jansen"}, "body.nick", "Not valid: value error"),
        ({"name": ["Jan Jansen"]}, "body.name", "Input should be a valid string"),
        (
            {"numbers": [*range(2000)]},
            "body.numbers",
            "List should have at most 3 items after validation, not 2000",
        ),
        ("{'Jan Jansen", "body.1", "Not valid: json invalid"),
        (None, "body", "Field required"),
    ],
)
async def test_wrong_input_names_the_field_and_never_repeats_what_was_sent(
    site: Site, sent: object, field: str, reason: str
) -> None:
    body = sent if isinstance(sent, str) else "" if sent is None else json.dumps(sent)
    headers = site.signed_in() | {"Content-Type": "application/json"}
    async with site.client(routes()) as client:
        answer = await client.post("/v1/people", content=body, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "reason": reason}]
    assert "Jansen" not in answer.text


@pytest.mark.parametrize(
    "body", ["[" * 200_000, '{"age": 1e999}', "\ufffe", '{"age": ' + "9" * 5000]
)
async def test_hostile_json_is_the_clients_mistake(site: Site, body: str) -> None:
    headers = site.signed_in() | {"Content-Type": "application/json"}
    async with site.client(routes()) as client:
        answer = await client.post("/v1/people", content=body, headers=headers)

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"friends": [{"age": "Jansen"}] * 5_000}, 100),
        ({"age": ["Jansen"] * 5_000}, 1),
        ({"age": "Jansen", "id": [["Jansen"]] * 5_000}, 2),
        ({"age": json.loads("[" * 800 + "]" * 800)}, 1),
    ],
)
async def test_an_answer_to_very_many_mistakes_stays_short(
    site: Site, body: object, told: int
) -> None:
    async with site.client(routes()) as client:
        answer = await client.post("/v1/people", json=body, headers=site.signed_in())

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == told
    assert len(answer.content) < 20_000
    assert "Jansen" not in answer.text


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("kindred-test", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


async def test_the_unexpected_is_logged_with_its_place_and_without_its_words(
    site: Site, log: io.StringIO
) -> None:
    async with site.client(routes(), pages()) as client:
        await client.get("/v1/broken?name=Jansen", headers=site.signed_in())
        await client.get("/p/secret-token-of-anna")

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    failure = next(line for line in lines if line["event"] == "request failed")
    assert failure["exception"]["type"] == "RuntimeError"
    assert "test_problems.py" in failure["exception"]["at"][-1]
    answered = [line["route"] for line in lines if line["event"] == "request answered"]
    assert answered == ["/v1/broken", "/p/{token}"]
    assert "Jansen" not in log.getvalue()
    assert "secret-token" not in log.getvalue()


async def test_people_get_a_page_in_their_language(site: Site) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "nl-NL,nl;q=0.9"}
    async with site.client(pages(), routes()) as client:
        broken = await client.get("/p/token", headers=browser)
        lost = await client.get("/q/token", headers=browser | {"Accept-Language": "en"})
        api = await client.get("/v1/missing", headers=browser | site.signed_in())

    assert broken.status_code == 500
    assert "Er ging bij ons iets mis" in broken.text
    assert broken.headers["content-language"] == "nl"
    assert lost.status_code == 404
    assert "This page does not exist" in lost.text
    assert api.headers["content-type"] == "application/problem+json"
