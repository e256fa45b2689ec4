"""Which moments are wanted: found by asking everybody, valued by trying them."""

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from services.matching.tests.desks import Clerk, Desk
from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.worlds import (
    NOW,
    UTRECHT,
    a_customer,
    an_engine,
    an_event,
    an_interest,
    customer_id,
    some_world,
    told,
)
from sqlalchemy import text

from kindred_common.security.principals import Role
from kindred_common.testing.sites import Site, lay_out_site
from kindred_matching.adapters.postgres_readings import PostgresReadings
from kindred_matching.adapters.region_files import WrongRegions, read_regions
from kindred_matching.adapters.replica_process import ReplicaProcess
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.demand import FindDemand, Region
from kindred_matching.domain.facts import Customer, Place
from kindred_matching.domain.inputs import EventReplaced
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.worlds import at_its_best, copy_of, ready
from kindred_matching.entrypoints.http_demand import Country, demand_router
from kindred_matching.entrypoints.http_what_if import PlanningDesk
from kindred_matching.entrypoints.wording import labels_of

HERE = Region("here", UTRECHT)
FAR = Region("far", Place(53.2, 6.6))
EVENINGS = tuple(NOW.replace(hour=18) + timedelta(days=day) for day in range(1, 15))


def opera_lover(number: int, **changes: object) -> Customer:
    lover = a_customer(number, interests=(an_interest("opera"),), kinds=(("culture", 1.0),))
    return replace(lover, **changes)  # type: ignore[arg-type]  # fields of a customer


def test_what_is_wanted_is_what_was_not_on_offer() -> None:
    engine = an_engine(
        an_event(1, themes=(("technology", 1.0),), seats=2),
        *(opera_lover(number, blocked_weekdays=(0, 1, 2, 4, 5, 6)) for number in range(4)),
        a_customer(9, interests=(an_interest("wine"),)),
    )
    state = bits(engine)
    question = FindDemand(
        kinds=("culture", "seminar"), regions=(FAR, HERE), times=EVENINGS, seats=4
    )

    found = question.asked_of(engine)

    assert bits(engine) == state
    assert (found.asked, found.customers) == (5, 5)
    best = found.wanted[0]
    assert (best.moment.kind, best.moment.theme, best.moment.region) == ("culture", "opera", HERE)
    assert best.moment.starts_at.weekday() == 3, "the only day on which they may come"
    assert set(best.customers) == {customer_id(number) for number in range(4)}
    values = [wanted.value for wanted in found.wanted]
    assert values == sorted(values, reverse=True)
    assert all(value > 0 for value in values)
    sorts = [wanted.moment.sort for wanted in found.wanted]
    assert len(sorts) == len(set(sorts))


def test_the_value_is_what_adding_the_moment_to_the_programme_gives() -> None:
    customers, events = some_world(80, 6, seed=4)
    engine = an_engine(*events, *customers)
    question = FindDemand(
        kinds=("culture", "online"), regions=(HERE,), times=EVENINGS, seats=6, cost=2_000
    )

    found = question.asked_of(engine)

    assert found.wanted
    start = ready(engine)
    before = at_its_best(copy_of(start)).certificate
    for wanted in found.wanted:
        copy = copy_of(start)
        copy.apply(EventReplaced(question.as_event(wanted.moment, engine)))
        copy.settle()
        after = at_its_best(copy).certificate
        slack = 1e-6 + (before.bound - before.value) + (after.bound - after.value)
        assert after.value - before.value == pytest.approx(wanted.value, abs=slack)


@pytest.mark.parametrize(
    "rules", [Rules(account_hospitality_per_year=20_000), Rules(per_account=1)]
)
def test_a_moment_is_worth_the_same_whatever_was_tried_before_it(rules: Rules) -> None:
    """Also in a year of which nothing is known yet."""
    customers, events = some_world(80, 6, seed=4)
    engine = an_engine(*events, *customers, rules=rules)
    nights = tuple(NOW + timedelta(days=day) for day in range(320, 326))
    kinds = ("culture", "dinner", "sport")

    together = FindDemand(kinds=kinds, regions=(HERE,), times=nights, cost=2_000, most=9)
    first_of = [replace(together, kinds=(kind,), most=1) for kind in kinds]

    found = {one.moment: one for one in together.asked_of(engine).wanted}
    alone = [one for each in first_of for one in each.asked_of(engine).wanted]
    same = [one for one in alone if one.moment in found]
    assert len(same) >= 2
    assert all(found[one.moment] == one for one in same)


def test_many_customers_are_asked_by_way_of_a_sample() -> None:
    engine = an_engine(an_event(1, seats=3), *(opera_lover(number) for number in range(25)))

    question = FindDemand(kinds=("culture",), regions=(HERE,), times=EVENINGS, most_asked=10)

    found = question.asked_of(engine)

    assert (found.asked, found.customers) == (10, 25)
    assert len(found.wanted[0].customers) > 10, "all may come to a moment that is tried"


def test_nobody_wants_anything_where_there_is_nobody() -> None:
    question = FindDemand(kinds=("culture",), regions=(HERE,), times=EVENINGS)
    assert question.asked_of(an_engine()).wanted == ()
    busy = an_engine(opera_lover(1, may_be_invited=False))
    assert question.asked_of(busy).wanted == ()


def test_regions_are_the_provinces_and_those_of_a_further_file(tmp_path: Path) -> None:
    own = tmp_path / "regions.json"
    line = {"id": "antwerpen", "en": "Antwerp", "nl": "Antwerpen", "city": "Antwerpen"}
    own.write_text(json.dumps({"regions": [{**line, "latitude": 51.22, "longitude": 4.4}]}))

    assert len(read_regions()) == 12
    assert read_regions(own)["antwerpen"].centre == Place(51.22, 4.4)
    own.write_text(json.dumps({"regions": [line]}))
    with pytest.raises(WrongRegions, match="latitude"):
        read_regions(own)
    with pytest.raises(WrongRegions, match="No such file"):
        read_regions(tmp_path / "nowhere.json")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return lay_out_site(tmp_path / "keys", scopes=["matching:read"])


@pytest.fixture
async def clerk(desk: Desk) -> Clerk:
    clerk = await desk.hire()
    await clerk.take(
        told(opera_lover(1, account_manager_id="anna")),
        told(opera_lover(2, account_manager_id="bert")),
    )
    return clerk


@pytest.fixture
async def client(desk: Desk, clerk: Clerk, site: Site) -> AsyncIterator[httpx.AsyncClient]:
    assert clerk.epoch
    replicas = ReplicaProcess(desk.database, lambda: ThreadPoolExecutor(1))
    planning = PlanningDesk(
        desk.transactions,
        lambda transaction: PostgresReadings(transaction.connection),
        replicas,
        desk.clock,
        site.context.ids,
    )
    country = Country(labels_of(read_taxonomy()), read_regions(), ZoneInfo("Europe/Amsterdam"))
    async with site.client(demand_router(planning, country)) as client:
        client.headers.update(site.signed_in(Role.PROGRAMME_MANAGER))
        yield client
    replicas.close()


async def test_the_answer_names_moment_value_and_guests(
    client: httpx.AsyncClient, clerk: Clerk, desk: Desk, site: Site
) -> None:
    tables = ("journal", "match", "customer_matches", "outbox")
    before = [await desk.count(table) for table in tables], await clerk.bits()
    query = {"kind": "culture", "region": ["utrecht", "groningen"], "from": "2026-03-01"}

    found = (await client.get("/v1/demand", params=query)).json()

    assert (found["asked"], found["customers"]) == (2, 2)
    best = found["items"][0]
    assert best["theme"] == {"id": "opera", "names": {"en": "Opera", "nl": "Opera"}}
    assert (best["kind"], best["region"]["city"]) == ("culture", "Utrecht")
    assert best["starts_at"][10:] in ("T18:00:00+01:00", "T18:00:00+02:00")
    assert best["ends_at"][10:16] == "T21:00"
    assert best["value"] > 0
    assert (best["guests"], len(best["customers"])) == (2, 2)
    client.headers.update(site.signed_in(Role.ACCOUNT_MANAGER))
    own = (await client.get("/v1/demand", params=query)).json()["items"][0]
    assert (own["guests"], own["customers"]) == (2, [str(customer_id(1))])
    assert ([await desk.count(table) for table in tables], await clerk.bits()) == before
    async with desk.engine.begin() as connection:
        asked = (await connection.execute(text("SELECT actor, action FROM audit_log"))).all()
    assert [tuple(row) for row in asked] == 2 * [("anna", "demand.asked")]


async def test_mornings_may_be_looked_at_as_well(client: httpx.AsyncClient) -> None:
    query: dict[str, str | int] = {
        "kind": "culture",
        "region": "utrecht",
        "from": "2026-03-20",
        "at": "09:30",
        "hours": 2,
    }
    found = (await client.get("/v1/demand", params=query)).json()["items"]
    assert {(item["starts_at"][10:16], item["ends_at"][10:16]) for item in found} == {
        ("T09:30", "T11:30")
    }


async def test_without_a_query_the_next_three_months_are_searched(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get("/v1/demand", params={"limit": 2})).json()
    assert 0 < len(found["items"]) <= 2
    days = {item["starts_at"][:10] for item in found["items"]}
    assert all("2026-03-02" <= day <= "2026-06-01" for day in days)


async def test_what_cannot_be_searched_is_told(client: httpx.AsyncClient, site: Site) -> None:
    expected: list[tuple[dict[str, str | int], str]] = [
        ({"region": "atlantis"}, "query.region"),
        ({"from": "2026-04-01", "until": "2026-03-20"}, "query.until"),
        ({"until": "2028-01-01"}, "query.until"),
        ({"from": "2025-01-01", "until": "2025-02-01"}, "query.until"),
        ({"limit": 21}, "query.limit"),
        ({"at": "9:30"}, "query.at"),
        ({"at": "09:30Z"}, "query.at"),
        ({"hours": 0}, "query.hours"),
    ]
    for query, field in expected:
        answer = await client.get("/v1/demand", params=query)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    client.headers.update(site.signed_in(Role.VIEWER))
    assert (await client.get("/v1/demand")).status_code == 403
