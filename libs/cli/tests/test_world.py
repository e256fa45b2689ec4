from datetime import date

from kindred_cli.demo.records import records_of
from kindred_cli.demo.world import ACCOUNTS, CUSTOMERS, MANAGERS, build_world
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.envelope import from_kafka, to_headers
from kindred_common.contracts.vocabulary import EventKind

TODAY = date(2026, 3, 2)


def test_the_world_is_the_same_for_the_same_seed() -> None:
    assert build_world(TODAY) == build_world(TODAY)
    assert build_world(TODAY, seed=1) != build_world(TODAY)


def test_on_another_day_the_people_are_the_same_and_the_events_lie_ahead() -> None:
    world, later = build_world(TODAY), build_world(date(2027, 1, 1))
    assert later.customers == world.customers
    assert all(event.starts_at.date() > date(2027, 1, 1) for event in later.events)


def test_it_has_accounts_customers_and_events_of_all_kinds() -> None:
    world = build_world(TODAY)
    assert (len(world.accounts), len(world.customers), len(world.events)) == (40, 400, 24)
    assert (ACCOUNTS, CUSTOMERS) == (40, 400)
    assert {event.moment.kind for event in world.events} == set(EventKind)
    assert {account.manager_id for account in world.accounts} == {id_ for id_, _ in MANAGERS}
    assert len({customer.email for customer in world.customers}) == CUSTOMERS


def test_every_event_is_about_something_that_somebody_loves() -> None:
    world = build_world(TODAY)
    loved = {theme for one in world.customers for theme, value in one.interests if value == 5}
    assert loved >= {theme for event in world.events for theme, _ in event.moment.themes}


def test_every_record_of_it_keeps_its_contract() -> None:
    rows = list(records_of(build_world(TODAY), SystemClock().now(), new_id))
    assert len(rows) == 40 + 400 + 24
    for topic, key, envelope, body in rows:
        read, content = from_kafka(to_headers(envelope), body.to_json())
        assert read.type == body.record_type
        assert topic.record(read.type) is type(body)
        assert type(body).from_json(content or b"") == body
        assert key.startswith("demo:")
