"""The offline command: what it writes holds, and what it cannot read it says in a line."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from services.matching.tests.market.auditor import (
    Books,
    Option,
    Prices,
    bound_of,
    faults,
    value_of,
)

from kindred_matching.entrypoints.solve import solve

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""

Arrays = dict[str, Any]
U, V = 40, 12
PLAIN = (0.0, 1, 0.0)
"""Weight, seats and cost of a pair that the problem does not have."""


def a_problem(seed: int = 0) -> Arrays:
    draw = np.random.default_rng(seed)
    customer, event = np.nonzero(draw.random((U, V)) < 0.6)
    start = draw.integers(0, 200, V) * 3600
    order = draw.permutation(len(customer))
    fixed = np.zeros(len(customer), dtype=bool)
    fixed[draw.choice(len(customer), 4, replace=False)] = True
    return {
        "customer_cap": draw.integers(1, 4, U).astype(np.int32),
        "event_seats": draw.integers(2, 9, V).astype(np.int32),
        "event_start": start,
        "event_end": start + 4 * 3600,
        "pair_customer": customer[order].astype(np.int32),
        "pair_event": event[order].astype(np.int32),
        "pair_weight": draw.random(len(customer)),
        "pair_seats": draw.integers(1, 3, len(customer)).astype(np.int8),
        "pair_fixed": fixed,
        "pair_cost": draw.random(len(customer)) * 10,
        "budget": np.float64(150.0),
        "customer_account": draw.integers(0, 12, U).astype(np.int32),
        "account_event_max": np.int32(2),
        "conflict_a": np.array([0, 3], dtype=np.int32),
        "conflict_b": np.array([1, 5], dtype=np.int32),
    }


def some_updates(number: int = 30) -> Arrays:
    draw = np.random.default_rng(1)
    rows = [np.sort(draw.choice(V, 6, replace=False)) for _ in range(number)]
    return {
        "customer": draw.integers(0, U, number).astype(np.int32),
        "row_ptr": np.arange(number + 1, dtype=np.int64) * 6,
        "event": np.concatenate(rows).astype(np.int32),
        "weight": draw.random(6 * number),
    }


def run(folder: Path, problem: Arrays, *more: str, **updates: Any) -> int:
    np.savez(folder / "problem.npz", **problem)
    arguments = [str(folder / "problem.npz"), "--out", str(folder / "result.npz")]
    if updates:
        np.savez(folder / "updates.npz", **updates)
        arguments += ["--updates", str(folder / "updates.npz")]
    return solve([*arguments, "--report", str(folder / "report.json"), *more])


def check_feasible(problem: Arrays, result: Arrays) -> None:
    customer, event, seats = (result[f"pair_{name}"] for name in ("customer", "event", "seats"))
    pairs = list(zip(customer.tolist(), event.tolist(), strict=True))
    known = zip(problem["pair_customer"].tolist(), problem["pair_event"].tolist(), strict=True)
    place = {pair: number for number, pair in enumerate(known)}
    assert len(set(pairs)) == len(pairs)
    assert (np.bincount(customer, minlength=U) <= problem["customer_cap"]).all()
    assert (np.bincount(event, seats, V) <= problem["event_seats"]).all()
    assert {p for p, n in place.items() if problem["pair_fixed"][n]} <= set(pairs)
    cost = sum(problem["pair_cost"][place[pair]] for pair in pairs if pair in place)
    assert cost <= problem["budget"] + 1e-6
    at = [(int(problem["customer_account"][c]), e) for c, e in pairs]
    assert all(at.count(one) <= 2 for one in at)
    for one, other in pairwise(pairs):
        if one[0] == other[0]:
            assert (
                problem["event_end"][one[1]] <= problem["event_start"][other[1]]
                or problem["event_end"][other[1]] <= problem["event_start"][one[1]]
            )


def test_a_problem_with_updates(tmp_path: Path) -> None:
    problem = a_problem()
    assert run(tmp_path, problem, **some_updates()) == 0
    result = dict(np.load(tmp_path / "result.npz"))
    report = json.loads((tmp_path / "report.json").read_text())
    check_feasible(problem, result)
    assert len(result["gap"]) == len(result["seconds"]) == len(result["touched"]) == 30
    assert (result["upper_bound"] >= result["value"] - 1e-9).all()
    assert result["upper_bound"][-1] == pytest.approx(report["upper_bound"])
    assert result["sample_ptr"][-1] == len(result["sample_event"])
    assert len(result["sample_update"]) == 20
    assert result["account_price"].shape == (12, V)
    assert report["infeasible_fixed"] == []


def as_books(problem: Arrays, updates: Arrays | None = None) -> Books:
    """The problem after its updates, for the auditor."""
    names = ("customer", "event", "weight", "seats", "cost", "fixed")
    pairs = zip(*(problem[f"pair_{name}"].tolist() for name in names), strict=True)
    known = {(c, e): (weight, seats, cost, fixed) for c, e, weight, seats, cost, fixed in pairs}
    weights: dict[int, dict[int, float]] = {c: {} for c in range(U)}
    fixed_weights = {pair: known[pair][0] for pair, told in known.items() if told[3]}
    for (c, e), told in known.items():
        weights[c][e] = told[0]
    for number, customer in enumerate(updates["customer"].tolist() if updates else []):
        assert updates is not None
        row = slice(updates["row_ptr"][number], updates["row_ptr"][number + 1])
        weights[customer] = dict(
            zip(updates["event"][row].tolist(), updates["weight"][row].tolist(), strict=True)
        )
        fixed_weights |= {
            pair: weights[customer][pair[1]]
            for pair in fixed_weights
            if pair[0] == customer and pair[1] in weights[customer]
        }
    return Books(
        caps=dict(enumerate(problem["customer_cap"].tolist())),
        accounts=dict(enumerate(problem["customer_account"].tolist())),
        hospitality={},
        seats=dict(enumerate(problem["event_seats"].tolist())),
        times={e: (int(problem["event_start"][e]), int(problem["event_end"][e])) for e in range(V)},
        years=dict.fromkeys(range(V), 0),
        rows={
            c: {
                (e, known.get((c, e), PLAIN)[1]): (weight, known.get((c, e), PLAIN)[2])
                for e, weight in row.items()
            }
            for c, row in weights.items()
        },
        account_max=float(problem["account_event_max"]),
        budget=float(problem["budget"]),
        conflicts={
            frozenset(pair)
            for pair in zip(
                problem["conflict_a"].tolist(), problem["conflict_b"].tolist(), strict=True
            )
        },
        fixed={pair: (known[pair][1], w, known[pair][2]) for pair, w in fixed_weights.items()},
    )


def check_result(folder: Path, problem: Arrays, updates: Arrays | None = None) -> None:
    """Feasibility, value and bound of what was written, by the auditor, from the files alone."""
    books, result = as_books(problem, updates), dict(np.load(folder / "result.npz"))
    report = json.loads((folder / "report.json").read_text())
    choice: dict[int, list[Option]] = {customer: [] for customer in range(U)}
    written = zip(
        *(result[f"pair_{name}"].tolist() for name in ("customer", "event", "seats")), strict=True
    )
    settled = set()
    for customer, event, seats in written:
        if (customer, event) in books.fixed:
            settled.add((customer, event))
            assert books.fixed[customer, event][0] == seats
        else:
            choice[customer].append((event, seats))
    assert settled == set(books.fixed)
    assert faults(books, choice) == []
    assert report["value"] == pytest.approx(value_of(books, choice))
    prices = Prices(
        dict(enumerate(result["bound_price"].tolist())),
        {
            (a, e): float(price)
            for (a, e), price in np.ndenumerate(result.get("account_price", np.zeros((0, V))))
        },
        {},
        float(result["budget_price"]),
    )
    assert report["upper_bound"] == pytest.approx(bound_of(books, prices))


@pytest.mark.parametrize("seed", range(5))
def test_what_is_written_holds_before_an_auditor(tmp_path: Path, seed: int) -> None:
    problem, updates = a_problem(seed), some_updates()
    if seed % 2:
        problem["event_seats"][seed] = 0
        updates["weight"] *= 50
    assert run(tmp_path, problem) == 0
    check_result(tmp_path, problem)
    assert run(tmp_path, problem, **updates) == 0
    check_result(tmp_path, problem, updates)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32, np.uint64])
def test_unsigned_integers_are_integers(tmp_path: Path, kind: type) -> None:
    problem, results = a_problem(), []
    for _ in range(2):
        assert run(tmp_path, problem) == 0
        results.append((tmp_path / "result.npz").read_bytes())
        for name in ("pair_customer", "pair_event", "customer_cap", "event_seats", "pair_seats"):
            problem[name] = problem[name].astype(kind)
    assert results[0] == results[1]


def test_as_many_as_there_are_is_no_limit(tmp_path: Path) -> None:
    problem, reports = a_problem(), []
    for seats, cap in ((2 * U + 1, V), ((1 << 31) - 1, 1 << 30)):
        problem["event_seats"], problem["customer_cap"] = np.full(V, seats), np.full(U, cap)
        assert run(tmp_path, problem) == 0
        check_feasible(problem, dict(np.load(tmp_path / "result.npz")))
        reports.append(json.loads((tmp_path / "report.json").read_text()))
    assert reports[0]["value"] == reports[1]["value"]
    assert reports[0]["upper_bound"] == reports[1]["upper_bound"]


def test_what_is_not_looked_at_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = a_problem() | {"pair_seat": np.ones(3)}
    del problem["budget"]
    assert run(tmp_path, problem) == 0
    assert capsys.readouterr().err.splitlines() == [
        "problem.npz: pair_cost: is not looked at",
        "problem.npz: pair_seat: is not looked at",
    ]


def test_a_warm_start_takes_the_prices_of_an_earlier_result(tmp_path: Path) -> None:
    problem = a_problem()
    run(tmp_path, problem)
    cold = json.loads((tmp_path / "report.json").read_text())
    (tmp_path / "result.npz").rename(tmp_path / "warm.npz")
    assert run(tmp_path, problem, "--warm", str(tmp_path / "warm.npz")) == 0
    warm = json.loads((tmp_path / "report.json").read_text())
    assert warm["upper_bound"] <= cold["upper_bound"] * 1.05
    check_feasible(problem, dict(np.load(tmp_path / "result.npz")))


def test_fixed_pairs_that_cannot_be_are_kept_and_reported(tmp_path: Path) -> None:
    problem = a_problem()
    problem["event_seats"][:] = 1
    problem["pair_seats"][:] = 2
    assert run(tmp_path, problem) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert len(report["infeasible_fixed"]) >= 1
    assert len(np.load(tmp_path / "result.npz")["pair_event"]) == 4


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("pair_weight", None),
        ("pair_weight", np.full(3, np.nan)),
        ("pair_weight", "nan"),
        ("pair_event", np.full(3, 1.5)),
        ("pair_customer", "beyond"),
        ("pair_event", "twice"),
        ("event_end", "before"),
        ("customer_cap", np.array([{}], dtype=object)),
        ("budget", np.float64("nan")),
        ("conflict_b", np.array([V, 0], dtype=np.int32)),
        ("pair_seats", "three"),
    ],
)
def test_a_bad_array_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, array: Any
) -> None:
    problem = a_problem()
    if array is None:
        del problem[name]
    elif isinstance(array, str):
        spoil(problem, name, array)
    else:
        problem[name] = array
    assert run(tmp_path, problem) == 2
    line = capsys.readouterr().err
    assert name in line
    assert line.count("\n") == 1


def spoil(problem: Arrays, name: str, how: str) -> None:
    if how == "twice":
        problem["pair_customer"][1], problem["pair_event"][1] = (
            problem["pair_customer"][0],
            problem["pair_event"][0],
        )
    elif how == "before":
        problem[name][2] = problem["event_start"][2]
    else:
        problem[name][2] = {"nan": np.nan, "beyond": U, "three": 3}[how]


@pytest.mark.parametrize("content", [b"not an archive", b"", b"PK\x03\x04 and then nothing"])
def test_what_is_no_npz_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "problem.npz").write_bytes(content)
    assert solve([str(tmp_path / "problem.npz"), "--out", "x", "--report", "y"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_damaged_array_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez_compressed(tmp_path / "problem.npz", **a_problem())
    whole = bytearray((tmp_path / "problem.npz").read_bytes())
    for place in range(60, 120):
        whole[place] ^= 0x5A
    (tmp_path / "problem.npz").write_bytes(whole)
    assert solve([str(tmp_path / "problem.npz"), "--out", "x", "--report", "y"]) == 2
    line = capsys.readouterr().err
    assert "customer_cap" in line
    assert line.count("\n") == 1


def test_a_folder_that_is_not_there_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "problem.npz", **a_problem())
    out = str(tmp_path / "nowhere" / "result.npz")
    assert solve([str(tmp_path / "problem.npz"), "--out", out, "--report", "y"]) == 2
    assert re.match(
        r".*/nowhere/result.npz: there is no folder .*/nowhere\n$", capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("customer", np.full(30, U)),
        ("row_ptr", np.arange(31)[::-1] * 6),
        ("row_ptr", np.arange(30) * 6),
        ("event", np.full(180, 3)),
        ("event", np.full(180, 1.5)),
        ("weight", np.full(180, np.inf)),
        ("weight", np.full(179, 0.5)),
    ],
)
def test_a_bad_array_of_updates_is_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, array: Any
) -> None:
    assert run(tmp_path, a_problem(), **(some_updates() | {name: array})) == 2
    line = capsys.readouterr().err
    assert line.startswith(f"updates.npz: {name}: ")
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("bound_price", np.full(V, -1.0)),
        ("bound_price", np.zeros(V + 1)),
        ("account_price", np.zeros((3, V))),
        ("account_price", np.full((12, V), np.nan)),
        ("budget_price", np.float64(-1)),
    ],
)
def test_bad_prices_to_start_from_are_named_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, array: Any
) -> None:
    assert run(tmp_path, a_problem()) == 0
    result = dict(np.load(tmp_path / "result.npz")) | {name: array}
    np.savez(tmp_path / "warm.npz", **result)
    assert run(tmp_path, a_problem(), "--warm", str(tmp_path / "warm.npz")) == 2
    line = capsys.readouterr().err
    assert line.startswith(f"warm.npz: {name}: ")
    assert line.count("\n") == 1
