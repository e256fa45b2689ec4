import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from services.matching.tests.test_allocation_properties import bits
from services.matching.tests.worlds import a_customer, an_engine, an_event

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
from kindred_matching.domain.engine import Engine
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
)
from kindred_matching.domain.kinship import ThemeTree
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.vocabulary import COMPANY, ONLINE, REFUSING, Reason
from kindred_matching.domain.vocabulary import SOCIAL_KINDS as OUR_SOCIAL_KINDS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def listed(**changes: object) -> EventListed:
    return examples(EventListed)[0].model_copy(update=changes)


def test_our_words_are_those_of_the_records() -> None:
    assert {str(reason) for reason in Reason} == {str(code) for code in ReasonCode}
    assert set(REFUSING) == set(Reason) - {Reason.SEATS, Reason.CAP, Reason.OVERLAP, Reason.ACCOUNT}
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
    assert bits(Engine.restored(read)) == bits(engine)


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
