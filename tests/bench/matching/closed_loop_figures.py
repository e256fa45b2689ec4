"""The figures of simulated seasons, and the table that they make."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import fmean

BEGIN, END = "<!-- closed-loop -->", "<!-- /closed-loop -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One policy on one seed. ``regret`` by round, ``worth`` what the oracle makes of a round.

    ``calibration`` is expected over happened, on pairs that nobody chose; ``normalised_entropy`` the log loss on these over that
    of always foretelling their mean.
    """

    policy: str
    seed: int
    regret: tuple[float, ...]
    worth: float
    invitations: int
    accepted: int
    calibration: float | None
    normalised_entropy: float | None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def mean(self) -> float:
        return fmean(self.regret)

    @property
    def at_last(self) -> float:
        """The mean regret of the last quarter of the season."""
        return fmean(self.regret[-max(1, len(self.regret) // 4) :])


def read_runs(path: Path) -> list[Figures]:
    """The runs that were kept; none when there is no such file."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [
        Figures(**{**(found := json.loads(line)), "regret": tuple(found["regret"])})
        for line in lines
    ]


def table(runs: Sequence[Figures], measure: str) -> str:
    """A Markdown table: means over seeds, and the regrets against those of the policy that is the ``measure``."""
    by_policy: dict[str, list[Figures]] = {}
    for run in runs:
        by_policy.setdefault(run.policy, []).append(run)
    stated = {run.seed: run for run in by_policy.get(measure, [])}
    heads = (
        "policy",
        "regret, of the oracle's worth",
        "against stated interest only",
        "in the last quarter",
        "accepted",
        "calibration (seeds)",
        "normalised entropy",
    )
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += [_line(name, own, stated) for name, own in by_policy.items()]
    return "\n".join(lines)


def _line(name: str, own: Sequence[Figures], stated: dict[int, Figures]) -> str:
    of_worth = fmean(run.mean / run.worth for run in own)
    ratio = [run.mean / stated[run.seed].mean for run in own if run.seed in stated]
    at_last = [run.at_last / stated[run.seed].at_last for run in own if run.seed in stated]
    accepted = sum(run.accepted for run in own) / sum(run.invitations for run in own)
    calibration = [run.calibration for run in own if run.calibration is not None]
    entropy = [run.normalised_entropy for run in own if run.normalised_entropy is not None]
    cells = (
        name,
        f"{of_worth:.1%}",
        f"{fmean(ratio):.3f}" if ratio else "",
        f"{fmean(at_last):.3f}" if at_last else "",
        f"{accepted:.1%}",
        f"{fmean(calibration):.3f} ({min(calibration):.3f}-{max(calibration):.3f})"
        if calibration
        else "",
        f"{fmean(entropy):.3f}" if entropy else "",
    )
    return "| " + " | ".join(cells) + " |"


def write_into(path: Path, found: str, today: date, customers: int, rounds: int) -> None:
    """Puts the table between the markers of the document, which must be there."""
    text = path.read_text()
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    told = f"Measured on {today}: {customers} customers, {rounds} rounds of 12 events, 5 seeds, 10,000 held-out pairs a seed."
    path.write_text(f"{before}{BEGIN}\n{told}\n\n{found}\n{END}{after}")
