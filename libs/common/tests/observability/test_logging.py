import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindred_common.observability.logging import configure_logging, get_logger, log_context
from kindred_common.observability.redaction import LOGGABLE, WITHHELD

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("kindred-test", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def last(stream: io.StringIO) -> dict[str, object]:
    line: dict[str, object] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_a_line_says_what_where_and_for_which_chain(lines: io.StringIO) -> None:
    with log_context(correlation_id="c-1", record_id="r-1"):
        get_logger("kindred_common.x").info("record applied", topic="survey-answers", offset=4)

    line = last(lines)
    assert line.pop("timestamp")
    assert line == {
        "event": "record applied",
        "level": "info",
        "logger": "kindred_common.x",
        "service": "kindred-test",
        "correlation_id": "c-1",
        "record_id": "r-1",
        "topic": "survey-answers",
        "offset": 4,
    }


def test_what_is_not_listed_is_withheld(lines: io.StringIO) -> None:
    get_logger("x").info("customer seen", name="Jan Jansen", customer_id="1", topic=object())
    with log_context(answer="my wife is ill"):
        get_logger("x").info("answered")

    assert "Jansen" not in lines.getvalue()
    assert "wife" not in lines.getvalue()
    first = json.loads(lines.getvalue().splitlines()[0])
    assert (first["name"], first["customer_id"], first["topic"]) == (WITHHELD,) * 3


@pytest.mark.parametrize(
    "text", ["mail to jan@example.nl failed", "postgresql://kindred:geheim@db/kindred is away"]
)
def test_addresses_and_passwords_are_cut_out_of_allowed_texts(
    lines: io.StringIO, text: str
) -> None:
    get_logger("x").warning(text, reason_code=text)

    assert "jan@example.nl" not in lines.getvalue()
    assert "geheim" not in lines.getvalue()


def test_exceptions_show_type_and_place_but_not_their_words(lines: io.StringIO) -> None:
    try:
        try:
            raise KeyError("Jansen")
        except KeyError as error:
            raise ValueError("value 'Jansen' is wrong") from error
    except ValueError:
        get_logger("x").exception("record rejected")

    assert "Jansen" not in lines.getvalue()
    exception = last(lines)["exception"]
    assert isinstance(exception, dict)
    assert exception["type"] == "ValueError"
    assert "test_logging.py" in exception["at"][-1]
    assert exception["cause"]["type"] == "KeyError"


def test_members_of_exception_groups_are_described(lines: io.StringIO) -> None:
    group = ExceptionGroup("Jansen", [ValueError("Jansen"), OSError("Jansen")])
    get_logger("x").error("stopped", exc_info=group)

    assert "Jansen" not in lines.getvalue()
    exception = last(lines)["exception"]
    assert isinstance(exception, dict)
    assert [member["type"] for member in exception["members"]] == ["ValueError", "OSError"]


def test_libraries_are_shown_unfilled_and_without_their_exceptions_words(
    lines: io.StringIO,
) -> None:
    logging.getLogger("sqlalchemy.engine").error(
        "parameters: %s", "Jansen", exc_info=ValueError("Jansen")
    )
    logging.getLogger("other").error("failed\nvalue: Jansen")

    assert "Jansen" not in lines.getvalue()
    first = json.loads(lines.getvalue().splitlines()[0])
    assert first["event"] == "parameters: %s"
    assert first["exception"]["type"] == "ValueError"
    assert last(lines)["event"] == "failed"


def test_the_kafka_client_is_shown_filled_in(lines: io.StringIO) -> None:
    logging.getLogger("aiokafka.conn").error("broker %s is away", 3)

    assert last(lines)["event"] == "broker 3 is away"


def test_uvicorn_writes_no_access_log_with_links(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('"GET /s/%s HTTP/1.1"', "token")

    assert lines.getvalue() == ""


def test_every_key_that_our_code_logs_is_listed() -> None:
    used = {
        f"{keyword.arg} in {path.relative_to(REPOSITORY)}:{node.lineno}"
        for folder in ("libs", "services")
        for path in (REPOSITORY / folder).glob("*/src/**/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _logs(node)
        for keyword in node.keywords
        if keyword.arg not in LOGGABLE | {"exc_info"}
    }

    assert used == set(), "these values would be withheld from the logs"


def _logs(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "log_context"
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in ("_log", "log", "logger")
    )


def test_a_library_that_repeats_itself_is_heard_once_a_second(lines: io.StringIO) -> None:
    library, ours = logging.getLogger("aiokafka.conn"), logging.getLogger("kindred_common.x")

    def say(logger: logging.Logger, node: int, at: float) -> None:
        record = logger.makeRecord(
            logger.name, logging.ERROR, "", 0, "No way to node %s", (node,), None
        )
        record.created = at
        logger.handle(record)

    for number in range(500):
        say(library, 1, 1000.0 + number / 1000)
        say(ours, 1, 1000.0 + number / 1000)
    logging.getLogger("aiokafka.other").error("Another")
    say(library, 2, 1001.2)
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    heard = [line["event"] for line in told if line["logger"] != "kindred_common.x"]
    assert heard == ["No way to node 1", "Another", "No way to node 2 (and 499 times more)"]
    assert len(told) - len(heard) == 500
