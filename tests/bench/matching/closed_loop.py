"""What learning is worth: seasons of invitations with several policies on one hidden truth.

    python -m tests.bench.matching.closed_loop --rounds 52 --seeds 0 1 2 3 4 --keep runs.jsonl [--write docs/benchmarks.md]

The same customers, events, luck and allocator for each policy; what differs is the weights. Regret is what the oracle's
invitations are truly worth less what the policy's are. Runs are added to what is kept, so that seeds can be played one by one.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.matching.closed_loop_figures import Figures, read_runs, table, write_into
from tests.bench.matching.closed_loop_policies import (
    AllButTastes,
    AtRandom,
    Habits,
    Oracle,
    Policy,
    Scoring,
    StatedOnly,
)
from tests.bench.matching.closed_loop_season import hold_out, play
from tests.bench.matching.closed_loop_world import World, draw_world

from kindred_matching.domain.exploration import SHARE

STATED, OURS = "stated interest only", "ours"

POLICIES: dict[str, Callable[[World], Policy]] = {
    "random": AtRandom,
    STATED: StatedOnly,
    "stated interest x value": lambda w: StatedOnly(w, by_value=True),
    "survey, no learning": lambda w: Scoring(w, Habits("survey, no learning", learns=False)),
    "learning, no survey": lambda w: Scoring(w, Habits("learning, no survey", survey=False)),
    OURS: lambda w: Scoring(w, Habits(OURS, share=SHARE)),
    "ours, greedy": lambda w: Scoring(w, Habits("ours, greedy")),
    "ours, optimistic": lambda w: Scoring(w, Habits("ours, optimistic", share=SHARE, width=0.5)),
    "all known but the tastes": AllButTastes,
}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a simulation is."""

    customers: int = 200
    rounds: int = 52
    events: int = 12
    held_out: int = 10_000


USUAL = Size()


def simulate(seed: int, size: Size, policies: Sequence[str]) -> Iterator[Figures]:
    """Plays the season of a seed with each of the policies."""
    world = draw_world(size.customers, seed)
    best = play(world, Oracle(world), size.rounds, size.events).worth
    for name in policies:
        policy = POLICIES[name](world)
        season = play(world, policy, size.rounds, size.events)
        forecast = hold_out(world, policy, size.rounds, size.held_out, size.events)
        yield Figures(
            policy=name,
            seed=seed,
            regret=tuple((best - season.worth).tolist()),
            worth=float(best.mean()),
            invitations=season.invitations,
            accepted=season.accepted,
            calibration=forecast.calibration if forecast else None,
            normalised_entropy=forecast.normalised_entropy if forecast else None,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=USUAL.customers)
    parser.add_argument("--rounds", type=int, default=USUAL.rounds)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2, 3, 4])
    parser.add_argument("--policies", nargs="*", default=list(POLICIES), choices=list(POLICIES))
    parser.add_argument("--keep", type=Path, help="lines of JSON that are added to and read")
    parser.add_argument("--write", type=Path, help="the document that holds the figures")
    chosen = parser.parse_args()
    runs = read_runs(chosen.keep) if chosen.keep else []
    size = Size(chosen.customers, chosen.rounds)
    for seed in chosen.seeds:
        for figures in simulate(seed, size, chosen.policies):
            runs.append(figures)
            if chosen.keep:
                with chosen.keep.open("a") as kept:
                    kept.write(figures.to_json() + "\n")
    print(found := table(runs, STATED))
    if chosen.write:
        today = datetime.now(UTC).date()  # noqa: TID251 - the day of the measurement
        write_into(chosen.write, found, today, size.customers, size.rounds)


if __name__ == "__main__":
    main()
