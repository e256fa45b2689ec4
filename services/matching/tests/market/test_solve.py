"""The offline command: what it writes holds, and what it cannot read it says in a line."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kindred_matching.entrypoints.solve import solve

pytestmark = pytest.mark.timeout(400)
"""The first test of a process may have to compile the kernels."""

Arrays = dict[str, Any]
U, V = 40, 12


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


def test_what_is_no_npz_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "problem.npz").write_text("not an archive")
    assert solve([str(tmp_path / "problem.npz"), "--out", "x", "--report", "y"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
