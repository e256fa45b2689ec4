"""A small season of the closed loop: the figures come from tests/bench/matching/closed_loop.py, here they only have to be sane."""

from tests.bench.matching.closed_loop import OURS, STATED, Size, simulate
from tests.bench.matching.closed_loop_figures import table


def test_ours_regrets_far_less_than_matching_on_stated_interests() -> None:
    size = Size(customers=60, rounds=12, events=8, held_out=3000)
    policies = ["random", STATED, "survey, no learning", OURS, "all known but the tastes"]
    runs = {run.policy: run for run in simulate(1, size, policies)}

    assert runs[STATED].mean < runs["random"].mean
    assert runs[OURS].mean < 0.6 * runs[STATED].mean
    assert runs["all known but the tastes"].mean < runs[STATED].mean
    ours, prior = runs[OURS], runs["survey, no learning"]
    assert ours.calibration is not None
    assert prior.calibration is not None
    assert abs(ours.calibration - 1) < 0.3
    assert abs(ours.calibration - 1) < abs(prior.calibration - 1)
    assert (ours.normalised_entropy or 9) < (prior.normalised_entropy or 0)
    assert "| ours | " in table(list(runs.values()), STATED)


def test_a_seed_gives_the_same_season() -> None:
    size = Size(customers=20, rounds=3, events=4, held_out=100)
    assert list(simulate(2, size, [OURS])) == list(simulate(2, size, [OURS]))
