"""What explanations are put together from: each thing that can speak for or against a pair, refuse it or flip it, in words."""

from collections.abc import Mapping

from kindred_common.i18n.translator import translatable
from kindred_matching.domain.explanation import Outcome
from kindred_matching.domain.flips import FlipKind
from kindred_matching.domain.vocabulary import Reason
from kindred_matching.domain.wishes import WishKind

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.FIXED: translatable("Already invited."),
    Outcome.CHOSEN: translatable("Chosen for this event."),
    Outcome.CANDIDATE: translatable("Not chosen, though allowed."),
    Outcome.REFUSED: translatable("Not possible."),
    Outcome.CANCELLED: translatable("The event was cancelled."),
}

OUTCOMES_BECAUSE: Mapping[Outcome, str] = {
    Outcome.CANDIDATE: translatable("Not chosen, though allowed: %(reasons)s."),
    Outcome.REFUSED: translatable("Not possible: %(reasons)s."),
}
"""The outcomes that have reasons, where there are any."""

REASONS: Mapping[Reason, str] = {
    Reason.INACTIVE: translatable("this customer is not active any more"),
    Reason.OBJECTION: translatable("this customer does not want invitations"),
    Reason.CONSENT: translatable("there is no consent for invitations"),
    Reason.NORM: translatable("the employer's rules do not allow it"),
    Reason.HOSPITALITY: translatable("the yearly limit for hospitality leaves no room for it"),
    Reason.OPEN_CASE: translatable("a complaint is still open"),
    Reason.BLOCKED_DAYS: translatable("it falls on a day that never suits this customer"),
    Reason.EXCLUDED_THEMES: translatable("it is about a subject that this customer does not want"),
    Reason.LANGUAGE: translatable("it is not held in this customer's language"),
    Reason.DISTANCE: translatable("it is farther away than this customer wants to travel"),
    Reason.AGE: translatable("this customer may be too young for it"),
    Reason.PAST: translatable("it has already begun"),
    Reason.DECLINED: translatable("an earlier invitation to it was declined or taken back"),
    Reason.EXCLUDED: translatable("the account manager has ruled it out"),
    Reason.HOLD_OUT: translatable(
        "this customer belongs to the control group, to which nothing is proposed"
    ),
    Reason.SEATS: translatable("all seats are taken"),
    Reason.CAP: translatable("this customer has as many invitations as are allowed"),
    Reason.OVERLAP: translatable("it clashes with something else in this customer's agenda"),
    Reason.ACCOUNT: translatable("this customer's company already has what one company may have"),
    Reason.BUDGET: translatable("too little of the budget is left"),
}
"""Clauses that stand in a list behind an outcome."""

WISHES: Mapping[WishKind, str] = {
    WishKind.PIN: translatable("The account manager wished for it."),
    WishKind.PREFER: translatable(
        "The account manager prefers it, so it counts for half as much again."
    ),
}
"""What is said of wishes that are no refusal."""

DRAWN = translatable("It was drawn by lot, to find out whether it suits better than we think.")

CONDITIONS: Mapping[Reason, str] = {
    Reason.INACTIVE: translatable("the relation were active again"),
    Reason.OBJECTION: translatable("the objection to invitations were withdrawn"),
    Reason.CONSENT: translatable("consent were given"),
    Reason.NORM: translatable("the employer's rules allowed it"),
    Reason.HOSPITALITY: translatable("the yearly limit for hospitality left room for it"),
    Reason.OPEN_CASE: translatable("the open complaint were settled"),
    Reason.BLOCKED_DAYS: translatable("the day were no objection"),
    Reason.EXCLUDED_THEMES: translatable("the subject were no objection"),
    Reason.LANGUAGE: translatable("the language were no objection"),
    Reason.DISTANCE: translatable("the distance were no objection"),
    Reason.AGE: translatable("this customer were old enough"),
    Reason.PAST: translatable("it had not begun yet"),
    Reason.DECLINED: translatable("the earlier invitation had not been declined or taken back"),
    Reason.EXCLUDED: translatable("the account manager no longer ruled it out"),
    Reason.HOLD_OUT: translatable("this customer did not belong to the control group"),
}
"""How it would be without the refusal, behind "if"."""

CHANGES: Mapping[FlipKind, str] = {
    FlipKind.INTEREST_CONFIRMED: translatable("the interest in %(theme)s were confirmed"),
    FlipKind.INTEREST_FOUND: translatable("there turned out to be an interest in %(theme)s"),
    FlipKind.GIVEN_UP: translatable("another event were not proposed"),
    FlipKind.ONE_MORE_INVITATION: translatable("one more invitation were allowed"),
    FlipKind.ONE_MORE_GUEST: translatable("one more guest of each company were allowed"),
}
"""What else would have to be different, behind "if"."""

MORE_MONEY: Mapping[FlipKind, str] = {
    FlipKind.MORE_BUDGET: translatable(
        "With %(money)s more to spend this customer would be chosen."
    ),
    FlipKind.MORE_FOR_ACCOUNT: translatable(
        "With %(money)s more for this customer's company this customer would be chosen."
    ),
}
"""What money would do, where it is what is missing."""

KINDS: Mapping[str, str] = {
    "seminar": translatable("seminars"),
    "workshop": translatable("workshops"),
    "information_day": translatable("information days"),
    "sport": translatable("sports events"),
    "culture": translatable("cultural events"),
    "dinner": translatable("dinners"),
    "outing": translatable("outings"),
    "online": translatable("online meetings"),
}

ABOUT: Mapping[str, tuple[str, str]] = {
    "interest:": (
        translatable("interest in %(subject)s"),
        translatable("little interest in %(subject)s"),
    ),
    "kind:": (
        translatable("a liking for %(subject)s"),
        translatable("no great liking for %(subject)s"),
    ),
    "general:theme:": (
        translatable("the appeal of %(subject)s to customers in general"),
        translatable("the limited appeal of %(subject)s to customers in general"),
    ),
    "general:kind:": (
        translatable("the popularity of %(subject)s"),
        translatable("the limited popularity of %(subject)s"),
    ),
    "experience:theme:": (
        translatable("good experience with invitations about %(subject)s"),
        translatable("less good experience with invitations about %(subject)s"),
    ),
    "experience:kind:": (
        translatable("good experience with invitations to %(subject)s"),
        translatable("less good experience with invitations to %(subject)s"),
    ),
}
"""Contributions about a theme or a kind of event, by what stands before its name: in favour and against."""

OF_KIND = frozenset({"kind:", "general:kind:", "experience:kind:"})
"""Those of them that are about a kind of event, not a theme."""

ALONE: Mapping[str, tuple[str, str]] = {
    "experience:openness": (
        translatable("a readiness to accept invitations"),
        translatable("a certain reserve towards invitations"),
    ),
    "distance": (
        translatable("a willingness to travel"),
        translatable("the distance"),
    ),
    "loyalty": (
        translatable("satisfaction with our company"),
        translatable("less satisfaction with our company"),
    ),
    "day": (
        translatable("the day of the week"),
        translatable("the day of the week"),
    ),
    "novelty": (
        translatable("that it would be something new"),
        translatable("that it would be something new"),
    ),
    "recent-moment": (
        translatable("a recent visit to another event"),
        translatable("a recent visit to another event"),
    ),
    "manner": (
        translatable("the preferred way of being invited"),
        translatable("the preferred way of being invited"),
    ),
    "companion": (
        translatable("the wish to bring company"),
        translatable("the wish not to come alone"),
    ),
    "base": (
        translatable("the readiness of customers in general to come"),
        translatable("the reserve of customers in general"),
    ),
}
"""The other contributions: in favour and against."""
