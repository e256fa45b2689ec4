"""``python -m kindred_matching solve``: the matching engine on files, for those who want the solver alone."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kindred_matching.domain.market.effort import Start
from kindred_matching.domain.market.market import Market
from kindred_matching.domain.market.problem import Offer
from kindred_matching.entrypoints.solve_arrays import ArrayFile, InputError
from kindred_matching.entrypoints.solve_faults import faults_of_fixed
from kindred_matching.entrypoints.solve_problem import Problem, read_problem
from kindred_matching.entrypoints.solve_results import Record, warm_prices, write_result
from kindred_matching.entrypoints.solve_updates import Updates, encoded, read_updates


def solve(arguments: Sequence[str]) -> int:
    """Solves the problem that the command line names; returns the exit status: 0, or 2 for a bad input."""
    chosen = _parser().parse_args(arguments)
    try:
        _require_folders(chosen.out, chosen.report)
        problem = read_problem(ArrayFile(chosen.problem))
        people, events = len(problem.programme.customers), len(problem.programme.events)
        updates = None
        if chosen.updates:
            updates = read_updates(ArrayFile(chosen.updates), people, events)
        warm = warm_prices(ArrayFile(chosen.warm), problem) if chosen.warm else None
    except InputError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stderr.writelines(f"{line}\n" for line in problem.ignored)
    begun = time.perf_counter()
    market, fixed_faults = _open(problem)
    market.start(Start.of_size(len(problem.programme.customers)), warm)
    market.prefer_present(problem.stability)
    started = time.perf_counter()
    record = _apply(market, updates, problem)
    write_result(chosen.out, market, problem, record)
    report = _report(market, problem, record) | {
        "seconds": time.perf_counter() - begun,
        "seconds_start": started - begun,
        "infeasible_fixed": fixed_faults,
    }
    chosen.report.write_text(json.dumps(report, indent=2) + "\n")
    return 0


def _require_folders(*files: Path) -> None:
    """What takes an hour to find should not be lost for want of a folder."""
    for file in files:
        if not file.absolute().parent.is_dir():
            raise InputError(f"{file}: there is no folder {file.absolute().parent}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kindred_matching solve", description=__doc__)
    parser.add_argument("problem", type=Path, help="PROBLEM.npz")
    parser.add_argument(
        "--updates", type=Path, help="UPDATES.npz: rows that are replaced one by one"
    )
    parser.add_argument("--warm", type=Path, help="RESULT.npz of an earlier run, for its prices")
    parser.add_argument("--out", type=Path, required=True, help="RESULT.npz")
    parser.add_argument("--report", type=Path, required=True, help="REPORT.json")
    return parser


def _open(problem: Problem) -> tuple[Market, list[str]]:
    """The market with its fixed pairs, and what is wrong with these."""
    market, pairs = Market.open(problem.programme), problem.pairs
    if pairs.fixed is None:
        return market, []
    places = np.flatnonzero(pairs.fixed)
    customers = np.searchsorted(pairs.begin, places, side="right") - 1
    for customer, place in zip(customers.tolist(), places.tolist(), strict=True):
        seats = 1 if pairs.seats is None else int(pairs.seats[place])
        cost = 0.0 if pairs.cost is None else float(pairs.cost[place])
        offer = Offer(seats, float(pairs.weight[place]), cost)
        market.enter_fixed(customer, int(pairs.event[place]), offer)
    return market, faults_of_fixed(market)


def _apply(market: Market, updates: Updates | None, problem: Problem) -> Record:
    """Applies the updates one by one; background work is done between them and timed apart."""
    record = Record(0 if updates is None else len(updates))
    for number in range(record.length):
        assert updates is not None  # noqa: S101 - the length says so
        customer = int(updates.customer[number])
        row = updates.row(number, problem.pairs)
        codes, weights, costs = encoded(row, (market.state.code, market.state.weight))
        if number:
            begun = time.perf_counter()
            market.work()
            record.background += time.perf_counter() - begun
        begun = time.perf_counter()
        market.replace_codes(customer, codes, weights, costs)
        market.weigh_fixed(customer, row)
        certificate = market.certificate
        record.seconds[number] = time.perf_counter() - begun
        record.note(number, customer, market, certificate)
    return record


def _report(market: Market, problem: Problem, record: Record) -> dict[str, object]:
    certificate = market.certificate
    return {
        "value": certificate.value,
        "upper_bound": certificate.bound,
        "gap": certificate.gap,
        "fixed_value": certificate.fixed,
        "customers": len(problem.programme.customers),
        "events": len(problem.programme.events),
        "pairs": len(problem.pairs.event),
        "updates": record.length,
        "seconds_background": record.background,
    }
