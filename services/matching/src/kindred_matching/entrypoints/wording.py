"""Explanations in words: for an account manager, who need know nothing of how matching reckons."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from kindred_common.i18n.translator import Translator, translatable, translator
from kindred_matching.domain.explanation import Bid, Explanation, Outcome
from kindred_matching.domain.flips import Flip, FlipKind
from kindred_matching.domain.parts import Contribution
from kindred_matching.domain.taxonomy import Taxonomy
from kindred_matching.entrypoints.phrases import (
    ABOUT,
    ALONE,
    CHANGES,
    CONDITIONS,
    DRAWN,
    KINDS,
    MORE_MONEY,
    OF_KIND,
    OUTCOMES,
    OUTCOMES_BECAUSE,
    REASONS,
    WISHES,
)

Labels = Mapping[str, Mapping[str, str]]
"""The names of themes: by language, by theme."""

MAIN_REASONS = 3
"""More than these few only blur what mattered."""

SLIGHT = 0.1
"""Log-odds that nobody would notice: a chance of one half becomes one of 52 %."""

MOST_DECIMALS = 4
"""Amounts that differ less than these can show are told as equal."""


class _Speech(NamedTuple):
    """A language, and the names of themes in it."""

    speech: Translator
    names: Mapping[str, str]


def labels_of(taxonomy: Taxonomy) -> Labels:
    """The names of the taxonomy's themes."""
    return {
        "en": {theme.id: theme.en for theme in taxonomy.themes},
        "nl": {theme.id: theme.nl for theme in taxonomy.themes},
    }


def words_of(explanation: Explanation, labels: Labels, language: str) -> tuple[str, ...]:
    """One to seven sentences: the outcome, a wish, a lot, what spoke for and against it, what a seat costs, and what would turn it.

    ``language`` is "en" or "nl". A theme that is not among the labels goes by its identifier.
    """
    tongue = _Speech(translator(language), labels.get(language, {}))
    sentences = [_outcome(explanation, tongue.speech)]
    if explanation.outcome is Outcome.CANCELLED:
        return tuple(sentences)
    sentences += [
        tongue.speech.gettext(said) for kind, said in WISHES.items() if kind is explanation.wish
    ]
    if explanation.propensity is not None:
        sentences.append(tongue.speech.gettext(DRAWN))
    # What is refused for good has no use for reasons: they would not change anything.
    if explanation.outcome is not Outcome.REFUSED or explanation.flips:
        sentences += _reasons(_best_contributions(explanation), tongue)
    if explanation.bid is not None:
        sentences += _price(explanation, explanation.bid, tongue.speech)
    if explanation.flips:
        sentences.append(_flip(explanation.flips[0], tongue))
    return tuple(sentences)


def _outcome(explanation: Explanation, speech: Translator) -> str:
    reasons = explanation.refusals or explanation.obstacles
    sentence = OUTCOMES_BECAUSE.get(explanation.outcome)
    if sentence is None or not reasons:
        return speech.gettext(OUTCOMES[explanation.outcome])
    clauses = [speech.gettext(REASONS[reason]) for reason in reasons]
    return speech.gettext(sentence) % {"reasons": _listed(clauses, speech)}


def _best_contributions(explanation: Explanation) -> tuple[Contribution, ...]:
    best = max(explanation.options, key=lambda option: option.score, default=None)
    return best.contributions if best else ()


def _reasons(contributions: Sequence[Contribution], tongue: _Speech) -> list[str]:
    """What speaks for it, and what against it: a sentence for each, if there is something to say."""
    speech = tongue.speech
    # How ready customers in general are to come tells nothing of this one.
    own = [each for each in contributions if each.name != "base" and abs(each.amount) >= SLIGHT]
    main = _main(own)
    in_favour = _phrases([each for each in main if each.amount > 0], tongue)
    against = _phrases([each for each in main if each.amount < 0], tongue)
    if not main:
        return [speech.gettext("Nothing that we know speaks clearly for it or against it.")]
    found = []
    if in_favour:
        sentence = speech.gettext("In favour: %(reasons)s.")
        found.append(sentence % {"reasons": _listed(in_favour, speech)})
    if against:
        sentence = speech.gettext("Against: %(reasons)s.")
        found.append(sentence % {"reasons": _listed(against, speech)})
    return found


def _main(contributions: Sequence[Contribution]) -> list[Contribution]:
    """The strongest, of both sides if there is anything on both."""
    ranked = sorted(contributions, key=lambda each: -abs(each.amount))
    first = [
        next((each for each in ranked if (each.amount > 0) is side), None) for side in (True, False)
    ]
    told = [each for each in first if each is not None]
    told += [each for each in ranked if each not in told][: MAIN_REASONS - len(told)]
    return sorted(told, key=lambda each: -abs(each.amount))


def _phrases(contributions: Sequence[Contribution], tongue: _Speech) -> list[str]:
    """The contributions in words; those that say the same of several subjects are said together."""
    subjects: dict[str, list[str]] = {}
    for each in contributions:
        phrase, subject = phrase_of(each, tongue.speech, tongue.names)
        subjects.setdefault(phrase, []).append(subject)
    return [
        phrase % {"subject": _listed(found, tongue.speech)} for phrase, found in subjects.items()
    ]


def phrase_of(
    contribution: Contribution, speech: Translator, names: Mapping[str, str]
) -> tuple[str, str]:
    """What a contribution says, and of which subject (empty if it needs none)."""
    against, name = contribution.amount < 0, contribution.name
    if name in ALONE:
        return speech.gettext(ALONE[name][against]), ""
    about = next((prefix for prefix in ABOUT if name.startswith(prefix)), None)
    if about is None:
        return "%(subject)s", name
    subject = name.removeprefix(about)
    told = (
        speech.gettext(KINDS.get(subject, subject))
        if about in OF_KIND
        else _in_text(subject, names)
    )
    return speech.gettext(ABOUT[about][against]), told


def _in_text(theme: str, names: Mapping[str, str]) -> str:
    """The theme's name as it stands in the middle of a sentence; one that has more capitals keeps the first."""
    name = names.get(theme, theme)
    return name[:1].lower() + name[1:] if name[1:] == name[1:].lower() else name


def _price(explanation: Explanation, bid: Bid, speech: Translator) -> list[str]:
    """What the customer offers for a seat, and what one costs; nothing where there is none to be had."""
    if bid.price is None:
        return []
    chosen = explanation.outcome is Outcome.CHOSEN
    if bid.bid <= 0.0 and not chosen:
        return [speech.gettext(_NOT_EVEN_FREE[bid.bid + bid.charges > 0.0])]
    amounts = _amounts(bid.bid, bid.price, speech)
    close = amounts["bid"] == amounts["price"]
    if bid.price <= 0.0:
        sentence = translatable("This customer offers %(bid)s; a seat costs nothing here.")
    elif bid.bid < bid.price and not close:
        sentence = _TOO_DEAR[chosen]
    elif chosen or explanation.obstacles:
        sentence = translatable("This customer offers %(bid)s; a seat costs %(price)s here.")
    else:
        sentence = translatable(
            "It was a close call: this customer offers %(bid)s, a seat costs %(price)s here."
        )
    return [speech.gettext(sentence) % amounts]


_NOT_EVEN_FREE = {
    False: translatable(
        "Other events suit this customer better, even if a seat here costs nothing."
    ),
    True: translatable("Money is short, and what coming here costs brings in more elsewhere."),
}
"""Told of those who offer nothing, by whether they would if money were no matter."""

_TOO_DEAR = {
    False: translatable("A seat costs %(price)s here; this customer offers %(bid)s."),
    # What the account manager wishes for, or a lot fell on, is proposed whatever others are worth.
    True: translatable(
        "A seat costs %(price)s here; this customer offers %(bid)s and gets one all the same."
    ),
}
"""Told of those who offer less than a seat costs, by whether they were chosen."""


def _amounts(bid: float, price: float, speech: Translator) -> dict[str, str]:
    """Both with two decimals, or as many more as it takes to tell them apart, and from nothing."""
    amounts = {"bid": max(0.0, bid), "price": max(0.0, price)}
    for decimals in range(2, MOST_DECIMALS + 1):
        told = {name: speech.format_number(each, decimals) for name, each in amounts.items()}
        vanished = any(0.0 < each < 0.5 * 10.0**-decimals for each in amounts.values())
        if told["bid"] != told["price"] and not vanished:
            return told
    return {name: speech.format_number(each, 2) for name, each in amounts.items()}


def _flip(flip: Flip, tongue: _Speech) -> str:
    """What would make the outcome another."""
    speech, seats = tongue.speech, {"seats": tongue.speech.format_number(flip.seats)}
    if flip.kind is FlipKind.MORE_SEATS:
        sentence = speech.ngettext(
            "With one more seat this customer would be chosen.",
            "With %(seats)s more seats this customer would be chosen.",
            flip.seats,
        )
        return sentence % seats
    if flip.kind is FlipKind.FEWER_SEATS:
        sentence = speech.ngettext(
            "With one seat fewer this customer would no longer be chosen.",
            "With %(seats)s seats fewer this customer would no longer be chosen.",
            flip.seats,
        )
        return sentence % seats
    if flip.kind in MORE_MONEY:
        sentence = speech.gettext(MORE_MONEY[flip.kind])
        return sentence % {"money": speech.format_money(Decimal(flip.cents) / 100)}
    condition = CONDITIONS[flip.refusal] if flip.refusal else CHANGES[flip.kind]
    told = {"theme": _in_text(flip.theme or "", tongue.names)}
    return speech.gettext("If %(condition)s, this customer would be chosen.") % {
        "condition": speech.gettext(condition) % told
    }


def _listed(items: Sequence[str], speech: Translator) -> str:
    """One, two and three; with a comma more where one of them is a list itself."""
    if len(items) < 2:
        return "".join(items)
    pair = speech.gettext("%(first)s and %(last)s")
    conjunction = pair % {"first": "", "last": ""}
    if any(conjunction in item for item in items):
        pair = speech.gettext("%(first)s, and %(last)s")
    return pair % {"first": ", ".join(items[:-1]), "last": items[-1]}
