"""Explanations in words: nothing is left out, nothing stays untranslated, and a person can read it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from services.matching.tests.worlds import (
    KINDS,
    NOW,
    THEMES,
    a_customer,
    an_engine,
    an_event,
    an_interest,
    customer_id,
    event_id,
)

from kindred_common.contracts.vocabulary import EventKind, ReasonCode
from kindred_common.i18n.extraction import texts, translated
from kindred_common.i18n.translator import translator
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.explanation import Bid, Explanation, Option, Outcome, explain
from kindred_matching.domain.flips import Flip, FlipKind
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.lessons import Lesson
from kindred_matching.domain.parts import Contribution
from kindred_matching.domain.scoring import score
from kindred_matching.domain.vocabulary import REFUSING, WEEKDAYS, Reason
from kindred_matching.domain.wishes import WishKind
from kindred_matching.entrypoints import phrases
from kindred_matching.entrypoints.schemas import ExplanationView
from kindred_matching.entrypoints.wording import labels_of, phrase_of, words_of

SOURCES = Path(phrases.__file__).parent
LABELS = labels_of(read_taxonomy())
LANGUAGES = ("en", "nl")
PLAIN = Explanation(Outcome.CANDIDATE, (), (), (), None, ())


def an_option(**amounts: float) -> Option:
    """What speaks for and against, by name; two underscores stand for the colon, one for a dash."""
    told = tuple(
        Contribution(name.replace("__", ":").replace("_", "-"), amount)
        for name, amount in amounts.items()
    )
    return Option(1, 0.7, sum(part.amount for part in told), 0.6, 0.8, 1.2, told)


def read(language: str, **changes: Any) -> str:
    return " ".join(words_of(replace(PLAIN, **changes), LABELS, language))


def every_explanation() -> Iterator[Explanation]:
    """Each outcome, each reason both ways, each flip, each contribution both ways, and each kind of bid."""
    for outcome in Outcome:
        yield replace(PLAIN, outcome=outcome)
    for reason in Reason:
        yield replace(PLAIN, outcome=Outcome.REFUSED, refusals=(reason,))
        yield replace(PLAIN, obstacles=(reason,))
    for refusal in REFUSING:
        yield replace(PLAIN, flips=(Flip(FlipKind.ALLOWED, refusal=refusal),))
    for kind, seats in product(set(FlipKind) - {FlipKind.ALLOWED}, (1, 2)):
        flip = Flip(kind, seats=seats, theme="opera", event_id=event_id(1), cents=6050)
        yield replace(PLAIN, flips=(flip,))
    for name, amount in product(sorted(every_contribution()), (0.8, -0.8)):
        option = replace(an_option(), contributions=(Contribution(name, amount),))
        yield replace(PLAIN, options=(option,))
    amounts = ((0.9, 0.7), (0.7, 0.9), (-0.2, 0.1), (0.5, 0.0), (0.5, 0.5))
    for outcome, (bid, price) in product((Outcome.CHOSEN, Outcome.CANDIDATE), amounts):
        yield replace(PLAIN, outcome=outcome, bid=Bid(bid, price, ()))
    yield replace(PLAIN, bid=Bid(-0.2, 0.1, (), charges=0.5))


def every_contribution() -> set[str]:
    """All that scoring can name, found by scoring those of whom everything is known, when everything has been learned."""
    terms = [f"theme:{theme}" for theme in THEMES] + [f"kind:{kind}" for kind in EventKind]
    days = [f"day:{day}" for day in WEEKDAYS]
    shifts = tuple((term, 0.5) for term in (*terms, *days, "manner:email", "novelty"))
    lessons = [Lesson(subject, 0.5, 1.0, NOW) for subject in (*terms, "openness")]
    table = EventTable()
    for number, kind in enumerate(EventKind):
        table.put(
            an_event(number + 1, kind=str(kind), themes=((THEMES[number % len(THEMES)], 1.0),)),
            NOW,
        )
    customer = a_customer(
        home=replace(an_event().place, latitude=51.0),  # type: ignore[type-var]  # it has a place
        interests=tuple(an_interest(theme) for theme in THEMES),
        kinds=tuple((str(kind), 0.9) for kind in EventKind),
        companion_wish="partner",
        nps=9,
        last_attended_at=NOW,
    )
    scores = score(customer, table.view(table.live()), Lens.of(shifts=shifts), lessons)
    rows = range(len(EventKind))
    return {part.name for row in rows for part in scores.contributions(row, 0)}


def test_scoring_names_all_that_is_in_words() -> None:
    """And so the walk over the contributions below leaves nothing out."""
    found = every_contribution()
    starts = {next((p for p in phrases.ABOUT if name.startswith(p)), name) for name in found}
    assert starts == set(phrases.ABOUT) | set(phrases.ALONE)
    assert {name.removeprefix("kind:") for name in found if name.startswith("kind:")} == set(
        EventKind
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_contribution_has_words_of_its_own(language: str) -> None:
    for name in every_contribution():
        for amount in (0.5, -0.5):
            phrase, subject = phrase_of(
                Contribution(name, amount), translator(language), LABELS[language]
            )
            told = phrase % {"subject": subject}
            assert told.strip()
            assert ":" not in told
            assert name != told


def test_every_outcome_reason_kind_and_flip_has_words() -> None:
    assert set(phrases.OUTCOMES) == set(Outcome)
    assert set(phrases.REASONS) == set(Reason)
    assert set(phrases.CONDITIONS) == set(REFUSING)
    assert set(phrases.KINDS) == set(EventKind) >= set(KINDS)
    elsewhere = {FlipKind.MORE_SEATS, FlipKind.FEWER_SEATS, FlipKind.ALLOWED}
    assert set(phrases.CHANGES) | set(phrases.MORE_MONEY) | elsewhere == set(FlipKind)


def test_all_that_can_be_said_is_one_to_five_whole_sentences() -> None:
    for explanation in every_explanation():
        said = {language: words_of(explanation, LABELS, language) for language in LANGUAGES}
        assert len(said["en"]) == len(said["nl"])
        for language, sentences in said.items():
            assert 1 <= len(sentences) <= 5
            for sentence in sentences:
                assert re.fullmatch(r"[A-Z].*[^.,: ]\.", sentence), sentence
                assert "%" not in sentence
                assert "None" not in sentence
                assert not re.search(r"\b(he|him|his|hij|hem|zijn klant)\b", sentence), sentence
                assert language == "en" or sentence not in said["en"], sentence


def test_dutch_has_every_text() -> None:
    used = {text.message for text in texts([SOURCES])}
    assert used
    assert used - translated("nl") == set()
    assert set(phrases.REASONS.values()) | set(phrases.OUTCOMES.values()) <= used


def test_one_that_just_missed_it() -> None:
    missed = {
        "options": (
            an_option(
                interest__opera=1.6, base=-0.25, distance=-0.7, kind__dinner=0.4, loyalty=0.3
            ),
        ),
        "obstacles": (Reason.SEATS,),
        "bid": Bid(0.74, 0.9, ()),
        "flips": (Flip(FlipKind.MORE_SEATS, seats=2), Flip(FlipKind.ONE_MORE_INVITATION)),
    }
    assert read("en", **missed) == (
        "Not chosen, though allowed: all seats are taken. "
        "In favour: interest in opera and a liking for dinners. "
        "Against: the distance. "
        "A seat costs 0.90 here; this customer offers 0.74. "
        "With 2 more seats this customer would be chosen."
    )
    assert read("nl", **missed) == (
        "Niet gekozen, al mag het wel: alle plaatsen zijn bezet. "
        "Ervoor pleit: belangstelling voor opera en een voorliefde voor diners. "
        "Ertegen pleit: de afstand. "
        "Een plaats kost hier 0,90; deze klant biedt 0,74. "
        "Met 2 plaatsen meer zou deze klant worden gekozen."
    )


def test_one_that_was_chosen() -> None:
    chosen = {
        "outcome": Outcome.CHOSEN,
        "options": (
            an_option(companion=-0.4, interest__wine=0.9),
            replace(an_option(companion=0.7, interest__wine=0.9, interest__cooking=1.1), score=0.9),
        ),
        "bid": Bid(0.83, 0.61, ()),
        "flips": (Flip(FlipKind.FEWER_SEATS, seats=1),),
    }
    assert read("en", **chosen) == (
        "Chosen for this event. "
        "In favour: interest in cooking and wine, and the wish to bring company. "
        "This customer offers 0.83; a seat costs 0.61 here. "
        "With one seat fewer this customer would no longer be chosen."
    )
    assert read("nl", **chosen) == (
        "Gekozen voor deze bijeenkomst. "
        "Ervoor pleit: belangstelling voor koken en wijn, en de wens om iemand mee te brengen. "
        "Deze klant biedt 0,83; een plaats kost hier 0,61. "
        "Met één plaats minder zou deze klant niet meer worden gekozen."
    )


def test_one_that_is_refused() -> None:
    refused = {
        "outcome": Outcome.REFUSED,
        "options": (an_option(interest__opera=1.6),),
        "refusals": (Reason.CONSENT, Reason.OPEN_CASE, Reason.LANGUAGE),
    }
    assert read("en", **refused) == (
        "Not possible: there is no consent for invitations, a complaint is still open and "
        "it is not held in this customer's language."
    )
    assert read("nl", **refused) == (
        "Dit kan niet: er is geen toestemming voor uitnodigingen, er loopt nog een klacht en "
        "het is niet in de taal van deze klant."
    )
    flip = Flip(FlipKind.ALLOWED, refusal=Reason.CONSENT)
    assert read("en", **refused | {"refusals": (Reason.CONSENT,), "flips": (flip,)}) == (
        "Not possible: there is no consent for invitations. "
        "In favour: interest in opera. "
        "If consent were given, this customer would be chosen."
    )


def test_one_whose_agenda_and_taste_are_in_the_way() -> None:
    busy = {
        "options": (an_option(recent_moment=-0.5, interest__latin=-0.8, kind__culture=0.05),),
        "obstacles": (Reason.OVERLAP, Reason.CAP),
        "bid": Bid(-0.1, 0.3, (event_id(2),)),
        "flips": (Flip(FlipKind.GIVEN_UP, event_id=event_id(2)),),
    }
    assert read("en", **busy) == (
        "Not chosen, though allowed: it clashes with something else in this customer's agenda and "
        "this customer has as many invitations as are allowed. "
        "Against: little interest in latin and a recent visit to another event. "
        "Other events suit this customer better, even if a seat here costs nothing. "
        "If another event were not proposed, this customer would be chosen."
    )
    assert read("nl", **busy) == (
        "Niet gekozen, al mag het wel: het botst met iets anders in de agenda van deze klant en "
        "deze klant heeft al het toegestane aantal uitnodigingen. "
        "Ertegen pleit: weinig belangstelling voor latin en een recent bezoek aan een andere bijeenkomst. "
        "Andere bijeenkomsten passen beter bij deze klant, ook als een plaats hier niets kost. "
        "Als een andere bijeenkomst niet werd voorgesteld, zou deze klant worden gekozen."
    )


def test_a_wish_is_told_beside_what_became_of_it() -> None:
    pinned = replace(PLAIN, outcome=Outcome.CHOSEN, wish=WishKind.PIN)
    assert words_of(pinned, LABELS, "en")[:2] == (
        "Chosen for this event.",
        "The account manager wished for it.",
    )
    preferred = replace(PLAIN, wish=WishKind.PREFER)
    assert (
        words_of(preferred, LABELS, "nl")[1]
        == "De accountmanager ziet het graag, dus telt het anderhalf keer zo zwaar."
    )


def test_a_lot_is_told() -> None:
    drawn = replace(PLAIN, outcome=Outcome.CHOSEN, propensity=0.001)
    assert words_of(drawn, LABELS, "nl")[1] == (
        "Dit is geloot, om te zien of het beter past dan gedacht."
    )


def test_days_and_novelty_are_told() -> None:
    option = an_option(day=-0.5, novelty=0.4)
    assert words_of(replace(PLAIN, options=(option,)), LABELS, "en")[1:] == (
        "In favour: that it would be something new.",
        "Against: the day of the week.",
    )
    assert words_of(replace(PLAIN, options=(option,)), LABELS, "nl")[1:] == (
        "Ervoor pleit: dat het iets nieuws zou zijn.",
        "Ertegen pleit: de dag van de week.",
    )


def test_both_sides_are_heard() -> None:
    option = an_option(interest__opera=-2.0, distance=-1.5, loyalty=-1.0, kind__dinner=0.2)
    assert words_of(replace(PLAIN, options=(option,)), LABELS, "en")[1:] == (
        "In favour: a liking for dinners.",
        "Against: little interest in opera and the distance.",
    )


def test_those_that_are_settled_say_no_more_than_they_need() -> None:
    assert read("en", outcome=Outcome.CANCELLED, options=(an_option(interest__opera=1.0),)) == (
        "The event was cancelled."
    )
    assert read("nl", outcome=Outcome.FIXED, options=(an_option(base=-0.25),)) == (
        "Al uitgenodigd. Niets wat we weten pleit er duidelijk voor of tegen."
    )


def test_amounts_that_differ_are_seen_to_differ() -> None:
    assert "costs 0.7412 here; this customer offers 0.7411." in read(
        "en", bid=Bid(0.74112, 0.74118, ())
    )
    assert "a close call: this customer offers 0.74, a seat costs 0.74 here." in read(
        "en", bid=Bid(0.74112, 0.741121, ())
    )
    assert "costs 0.182 here; this customer offers 0.004." in read("en", bid=Bid(0.0036, 0.182, ()))
    assert "gets one all the same." in read("en", outcome=Outcome.CHOSEN, bid=Bid(0.4, 0.6, ()))
    assert "costs" not in read("en", bid=Bid(0.4, None, ()))


@pytest.mark.parametrize(
    ("theme", "language", "told"),
    [
        ("opera", "nl", "opera"),
        ("performing-arts", "nl", "podiumkunsten"),
        ("latin-music", "nl", "Latijns-Amerikaanse muziek"),
        ("three-d-printing", "en", "3D printing"),
        ("falconry", "nl", "falconry"),
    ],
)
def test_themes_go_by_their_names(theme: str, language: str, told: str) -> None:
    option = replace(an_option(), contributions=(Contribution(f"interest:{theme}", 1.0),))
    flips = (Flip(FlipKind.INTEREST_CONFIRMED, theme=theme),)
    sentences = words_of(replace(PLAIN, options=(option,), flips=flips), LABELS, language)
    assert sum(f" {told}" in sentence for sentence in sentences) == 2


@pytest.mark.timeout(400)  # whoever settles first in a process may have to compile the kernels
def test_what_the_engine_explains_is_shown_in_both_languages() -> None:
    loves = (an_interest("opera"),)
    engine = an_engine(
        an_event(1, kind="culture", themes=(("opera", 1.0),), seats=1),
        an_event(2, open=False),
        a_customer(1, interests=loves, account_value=2.0),
        a_customer(2),
        a_customer(3, may_be_invited=False),
    )

    def view(customer: int, event: int) -> ExplanationView:
        pair: tuple[UUID, UUID] = (customer_id(customer), event_id(event))
        return ExplanationView.of(*pair, explain(engine, *pair), LABELS)

    chosen, missed, refused = view(1, 1), view(2, 1), view(3, 1)
    assert chosen.in_words.en[:2] == ["Chosen for this event.", "In favour: interest in opera."]
    assert chosen.bid is not None
    assert chosen.flips[0].kind is FlipKind.FEWER_SEATS
    assert missed.in_words.nl[0].startswith("Niet gekozen, al mag het wel: alle plaatsen")
    assert missed.bid is not None
    assert missed.bid.price is not None
    assert missed.bid.bid < missed.bid.price
    assert refused.in_words.nl[0] == "Dit kan niet: er is geen toestemming voor uitnodigingen."
    assert refused.refusals == [ReasonCode.CONSENT]
    assert view(1, 2).in_words.en == ["The event was cancelled."]
