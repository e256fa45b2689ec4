"""Rules for the registry of topics and for what leads to what. Each says what breaks it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from graphlib import CycleError, TopologicalSorter

from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.flows import Flow
from kindred_common.contracts.topics import BROKER_LIMIT_BYTES, INGEST_LIMIT_BYTES, Kind, Topic
from kindred_common.contracts.vocabulary import Service

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TYPE = re.compile(r"kindred\.[a-z0-9]+(-[a-z0-9]+)*\.v[1-9][0-9]*")
RETENTIONS = frozenset({timedelta(days=1), timedelta(days=30), timedelta(days=400), None})
SEVERAL_PRODUCERS = frozenset({"ingest-receipts", "consent-records", "message-requests"})
"""Topics that several services write to, because any may have the news; design section 3 says which."""
PERSONAL = frozenset({"crm-customers", "customer-details"})


def topic_faults(topics: Sequence[Topic]) -> list[str]:
    """Everything wrong with the registry."""
    found = [fault for topic in topics for fault in _topic(topic)]
    names = Counter(topic.name for topic in topics)
    types = Counter(model.record_type for topic in topics for model in topic.records)
    found += [f"{name} is there twice" for name, times in names.items() if times > 1]
    found += [f"{kind} travels on {times} topics" for kind, times in types.items() if times > 1]
    return found


def _topic(topic: Topic) -> Iterator[str]:
    for fault, present in _checks(topic).items():
        if present:
            yield f"{topic.name}: {fault}"
    for model in topic.records:
        if not TYPE.fullmatch(model.record_type):
            yield f"{topic.name}: {model.record_type} is no name for a type"
        if len(example_bodies(model.record_type)) < 2:
            yield f"{topic.name}: {model.record_type} has no examples"


def _checks(topic: Topic) -> dict[str, bool]:
    settings = topic.configuration()
    several = len(topic.producers) > 1 and topic.name not in SEVERAL_PRODUCERS
    return {
        "its name is not [a-z0-9-]+": not NAME.fullmatch(topic.name),
        "nobody writes it": not topic.producers,
        "nobody reads it": not topic.consumers,
        "it has several producers and is not declared to": several,
        "it carries nothing": not topic.records,
        "its retention is not on the list": topic.retention not in RETENTIONS,
        "state is kept by compaction, facts by time": (topic.kind is Kind.STATE) != (topic.retention is None),
        "the broker's settings do not fit its kind": (settings["cleanup.policy"] == "compact") != (topic.kind is Kind.STATE),
        "the broker would refuse what is allowed": int(settings["max.message.bytes"]) < INGEST_LIMIT_BYTES * 2,
        "more than the broker takes": int(settings["max.message.bytes"]) > BROKER_LIMIT_BYTES,
        "it carries names or addresses": topic.personal and topic.name not in PERSONAL,
        "who vouches for it does not write it": topic.heartbeat not in {None, *topic.producers},
        "it has no description": not topic.description.endswith("."),
        "it has no key": not topic.key,
        "several types of state share a key": topic.kind is Kind.STATE and len(topic.records) > 1,
    }  # fmt: skip


def flow_faults(flows: Sequence[Flow], topics: Sequence[Topic]) -> list[str]:
    """Everything wrong with what leads to what."""
    reads = Counter((topic.name, service) for topic in topics for service in topic.consumers)
    drawn = Counter((flow.reads.name, flow.service) for flow in flows)
    outside = {key for key in reads if key[1] is Service.OUTSIDE}
    found = [
        f"{service} reads {topic}: not drawn" for topic, service in (reads - drawn).keys() - outside
    ]
    found += [
        f"{service} does not read {topic} (or it is drawn twice)"
        for topic, service in drawn - reads
    ]
    found += [
        f"{flow.service} does not write {topic.name}"
        for flow in flows for topic in flow.writes if flow.service not in topic.producers
    ]  # fmt: skip
    found += [
        f"{flow.service}, {flow.reads.name}: closed, but by what?"
        for flow in flows
        if flow.closing and not flow.why
    ]
    return found


def open_loop(flows: Iterable[Flow]) -> list[str]:
    """The topics of a circle that no person and no timer closes; empty when there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for flow in flows:
        if flow.closing is None:
            for topic in flow.writes:
                sorter.add(topic.name, flow.reads.name)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def needless_closings(flows: Sequence[Flow]) -> list[str]:
    """Edges that are marked as closed although no circle goes through them."""
    needless = []
    for index, flow in enumerate(flows):
        opened = [*flows[:index], replace(flow, closing=None), *flows[index + 1 :]]
        if flow.closing is not None and not open_loop(opened):
            needless.append(f"{flow.service}, {flow.reads.name}")
    return needless
