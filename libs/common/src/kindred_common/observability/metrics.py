"""Every metric Kindred has: a closed set, so that a name is checked by the type checker and documented once."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, get_args, get_origin, get_type_hints

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Bounds in seconds for what should take milliseconds."""

PREFIX = "kindred_"


@dataclass(frozen=True, slots=True)
class About:
    """What a metric tells, and by which labels it is split."""

    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric of the catalogue."""

    name: str
    type: type[Counter] | type[Gauge] | type[Histogram]
    help: str
    labels: tuple[str, ...]


class Metrics:
    """The metrics of one process, on a registry of their own; units are seconds and counts.

    Labels have few values: topics, routes, names of outcomes; never an identifier.
    """

    # consuming
    consumer_lag: Annotated[
        Gauge, About("Records on the topic that are not yet processed.", ("topic", "partition"))
    ]
    consumer_oldest_record_age_seconds: Annotated[
        Gauge,
        About(
            "Age of the oldest record that is not yet processed; 0 when there is none.", ("topic",)
        ),
    ]
    consumer_records_total: Annotated[
        Counter,
        About(
            "Records taken from a topic; outcome: applied, duplicate, stale, rejected, early, parked.",
            ("topic", "outcome"),
        ),
    ]
    handler_seconds: Annotated[
        Histogram, About("Time to apply one record or batch, commit included.", ("topic",))
    ]
    dead_letters: Annotated[
        Gauge, About("Rejected records that wait to be replayed or discarded.", ("topic",))
    ]
    early_records: Annotated[
        Gauge, About("Records that wait for a customer or event that is not known yet.")
    ]
    parked_keys: Annotated[
        Gauge, About("Keys that are held back because applying a record failed.")
    ]
    # publishing
    outbox_pending: Annotated[Gauge, About("Records that are written but not yet published.")]
    outbox_oldest_age_seconds: Annotated[
        Gauge, About("Age of the oldest record that is not yet published; 0 when there is none.")
    ]
    outbox_published_total: Annotated[Counter, About("Records published.", ("topic",))]
    # timed work and loops
    due_jobs_pending: Annotated[Gauge, About("Timed jobs that are due but not done.", ("kind",))]
    due_jobs_total: Annotated[
        Counter,
        About("Timed jobs taken; outcome: done, retried, failed.", ("kind", "outcome")),
    ]
    last_progress_timestamp_seconds: Annotated[
        Gauge, About("When a loop last went round, in Unix time.", ("loop",))
    ]
    # serving
    http_requests_total: Annotated[
        Counter, About("Requests answered, by route template.", ("method", "route", "status"))
    ]
    http_request_seconds: Annotated[
        Histogram, About("Time to answer a request, by route template.", ("method", "route"))
    ]
    http_rate_limited_total: Annotated[
        Counter, About("Requests refused because there were too many of them.", ("route",))
    ]
    db_pool_in_use: Annotated[Gauge, About("Database connections in use.")]
    # messages to customers
    messages_total: Annotated[
        Counter,
        About(
            "Messages to customers; outcome: sent, skipped, held, task, failed, uncertain, bounced.",
            ("outcome",),
        ),
    ]
    messages_open: Annotated[
        Gauge,
        About(
            "Messages by open state: waiting, claimed, handed_over, task; uncertain asks for a person.",
            ("state",),
        ),
    ]
    sending_held: Annotated[
        Gauge,
        About("1 while nothing is sent because customers' details or consents may be outdated."),
    ]
    # matching
    rematch_requests_total: Annotated[
        Counter, About("Requests to match a customer again, by reason.", ("reason",))
    ]
    matching_gap_ratio: Annotated[
        Gauge, About("How far the allocation can be from the optimum at most, as a fraction.")
    ]
    matches_published_total: Annotated[Counter, About("Match records published.")]
    matching_settle_seconds: Annotated[
        Histogram, About("Time to score and allocate again after one batch of inputs.")
    ]
    matching_customers_touched_total: Annotated[
        Counter, About("Customers whose matches were looked at again.")
    ]
    matching_refused_pairs: Annotated[
        Gauge, About("Pairs of customer and event that each reason refuses.", ("reason",))
    ]

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.__dict__["_registry"] = registry
        for entry in catalogue():
            self.__dict__[entry.name] = _register(entry, registry)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"metrics are a closed set; {name} cannot be set")

    def render(self) -> bytes:
        """The metrics in Prometheus' text format."""
        registry: CollectorRegistry = self.__dict__["_registry"]
        return generate_latest(registry)


@cache
def catalogue() -> tuple[Entry, ...]:
    """All metrics, in the order in which they stand in the class."""
    return tuple(
        Entry(name, kind, about.help, about.labels)
        for name, hint in get_type_hints(Metrics, include_extras=True).items()
        if get_origin(hint) is Annotated
        for kind, about in [get_args(hint)]
    )


def _register(entry: Entry, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    if entry.type is Histogram:
        return Histogram(
            PREFIX + entry.name, entry.help, entry.labels, registry=registry, buckets=FAST
        )
    return entry.type(PREFIX + entry.name, entry.help, entry.labels, registry=registry)
