"""Many customers at once are weighed as each would be alone, and as the parts that are told of a pair add up: to the last bit."""

from datetime import timedelta
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from services.matching.tests.worlds import (
    KINDS,
    NOW,
    THEMES,
    UTRECHT,
    a_customer,
    a_step,
    an_event,
    event_id,
)

from kindred_matching.domain.assessment import Assessor, Cents, Dossier
from kindred_matching.domain.commitments import Ledger
from kindred_matching.domain.events import EventTable, EventView, seconds
from kindred_matching.domain.exact import Floats, quantise
from kindred_matching.domain.facts import Customer, Event, Interest, Norm, Place
from kindred_matching.domain.kinship import ThemeTree
from kindred_matching.domain.lens import Lens, Outlook
from kindred_matching.domain.lessons import OPENNESS, Lesson
from kindred_matching.domain.people import norm_of
from kindred_matching.domain.rules import Coefficients, Rules
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, ALONE, score
from kindred_matching.domain.telling import tell
from kindred_matching.domain.vocabulary import BIT, WEEKDAYS, Reason
from kindred_matching.domain.wishes import PREFERRED, Wish, WishKind

NAMES = ("sport", "music", *THEMES, "chamber-music", "unheard-of")
TREE = ThemeTree(
    (
        ("chamber-music", "opera"),
        ("cycling", "sport"),
        ("football", "sport"),
        ("music", "private"),
        ("opera", "music"),
        ("sport", "private"),
        ("sustainability", "professional"),
        ("technology", "professional"),
    )
)
RULES = Rules(cap=2, hospitality_per_year=9_000, themes=TREE)
PLACES = (UTRECHT, Place(50.85, 5.69), Place(53.2, 6.57), None)


def a_lens(random: Random) -> Lens:
    days = [f"day:{day}" for day in WEEKDAYS]
    terms = (
        "novelty",
        *days,
        "interest",
        "kind",
        "base",
        "theme:opera",
        "kind:sport",
        "manner:phone",
        "in_company",
    )
    shifts = tuple(
        (term, random.uniform(-1, 1)) for term in random.sample(terms, random.randrange(9))
    )
    prior = random.choice([Coefficients(), Coefficients(to_parent=1.0, unknown=0.7, passive=0.13)])
    return Lens.of(prior, shifts, TREE)


def some_lessons(random: Random) -> tuple[Lesson, ...]:
    subjects = [f"theme:{name}" for name in NAMES] + [f"kind:{kind}" for kind in KINDS] + [OPENNESS]
    return tuple(
        Lesson(subject, random.uniform(-2, 2), random.uniform(0, 4), NOW - _days(random, 500))
        for subject in sorted(random.sample(subjects, random.choice([0, 0, 1, 6])))
    )


def a_customer_of_any_kind(random: Random, number: int) -> Customer:
    themes = random.sample(NAMES, random.randrange(6))
    return a_customer(
        number,
        active=random.random() < 0.95,
        may_be_invited=random.random() < 0.9,
        objected=random.random() < 0.1,
        open_case=random.random() < 0.2,
        account_value=random.choice([0.0, 1.0, 2.6]),
        public_sector=random.random() < 0.2,
        language=random.choice(["nl", "nl", "en", "fy"]),
        home=random.choice(PLACES),
        max_distance_km=random.choice([None, 100.0, 160.0]),
        blocked_weekdays=random.choice([(), (2,), (0, 6, 9)]),
        interests=tuple(
            Interest(theme, random.random(), random.random(), NOW - _days(random, 900))
            for theme in themes
        ),
        excluded_themes=tuple(random.sample(NAMES, random.choice([0, 0, 2]))),
        kinds=tuple((kind, random.random()) for kind in random.sample(KINDS, random.randrange(4))),
        companion_wish=random.choice([None, "partner", "alone", "colleague"]),
        manner=random.choice([None, "phone", "letter"]),
        norm=random.choice(
            [None, None, Norm(5_000, business_only=False), Norm(None, business_only=True)]
        ),
        nps=random.choice([None, 0, 6, 7, 8, 9, 10]),
        last_attended_at=random.choice([None, NOW - _days(random, 700)]),
    )


def an_event_of_any_kind(random: Random, number: int) -> Event:
    start = NOW + _days(random, 400) - timedelta(days=10)
    themes = random.sample(NAMES[:-1], random.randrange(4))
    return an_event(
        number,
        kind=random.choice(KINDS),
        themes=tuple((theme, random.choice([0.0, 0.3, 1.0])) for theme in themes),
        starts_at=start,
        ends_at=start + timedelta(hours=random.randint(1, 30)),
        weekdays=random.choice([(), (start.weekday(),), (4, 5, 6)]),
        place=random.choice(PLACES),
        languages=random.choice([("nl",), ("nl", "en"), ()]),
        companion_allowed=random.random() < 0.6,
        cost=random.choice([0, 3_000, 5_500]),
        open=random.random() < 0.9,
    )


def _days(random: Random, most: int) -> timedelta:
    return timedelta(days=random.random() * most)


def a_dossier(random: Random, number: int, events: list[Event], lens: Lens) -> Dossier:
    customer, ledger = a_customer_of_any_kind(random, number), Ledger()
    for event in random.sample(events, min(len(events), random.choice([0, 0, 3]))):
        step = random.choice(["approved", "declined", "accepted"])
        ledger.step(a_step(step, customer, event, random.randint(1, 2)))
    wished = random.sample(events, min(len(events), random.choice([0, 0, 3])))
    wishes = {e.id: Wish(customer.id, e.id, random.choice(list(WishKind)), NOW) for e in wished} | {
        event_id(99): Wish(customer.id, event_id(99), WishKind.PREFER, NOW)
    }
    return Dossier(
        customer, Outlook(lens, some_lessons(random)), dict(ledger.of(customer.id)), wishes
    )


def a_table(events: list[Event]) -> EventTable:
    table = EventTable()
    for event in events:
        table.put(event, NOW)
    return table


def as_told(dossier: Dossier, view: EventView, room: Cents) -> Floats:
    """The weights as the told parts make them, before anything is refused."""
    customer = dossier.customer
    weight = score(customer, view, *dossier.outlook).weight.copy()
    most, double = norm_of(customer).max_value, 2 * view.rows["cost"]
    weight[double > room[view.rows["year"]], ACCOMPANIED] = ABSENT
    if most is not None:
        weight[double > most, ACCOMPANIED] = ABSENT
    return weight


@given(st.integers(0, 2**32), st.integers(0, 9), st.integers(1, 14), st.integers(1, 60))
@settings(max_examples=60)
def test_together_is_as_alone_and_as_told(seed: int, people: int, size: int, pairs: int) -> None:
    random = Random(seed)  # noqa: S311 - a test world, not a secret
    events = [an_event_of_any_kind(random, number) for number in range(size)]
    lenses = [a_lens(random), a_lens(random)]
    dossiers = [a_dossier(random, n, events, lenses[n > people // 2]) for n in range(people)]
    table = a_table(events)
    view = table.view(table.slots.in_order())
    assessor = Assessor(table, RULES, NOW, pairs_at_once=pairs)
    together = list(assessor.assess_all(dossiers, view))
    for dossier, seen in zip(dossiers, together, strict=True):
        alone = assessor.assess(dossier, view)
        open_ = seen.refused == 0
        assert seen.refused.tobytes() == alone.refused.tobytes()
        assert seen.weight[open_].tobytes() == alone.weight[open_].tobytes()
        assert (seen.weight[~open_] == ABSENT).all()
        assert (seen.cap, seen.room.tolist()) == (alone.cap, alone.room.tolist())
        assert seen.fixed.tobytes() == alone.fixed.tobytes()
        assert seen.busy.tobytes() == alone.busy.tobytes()
        assert seen.open.tobytes() == alone.open.tobytes()
        told = as_told(dossier, view, seen.room)
        for row, place in enumerate(view.places.tolist()):
            wish = dossier.wishes.get(table.slots.at(place))
            if wish is not None and wish.kind is WishKind.PREFER:
                raised = told[row] > 0.0
                told[row][raised] = quantise(PREFERRED * told[row][raised])
            excluded = wish is not None and wish.kind is WishKind.FORBID
            assert bool(seen.refused[row] & BIT[Reason.EXCLUDED]) == excluded
        assert (alone.weight == told).all()


@given(st.integers(0, 2**32), st.integers(0, 9), st.integers(1, 14), st.integers(1, 60))
@settings(max_examples=60)
def test_what_is_told_of_many_is_what_is_told_of_each(
    seed: int, people: int, size: int, pairs: int
) -> None:
    random = Random(seed)  # noqa: S311 - a test world, not a secret
    events = [an_event_of_any_kind(random, number) for number in range(size)]
    lenses = [a_lens(random), a_lens(random)]
    dossiers = [a_dossier(random, n, events, lenses[n > people // 2]) for n in range(people)]
    table = a_table(events)
    view = table.view(table.slots.in_order())
    assessor = Assessor(table, RULES, NOW)
    asked = [
        (assessor.assess(each, view), np.array(sorted(random.sample(range(size), min(size, 3)))))
        for each in dossiers
    ]
    asked = [(seen, rows[: random.randrange(4)]) for seen, rows in asked]
    found = list(tell(asked, view, seconds(NOW), pairs_at_once=pairs))
    assert len(found) == people
    for (seen, rows), told in zip(asked, found, strict=True):
        scores = seen.scores(rows.tolist())
        assert [each.row for each in told] == rows.tolist()
        for place, each in enumerate(told):
            assert list(each.weight) == scores.weight[place].tolist()
            for option in (ALONE, ACCOMPANIED):
                contributions = each.contributions(option)
                assert contributions == scores.contributions(place, option)
                total = sum(part.amount for part in contributions)
                assert total == scores.log_odds[place, option]


def test_nobody_and_nothing() -> None:
    table = a_table([])
    assessor = Assessor(table, RULES, NOW)
    assert list(assessor.assess_all([], table.view([]))) == []
    dossier = Dossier(a_customer(), Outlook(Lens.of(themes=TREE)), {}, {})
    seen = next(assessor.assess_all([dossier], table.view([])))
    assert seen.weight.shape == (0, 2)
    assert seen.refused_by_reason() == [0] * len(BIT)


def test_a_part_of_the_events_is_as_all_of_them() -> None:
    random = Random(5)  # noqa: S311 - a test world, not a secret
    events = [an_event_of_any_kind(random, number) for number in range(9)]
    table, dossier = a_table(events), a_dossier(random, 1, events, a_lens(random))
    seen = Assessor(table, RULES, NOW).assess(dossier, table.view(table.slots.in_order()))
    rows = [7, 2, 4]
    whole, part = score(dossier.customer, seen.view, *dossier.outlook), seen.scores(rows)
    assert whole.weight[rows].tobytes() == part.weight.tobytes()
    for place, row in enumerate(rows):
        assert whole.contributions(row, 0) == part.contributions(place, 0)
    assert np.array_equal(part.variance, whole.variance[rows])
