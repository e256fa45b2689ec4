import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindred_common.observability.catalogue import document
from kindred_common.observability.metrics import PREFIX, Metrics, catalogue

REPOSITORY = Path(__file__).parents[4]


def test_the_documented_catalogue_is_the_real_one() -> None:
    page = (REPOSITORY / "docs" / "metrics.md").read_text()

    assert page == document(), (
        "run: python -m kindred_common.observability.catalogue > docs/metrics.md"
    )


def test_names_follow_the_conventions_of_prometheus() -> None:
    for entry in catalogue():
        kind = entry.type.__name__
        assert re.fullmatch(r"[a-z][a-z_]*", entry.name)
        assert entry.name.endswith("_total") == (kind == "Counter"), entry.name
        assert kind != "Histogram" or entry.name.endswith("_seconds"), entry.name
        assert entry.help.endswith("."), entry.name


def test_every_metric_of_the_catalogue_is_rendered() -> None:
    metrics = Metrics()

    text = metrics.render().decode()

    for entry in catalogue():
        name = PREFIX + entry.name
        assert f"# HELP {name} {entry.help}" in text
        assert f"# TYPE {name} {entry.type.__name__.lower()}" in text


def test_every_metric_of_the_catalogue_is_set_somewhere() -> None:
    used = set(metrics_used())

    assert [entry.name for entry in catalogue() if entry.name not in used] == []


def metrics_used() -> Iterator[str]:
    """What our packages reach for on an object that is called metrics."""
    for file in REPOSITORY.glob("*/*/src/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and re.search(
                r"\b_?metrics$", ast.unparse(node.value)
            ):
                yield node.attr


def test_values_carry_their_labels() -> None:
    metrics = Metrics()
    metrics.consumer_records_total.labels(topic="survey-answers", outcome="applied").inc(3)
    metrics.outbox_pending.set(2)

    lines = metrics.render().decode().splitlines()

    expected = 'kindred_consumer_records_total{outcome="applied",topic="survey-answers"} 3.0'
    assert expected in lines
    assert "kindred_outbox_pending 2.0" in lines


def test_two_processes_in_one_test_do_not_share_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.outbox_pending.set(5)

    assert "kindred_outbox_pending 0.0" in other.render().decode()


def test_the_set_is_closed() -> None:
    with pytest.raises(AttributeError, match="closed"):
        Metrics().outbox_pending = None  # type: ignore[assignment] # what must not work
