"""Takes a file of answered surveys to the two services that share it: who the people are, and what they answered."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kindred_cli.imports.mapping import FileMapping
from kindred_cli.imports.table import AnsweredSurveys
from kindred_cli.local_system import JSON, Api


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a service did not take a row; ``place`` is the column, or what it was to become."""

    row: int
    service: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Half:
    """What one service did with the file."""

    service: str
    rows: int
    new: int
    changed: int
    unchanged: int
    refused: int
    faults: Sequence[Fault]

    @property
    def news(self) -> int:
        """How many rows told something that was not known."""
        return self.new + self.changed


async def import_people(
    profile: Api, table: AnsweredSurveys, mapping: FileMapping, *, dry_run: bool
) -> Half:
    """Profile's half: the customers and their accounts."""
    done = await _upload(profile, table, mapping.of_customers(), dry_run=dry_run)
    faults = await _faults(profile, "profile", f"/v1/imports/{done['id']}/faults.csv", done)
    # An import that was done before is not gone through again: it tells what it did then.
    repeated = bool(done["repeated"])
    taken = done["created"] + done["updated"] + done["unchanged"]
    return Half(
        service="profile",
        rows=done["rows"],
        new=0 if repeated else done["created"],
        changed=0 if repeated else done["updated"],
        unchanged=taken if repeated else done["unchanged"],
        refused=done["failed"],
        faults=faults,
    )


async def import_answers(
    survey: Api, table: AnsweredSurveys, mapping: FileMapping, *, dry_run: bool
) -> tuple[Half, int]:
    """Survey's half: the answers; and how many they were."""
    done = await _upload(survey, table, mapping.of_answers(), dry_run=dry_run)
    faults = await _faults(survey, "survey", f"/v1/imports/{done['id']}/faults.csv", done)
    half = Half(
        service="survey",
        rows=done["rows"],
        new=done["imported"],
        changed=0,
        unchanged=done["unchanged"] + done["empty"],
        refused=done["failed"],
        faults=faults,
    )
    return half, done["answers"]


def write_faults(faults: Sequence[Fault], path: Path) -> None:
    """One line a fault, as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["row", "service", "place", "reason"])
        table.writerows([one.row, one.service, one.place, one.reason] for one in faults)


async def _upload(api: Api, table: AnsweredSurveys, mapping: JSON, *, dry_run: bool) -> JSON:
    form = {"mapping": json.dumps(mapping), "dry_run": str(dry_run).lower()}
    upload = {"file": (table.name, table.content, "text/csv")}
    return await api.post("/v1/imports", files=upload, data=form, timeout=600.0)


async def _faults(api: Api, service: str, path: str, done: JSON) -> Sequence[Fault]:
    if not done["failed"]:
        return []
    answer = await api.answer("GET", path)
    rows = csv.reader(io.StringIO(answer.text, newline=""))
    next(rows)
    return [Fault(int(row), service, place, reason) for row, place, reason in rows]
