"""What the READMEs tell of topics. Each function says where they differ from the registry."""

import re
from collections.abc import Sequence

from kindred_common.contracts.topics import TOPICS
from kindred_common.contracts.vocabulary import Service

OTHER_SYSTEMS = "other systems"


def service_faults(service: Service, page: str) -> list[str]:
    """A service's page has a table of what it reads and one of what it writes, with a row for each topic."""
    reads = {topic.name for topic in TOPICS if service in topic.consumers}
    writes = {topic.name for topic in TOPICS if service in topic.producers}
    return _differences(f"{service} reads", _listed(page, "reads"), reads) + _differences(
        f"{service} writes", _listed(page, "writes"), writes
    )


def overview_faults(page: str) -> list[str]:
    """The root page has one table of all topics, with who writes and who reads each."""
    told = {name: row for row in _rows(page, "topic") for name in _names(row[0])}
    found = _differences("topics", set(told), {topic.name for topic in TOPICS})
    for topic in TOPICS:
        if topic.name in told:
            _, writers, readers, _ = told[topic.name]
            found += _differences(
                f"{topic.name} is written by", _names(writers), _who(topic.producers)
            )
            found += _differences(
                f"{topic.name} is read by", _names(readers), _who(topic.consumers)
            )
    return found


def _differences(what: str, told: set[str], real: set[str]) -> list[str]:
    return [f"{what}: {name} is not told" for name in sorted(real - told)] + [
        f"{what}: {name} is told and not so" for name in sorted(told - real)
    ]


def _listed(page: str, heading: str) -> set[str]:
    return {name for row in _rows(page, heading) for name in re.findall(r"`([^`]+)`", row[0])}


def _names(cell: str) -> set[str]:
    """The names in a cell, without what stands behind them in brackets."""
    return {re.sub(r" \(.*\)$", "", name.strip()) for name in cell.split(",")}


def _who(services: Sequence[Service]) -> set[str]:
    return {OTHER_SYSTEMS if one is Service.OUTSIDE else str(one) for one in services}


def _rows(page: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = table[1].splitlines() if table else []
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
