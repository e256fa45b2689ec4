"""``make bench-matching``: the matching engine's figures, written into docs/benchmarks.md between their markers."""

import argparse
import platform
import time
from pathlib import Path

import numpy as np
from tests.bench.matching.calm import calm_lines
from tests.bench.matching.campaign_run import Figures, run_campaign
from tests.bench.matching.geacc import GRID, Arrangement, Cell, draw_arrangement
from tests.bench.matching.peers import Pairs, greedy
from tests.bench.matching.questions import questions_lines
from tests.bench.matching.service import service_lines
from tests.bench.matching.topics import topics_lines

from kindred_matching.domain.market.effort import Effort, Start
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import Customers, Events, Limits, Programme, Row

BEGIN, END = "<!-- measured: matching -->", "<!-- /measured: matching -->"
DOCUMENT = Path(__file__).parents[3] / "docs" / "benchmarks.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--updates", type=int, default=60_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument(
        "--only", choices=["campaign", "geacc", "calm", "topics", "questions", "service"]
    )
    parser.add_argument("--dry", action="store_true", help="print, write nothing")
    chosen = parser.parse_args()
    if chosen.only and not chosen.dry:
        parser.error("--only goes with --dry: what is written holds all parts")
    text = "\n".join(
        ["", f"Python {platform.python_version()}, one core.", "", *measured(chosen), ""]
    )
    print(text)
    if not chosen.dry:
        write(text)


def measured(chosen: argparse.Namespace) -> list[str]:
    """The figures that were asked for."""
    lines: list[str] = []
    if chosen.only in (None, "campaign"):
        size = chosen.customers, chosen.events, chosen.updates
        figures = []
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
            figures.append(run_campaign(*size, seed))
            print(campaign_lines(size, figures)[-2], flush=True)
        lines += campaign_lines(size, figures)
    if chosen.only in (None, "topics"):
        lines += topics_lines(
            chosen.customers, chosen.events, range(chosen.first_seed, chosen.first_seed + 1)
        )
    if chosen.only in (None, "questions"):
        lines += questions_lines(chosen.customers, chosen.events, chosen.first_seed)
    if chosen.only in (None, "service"):
        lines += service_lines(
            chosen.customers, chosen.events, range(chosen.first_seed, chosen.first_seed + 1)
        )
    if chosen.only in (None, "calm"):
        lines += calm_lines((10_000, 200, 3_000), chosen.seeds)
    if chosen.only in (None, "geacc"):
        lines += geacc_lines(chosen.seeds)
    return lines


def campaign_lines(size: tuple[int, int, int], figures: list[Figures]) -> list[str]:
    customers, events, updates = size
    heads = [
        "seed",
        "update p50 / p99 / max ms",
        "background ms an update",
        "certified gap, worst / last",
        "others touched",
        "cold / warm start s",
        "MB",
        "value over greedy of all pairs (s)",
        "of the 32 heaviest",
        "flow s",
        "flow : p50 / p99",
    ]
    lines = [
        f"### Campaign, {customers:,} customers, {events:,} events, {updates:,} updates",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for f in figures:
        p50, p99 = (f.flow.seconds * 1e3 / f.p50, f.flow.seconds * 1e3 / f.p99)
        lines.append(
            f"| {f.seed} | {f.p50:.3f} / {f.p99:.2f} / {f.longest:.1f} | {f.background:.2f} "
            f"| {f.worst_gap:.4%} / {f.last_gap:.4%} | {f.touched:.1f} | {f.cold_seconds:.0f} / {f.warm_seconds:.2f} "
            f"| {f.megabytes:.0f} | {f.value / f.greedy.value - 1:+.2%} ({f.greedy.seconds:.1f}) "
            f"| {f.value / f.greedy_of_listed.value - 1:+.2%} "
            f"| {f.flow.seconds:.1f} | {p50:,.0f} / {p99:,.0f} |"
        )
    return [*lines, ""]


def geacc_lines(seeds: int) -> list[str]:
    lines = [
        "### GEACC-style grid",
        "",
        "| events | users | d | attributes | conflicts | greedy's gap | ours, worst seed | closed of greedy's | ours s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for cell in GRID:
        results = [solve_cell(cell, seed) for seed in range(seeds)]
        theirs, ours = max(r[0] for r in results), max(r[1] for r in results)
        closed = min(1.0 - r[1] / r[0] if r[0] > 0 else 1.0 for r in results)
        lines.append(
            f"| {cell.events} | {cell.users} | {cell.dimensions} | {cell.attributes} | {cell.conflict_ratio} "
            f"| {theirs:.2%} | {ours:.3%} | {closed:.1%} | {np.mean([r[2] for r in results]):.1f} |"
        )
        print(lines[-1], flush=True)
    return [*lines, ""]


def solve_cell(cell: Cell, seed: int) -> tuple[float, float, float]:
    """The gaps of greedy and of ours to our bound, and our seconds."""
    arrangement = draw_arrangement(cell, seed)
    begun = time.perf_counter()
    market = Market.open(programme_of(arrangement), Effort(eps=1e-3, event_chain=3_000))
    market.start(Start.of_size(cell.users))
    seconds = time.perf_counter() - begun
    certificate = market.certificate
    peer = greedy(pairs_of(arrangement))
    return 1.0 - peer.value / certificate.bound, certificate.gap, seconds


def programme_of(arrangement: Arrangement) -> Programme:
    users, events = arrangement.similarity.shape
    all_events, nothing = np.arange(events), np.zeros(events)
    spaced = 2 * all_events
    return Programme(
        Customers(arrangement.cap, np.full(users, -1), np.full((users, 1), np.inf)),
        Events(arrangement.seats, spaced, spaced + 1, nothing, nothing.astype(np.int64)),
        Limits(conflicts=arrangement.conflicts),
        (Row(all_events, np.ones_like(all_events), row) for row in arrangement.similarity),
        columns=users * events,
        longest_row=events,
    )


def pairs_of(arrangement: Arrangement) -> Pairs:
    users, events = arrangement.similarity.shape
    clash = np.eye(events, dtype=np.bool_)
    one, other = arrangement.conflicts.T
    clash[one, other] = clash[other, one] = True
    customer, event = np.divmod(np.arange(users * events), events)
    return Pairs(
        customer, event, arrangement.similarity.ravel(), arrangement.cap, arrangement.seats, clash
    )


def write(text: str) -> None:
    """Puts the figures between their markers, at the end if there are none yet."""
    document = DOCUMENT.read_text()
    if BEGIN not in document:
        document = document.rstrip("\n") + f"\n\n## Matching engine\n\n{BEGIN}\n{END}\n"
    before, rest = document.split(BEGIN)
    DOCUMENT.write_text(before + BEGIN + text + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
