"""Answered surveys with the people who answered them: profiles, matches, guest lists; and nothing when it is done again."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.answered_survey import answered_survey
from tests.e2e.commands import kindred
from tests.e2e.launched import Launched
from tests.e2e.story import ok

from kindred_cli.imports.mapping import SHIPPED
from kindred_cli.local_system import LocalSystem
from kindred_common.clock import SystemClock
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.vocabulary import Service

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

REAL = Path(__file__).parents[2] / "../shared/data/young-people-survey/responses.csv"
MAPPING = "young-people-survey"
ANSWERED_AT = "2013-12-31"
PEOPLE = 150


def mapping_named(name: str, folder: Path) -> Path:
    """The mapping that comes with Kindred, for people of another name who have just answered: old answers win no seats."""
    shipped = (SHIPPED / f"{MAPPING}.json").read_text()
    yesterday = SystemClock().now().date() - timedelta(days=1)
    mapping = json.loads(shipped.replace(ANSWERED_AT, yesterday.isoformat())) | {"name": name}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(mapping))
    return path


async def test_a_made_up_file_becomes_profiles_matches_and_guest_lists(
    furnished: LocalSystem, up: Launched, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "people.csv", mapping_named("made-up", tmp_path)
    file.write_text(answered_survey(PEOPLE))
    dry = await kindred(furnished, "import", str(file), "--mapping", str(mapping), "--dry-run")
    assert dry.code == 0, dry.complained
    assert f"  people   {PEOPLE} new" in dry.said
    assert (await known(up, "made-up", PEOPLE))["customers"] == 0

    await import_twice(furnished, up, file, str(mapping), ("made-up", PEOPLE))
    assert await guests_among(up, "made-up", PEOPLE) > 0


@pytest.mark.skipif(not REAL.exists(), reason="the real answers are not beside this repository")
async def test_the_real_file_becomes_profiles_matches_and_guest_lists(
    furnished: LocalSystem, up: Launched, tmp_path: Path
) -> None:
    people = sum(1 for _ in csv.reader(io.StringIO(REAL.read_text(encoding="utf-8")))) - 1
    mapping = mapping_named("real", tmp_path)
    await import_twice(furnished, up, REAL, str(mapping), ("real", people))
    assert await guests_among(up, "real", people) > 0


async def test_rows_that_are_refused_are_told_and_the_others_taken(
    furnished: LocalSystem, up: Launched, tmp_path: Path
) -> None:
    rows = [*csv.reader(io.StringIO(answered_survey(6)))]
    rows[2][rows[0].index("Opera")] = "much"
    rows[4].pop()
    file, faults = tmp_path / "people.csv", tmp_path / "faults.csv"
    with file.open("w", newline="") as target:
        csv.writer(target).writerows(rows)
    mapping = mapping_named("faulty", tmp_path)
    ran = await kindred(
        furnished, "import", str(file), "--mapping", str(mapping), "--errors", str(faults)
    )
    assert ran.code == 1
    assert "row 2: Opera is not a number (said survey)" in ran.complained
    told = [*csv.DictReader(faults.read_text().splitlines())]
    assert [(one["row"], one["service"], one["place"]) for one in told] == [
        ("4", "profile", ""),
        ("2", "survey", "Opera"),
        ("4", "survey", ""),
    ]
    assert (await known(up, "faulty", 6))["customers"] == 5
    assert "  matches  5 of 5 people" in ran.said


async def import_twice(
    furnished: LocalSystem, up: Launched, file: Path, mapping: str, whose: tuple[str, int]
) -> None:
    name, people = whose
    first = await kindred(furnished, "import", str(file), "--mapping", mapping)
    assert first.code == 0, first.said + first.complained
    assert f"  people   {people} new, 0 changed, 0 unchanged, 0 refused" in first.said
    assert f"  matches  {people} of {people} people have their matches" in first.said
    before = await known(up, name, people)
    assert before["customers"] == before["profiles"] == before["matches"] == people
    again = await kindred(furnished, "import", str(file), "--mapping", mapping)
    assert again.code == 0, again.said + again.complained
    assert f"  people   0 new, 0 changed, {people} unchanged, 0 refused" in again.said
    assert f"  answers  0 rows new, {people} unchanged, 0 refused; 0 answers" in again.said
    assert await known(up, name, people) == before


async def known(up: Launched, name: str, people: int) -> dict[str, Any]:
    """What the services' databases hold of the people of an import."""
    ids = [str(customer_id_of(name, str(row))) for row in range(1, people + 1)]
    return {
        "customers": await count(up, Service.PROFILE, "customer", "id", ids),
        "profiles": await count(up, Service.PROFILE, "customer", "profile IS NOT NULL AND id", ids),
        "facts": await count(up, Service.PROFILE, "fact", "customer_id", ids),
        "matches": await count(up, Service.MATCHING, "customer_matches", "customer_id", ids),
    }


async def count(up: Launched, service: Service, table: str, column: str, ids: Sequence[str]) -> int:
    statement = f"SELECT count(*) AS n FROM {table} WHERE {column} = ANY(CAST(:ids AS uuid[]))"  # noqa: S608 - our own names
    [row] = await up.query(service, statement, ids=list(ids))
    return int(str(row["n"]))


async def guests_among(up: Launched, name: str, people: int) -> int:
    """How many of them stand on a guest list."""
    ours = {str(customer_id_of(name, str(row))) for row in range(1, people + 1)}
    guests: set[str] = set()
    async with up.client(Service.INVITATIONS) as client:
        events = ok(await client.get("/v1/events", params={"limit": 100}))["items"]
    async with up.client(Service.MATCHING) as client:
        for event in events:
            listed = await client.get(f"/v1/events/{event['id']}/guest-list", params={"limit": 100})
            guests |= {guest["customer_id"] for guest in ok(listed)["items"]}
    return len(ours & guests)
