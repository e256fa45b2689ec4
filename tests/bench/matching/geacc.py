"""GEACC-style instances: arrangements of users and events under random conflicts, similarity of attributes as weight.

The generator follows the literature as far as it is known (attributes, capacities, conflict ratio); the instances are not those of any paper.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RANGE = 10_000.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Similarities of users and events, capacities, and pairs of events that exclude each other."""

    similarity: Floats
    seats: NDArray[np.int64]
    cap: NDArray[np.int64]
    conflicts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid."""

    events: int = 100
    users: int = 1000
    dimensions: int = 20
    attributes: str = "uniform"
    conflict_ratio: float = 0.25


GRID = [
    *(Cell(conflict_ratio=ratio) for ratio in (0.0, 0.25, 0.5, 0.75, 1.0)),
    *(Cell(events=events) for events in (20, 50, 200, 500)),
    *(Cell(users=users) for users in (100, 200, 500, 5000)),
    *(Cell(dimensions=dimensions) for dimensions in (2, 5, 10)),
    *(Cell(attributes=attributes) for attributes in ("normal", "zipf")),
]


def draw_arrangement(cell: Cell, seed: int) -> Arrangement:
    draw = np.random.default_rng((seed, 7))
    events = _attributes(draw, cell, cell.events)
    users = _attributes(draw, cell, cell.users)
    squares = (users**2).sum(1)[:, None] + (events**2).sum(1)[None, :] - 2.0 * users @ events.T
    distance = np.sqrt(np.maximum(0.0, squares))
    one, other = np.triu_indices(cell.events, 1)
    number = round(cell.conflict_ratio * len(one))
    chosen = np.sort(draw.choice(len(one), number, replace=False))
    return Arrangement(
        1.0 - distance / np.sqrt(cell.dimensions * RANGE**2),
        draw.integers(1, 51, cell.events),
        draw.integers(1, 5, cell.users),
        np.column_stack([one[chosen], other[chosen]]),
    )


def _attributes(draw: np.random.Generator, cell: Cell, number: int) -> Floats:
    shape = number, cell.dimensions
    if cell.attributes == "uniform":
        return draw.uniform(0.0, RANGE, shape)
    if cell.attributes == "normal":
        return np.clip(draw.normal(RANGE / 2, RANGE / 4, shape), 0.0, RANGE)
    return np.minimum(draw.zipf(1.3, shape).astype(np.float64), RANGE)
