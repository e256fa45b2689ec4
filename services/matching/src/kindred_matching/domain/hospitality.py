"""What the hospitality of settled pairs costs, and when."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.events import EventTable


def charges(commitments: Iterable[Commitment], events: EventTable) -> Iterator[tuple[int, int]]:
    """The column of its year and the cents of each fixed pair: by the catalogue when the event is there, else as invitations told.

    What was called off costs nothing.
    """
    for commitment in commitments:
        place = events.slots.find(commitment.event_id)
        if not commitment.fixed:
            continue
        if place is not None:
            row = events.rows[place]
            if row["open"]:
                yield int(row["year"]), int(row["cost"]) * commitment.seats
        elif (year := commitment.starts_at.astimezone(UTC).year) in events.years:
            yield events.years.index(year), commitment.cost * commitment.seats
