import csv
import io
import json
from typing import Any

import pytest
from services.profile.tests.world import World

from kindred_common.contracts.identity import account_id_of, customer_id_of
from kindred_common.security.principals import Role

MAPPING: dict[str, Any] = {
    "source": "young-people",
    "accounts": [
        {"external_id": "demo-1", "name": "Voorbeeld BV", "account_manager_id": "anna"},
        {"external_id": "demo-2", "name": "Gemeente Voorbeeld", "public_sector": True},
    ],
    "fields": {
        "given_name": {"value": "Respondent"},
        "family_name": {"template": "{row}"},
        "email": {"template": "respondent-{row}@example.com"},
        "account_external_id": {"cycle": ["demo-1", "demo-2"]},
        "legal_ground": {"value": "existing_relation"},
        "language": {"column": "Language", "values": {"Dutch": "nl", "English": "en"}},
        "birth_year": {"cycle": ["1980", "1991"]},
    },
}
TABLE = "Music,Language\n5,Dutch\n3,English\n4,\n"


async def upload(
    world: World, table: str | bytes, mapping: Any = None, *, dry_run: bool = False
) -> Any:
    answer = await world.call(
        "POST",
        "/v1/imports",
        files={"file": ("people.csv", table, "text/csv")},
        data={"mapping": json.dumps(mapping or MAPPING), "dry_run": str(dry_run).lower()},
    )
    return answer.json() | {"status": answer.status_code}


async def counts(world: World) -> tuple[int, ...]:
    tables = ("customer", "account", "outbox", "fact")
    found = [await world.rows(f"SELECT count(*) AS n FROM {t}") for t in tables]  # noqa: S608 - names
    return tuple(rows[0].n for rows in found)


async def test_rows_become_customers_of_their_accounts(world: World) -> None:
    done = await upload(world, TABLE)
    assert (done["rows"], done["created"], done["failed"]) == (3, 3, 0)
    second = customer_id_of("young-people", "2")
    customer = (await world.call("GET", f"/v1/customers/{second}")).json()
    assert customer["family_name"] == "2"
    assert customer["email"] == "respondent-2@example.com"
    assert customer["language"] == "en"
    assert customer["account_id"] == str(account_id_of("young-people", "demo-2"))
    profile = (await world.call("GET", f"/v1/customers/{second}/profile")).json()["profile"]
    assert (profile["may_be_invited"], profile["public_sector"]) == (True, True)
    assert profile["birth_year"] == customer["birth_year"] == 1991


async def test_the_same_file_twice_changes_nothing(world: World) -> None:
    first = await upload(world, TABLE)
    before = await counts(world)
    again = await upload(world, TABLE)
    assert again["id"] == first["id"]
    assert again["repeated"]
    assert await counts(world) == before
    other_way = await upload(world, TABLE.replace("\n", "\r\n"))
    assert (other_way["unchanged"], other_way["created"]) == (3, 0)
    assert await counts(world) == before


async def test_a_dry_run_tells_and_does_nothing(world: World) -> None:
    before = await counts(world)
    tried = await upload(world, TABLE + "1,Klingon\n", dry_run=True)
    assert (tried["created"], tried["failed"], tried["dry_run"]) == (3, 1, True)
    assert await counts(world) == before
    done = await upload(world, TABLE)
    assert done["created"] == 3
    tried = await upload(world, TABLE + "1,Klingon\n", dry_run=True)
    assert (tried["created"], tried["unchanged"], tried["failed"]) == (0, 3, 1)


async def test_wrong_rows_are_listed_and_the_others_taken(world: World) -> None:
    mapping = {
        **MAPPING,
        "fields": {
            **MAPPING["fields"],
            "external_id": {"column": "Music"},
            "email": {"column": "Mail"},
            "account_external_id": {"column": "Firm"},
        },
    }
    table = (
        "Music,Language,Mail,Firm\n1,Dutch,a@example.com,demo-1\n"
        "2,Dutch,=cmd(),demo-1\n3,Dutch\n1,Dutch,b@example.com,demo-1\n4,Dutch,,nobody\n"
    )
    done = await upload(world, table, mapping)
    assert (done["rows"], done["created"], done["failed"]) == (5, 1, 4)
    answer = await world.call("GET", f"/v1/imports/{done['id']}/faults.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["row"], row["field"]) for row in rows] == [
        ("2", "email"),
        ("3", ""),
        ("4", "external_id"),
        ("5", "account_external_id"),
    ]
    assert "cmd" not in answer.text
    shown = (await world.call("GET", f"/v1/imports/{done['id']}")).json()
    assert shown["failed"] == 4


@pytest.mark.parametrize(
    ("table", "changes", "field"),
    [
        ("Music\n5\n", {}, "body.file"),
        (b"\xff\xfe\x00", {}, "body.file"),
        ("", {}, "body.file"),
        (TABLE, {"source": "Not A Name"}, "body.mapping.source"),
        (TABLE, {"surprise": 1}, "body.mapping.surprise"),
        (
            TABLE,
            {"fields": {**MAPPING["fields"], "email": {}}},
            "body.mapping.fields.email",
        ),
    ],
)
async def test_what_cannot_be_read_is_refused(
    world: World, table: str | bytes, changes: dict[str, Any], field: str
) -> None:
    refused = await upload(world, table, {**MAPPING, **changes})
    assert refused["status"] == 422
    assert refused["errors"][0]["field"] == field


async def test_account_managers_do_not_import(world: World) -> None:
    answer = await world.call(
        "POST",
        "/v1/imports",
        world.signed_in(Role.ACCOUNT_MANAGER, "anna"),
        files={"file": ("people.csv", TABLE, "text/csv")},
        data={"mapping": json.dumps(MAPPING)},
    )
    assert answer.status_code == 403


async def test_a_thousand_people_of_a_survey_become_customers(world: World) -> None:
    heading = ",".join(f'"Interest {n}, asked"' for n in range(150))
    row = ",".join(str(n % 5 + 1) for n in range(149))
    table = f"{heading}\n" + f"{row},\n" * 1010
    fields = {k: v for k, v in MAPPING["fields"].items() if k != "language"}
    done = await upload(world, table, {**MAPPING, "fields": fields})
    assert (done["created"], done["failed"]) == (1010, 0)
    profiles = await world.rows(
        "SELECT count(*) AS n FROM outbox WHERE topic = 'customer-profiles'"
    )
    assert profiles[0].n == 1010
