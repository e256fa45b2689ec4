import io
import json
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from services.matching.tests.test_allocation_properties import bits, seats_chosen
from services.matching.tests.worlds import NOW, a_customer, a_step, an_engine, an_event

from kindred_common.contracts.examples import examples
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import (
    SOCIAL_KINDS,
    CompanionWish,
    EventKind,
    InvitationStep,
    ReasonCode,
)
from kindred_matching.adapters.encoding import (
    decode_input,
    decode_snapshot,
    encode_input,
    encode_snapshot,
)
from kindred_matching.application.records import (
    Unreadable,
    customer_of,
    event_of,
    identifier_in,
    step_of,
)
from kindred_matching.domain.commitments import DECLINED, FIXING, WITHDRAWN
from kindred_matching.domain.inputs import (
    CustomerRemoved,
    CustomerReplaced,
    EpochBegun,
    EventRemoved,
    EventReplaced,
    Input,
    RematchAsked,
    RulesReplaced,
    SliceScored,
    WishMade,
)
from kindred_matching.domain.kinship import ThemeTree
from kindred_matching.domain.refilling import engine_of
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.vocabulary import COMPANY, ONLINE, REFUSING, Reason
from kindred_matching.domain.vocabulary import SOCIAL_KINDS as OUR_SOCIAL_KINDS
from kindred_matching.domain.wishes import Wish, WishKind

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def listed(**changes: object) -> EventListed:
    return examples(EventListed)[0].model_copy(update=changes)


def test_our_words_are_those_of_the_records() -> None:
    assert {str(reason) for reason in Reason} == {str(code) for code in ReasonCode}
    allowed = {Reason.SEATS, Reason.CAP, Reason.OVERLAP, Reason.ACCOUNT, Reason.BUDGET}
    assert set(REFUSING) == set(Reason) - allowed
    assert {str(kind) for kind in SOCIAL_KINDS} == OUR_SOCIAL_KINDS
    assert EventKind(ONLINE) is EventKind.ONLINE
    assert {str(wish) for wish in CompanionWish} - {"alone"} == COMPANY
    assert {*FIXING, DECLINED, WITHDRAWN, "drafted", "cancelled"} == {
        str(s) for s in InvitationStep
    }


@pytest.mark.parametrize("profile", examples(CustomerProfile))
def test_every_example_profile_is_understood(profile: CustomerProfile) -> None:
    customer = customer_of(profile)
    assert customer.id == profile.customer_id
    assert [each.theme for each in customer.interests] == [each.theme for each in profile.interests]
    assert the_same_after_the_journal(CustomerReplaced(customer))


@pytest.mark.parametrize("record", examples(EventListed))
def test_every_example_event_is_understood(record: EventListed) -> None:
    assert the_same_after_the_journal(EventReplaced(event_of(record)))


@pytest.mark.parametrize("record", examples(InvitationChanged))
def test_every_example_step_is_understood(record: InvitationChanged) -> None:
    step = step_of(record)
    assert step.manner == record.manner
    assert step.reason == record.decline_reason
    assert the_same_after_the_journal(step)


def test_journals_of_before_are_read() -> None:
    step = step_of(examples(InvitationChanged)[0])
    kind, body = encode_input(step)
    old = {k: v for k, v in json.loads(body).items() if k not in ("manner", "reason")}
    assert decode_input(kind, json.dumps(old)) == replace(step, manner=None, reason=None)


@pytest.mark.parametrize(
    "happening",
    [
        CustomerRemoved(UUID(int=1)),
        EventRemoved(UUID(int=2)),
        RematchAsked(UUID(int=3)),
        RulesReplaced(Rules(cap=7, themes=ThemeTree((("opera", "private"),)))),
        EpochBegun("night"),
        SliceScored(5),
    ],
)
def test_the_journal_keeps_every_input(happening: Input) -> None:
    assert the_same_after_the_journal(happening)


def the_same_after_the_journal(happening: Input) -> bool:
    return decode_input(*encode_input(happening)) == happening


def test_a_snapshot_is_read_as_it_was_written() -> None:
    engine = an_engine(a_customer(1), an_event(1), an_event(2))
    read = decode_snapshot(encode_snapshot(engine.snapshot()))
    assert bits(engine_of(read)) == bits(engine)


def test_a_snapshot_that_was_compressed_as_a_whole_is_read() -> None:
    engine = an_engine(a_customer(1), an_event(1))
    body = encode_snapshot(engine.snapshot())
    written = io.BytesIO()
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        np.savez(written, allow_pickle=False, **arrays)
    assert bits(engine_of(decode_snapshot(zlib.compress(written.getvalue())))) == bits(engine)


def test_a_market_of_another_version_is_filled_anew_from_what_is_known() -> None:
    customers = [a_customer(number, account_value=1.0 + number) for number in range(4)]
    engine = an_engine(*customers, an_event(1, seats=2), an_event(2, seats=1))
    engine.apply(a_step("approved", customers[3], an_event(2)))
    engine.apply(WishMade(Wish(customers[0].id, an_event(1).id, WishKind.PIN, NOW)))
    engine.settle()
    snapshot = engine.snapshot()
    market = {name: array for name, array in snapshot.market.items() if name != "account_next"}
    again = engine_of(replace(snapshot, market=market))
    known, same = again.state(), snapshot.state
    assert set(known.customers) == set(same.customers)
    assert set(known.events) == set(same.events)
    assert (known.commitments, known.wishes, known.taught) == (
        same.commitments,
        same.wishes,
        same.taught,
    )
    assert [seats_chosen(again, c.id) for c in customers] == [
        seats_chosen(engine, c.id) for c in customers
    ]


@pytest.mark.parametrize(
    ("start", "hours", "days"),
    [
        (datetime(2026, 3, 6, 20, tzinfo=AMSTERDAM), 4, (4,)),
        (datetime(2026, 3, 6, 20, tzinfo=AMSTERDAM), 4.5, (4, 5)),
        (datetime(2026, 3, 6, 23, 30, tzinfo=ZoneInfo("UTC")), 1, (5,)),
        (datetime(2026, 3, 6, 12, tzinfo=AMSTERDAM), 24 * 30, (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_days_are_those_of_the_place(start: datetime, hours: float, days: tuple[int, ...]) -> None:
    record = listed(
        starts_at=start, ends_at=start + timedelta(hours=hours), zone="Europe/Amsterdam"
    )
    assert event_of(record).weekdays == days


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../etc"}, "zone"),
        ({"ends_at": listed().starts_at}, "ends_at"),
    ],
)
def test_an_impossible_event_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Unreadable) as refused:
        event_of(listed(**changes))
    assert refused.value.field == field


def test_amounts_without_end_are_bounded() -> None:
    profile = examples(CustomerProfile)[0].model_copy(update={"account_value": float("inf")})
    assert customer_of(profile).account_value == 1e6
    assert event_of(listed(hospitality_value=float("inf"))).cost == 100_000_000


def test_a_key_that_names_nobody_is_refused() -> None:
    assert identifier_in(str(UUID(int=4))) == UUID(int=4)
    with pytest.raises(Unreadable):
        identifier_in("crm:42")


def test_the_example_of_our_own_record_is_ours() -> None:
    assert all(example.priced_at.tzinfo for example in examples(CustomerMatches))
