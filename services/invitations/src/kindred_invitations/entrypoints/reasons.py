"""Why a decision waits, in a sentence of the reader's language."""

from collections.abc import Callable, Mapping

from kindred_common.i18n.translator import Translator, translatable
from kindred_invitations.domain.decisions import DecisionKind, Matter

_MANNERS = {
    "phone": translatable("Call this customer with the invitation to %(event)s on %(date)s."),
    "card": translatable("Send this customer a card with the invitation to %(event)s on %(date)s."),
    "personal": translatable("Invite this customer in person to %(event)s on %(date)s."),
    "secretary": translatable(
        "Pass the invitation to %(event)s on %(date)s to this customer by way of the secretary."
    ),
}

_RULES = {
    "unknown_customer": translatable("nothing is known of the customer"),
    "inactive": translatable("the customer is not active any more"),
    "objection": translatable("the customer does not want such messages"),
    "suppressed": translatable("earlier mail to this address came back"),
    "legal_ground": translatable("there is no legal ground for writing by e-mail"),
    "too_late": translatable("it was too late"),
    "no_address": translatable("there is no address"),
    "weekly_cap": translatable("the customer had a message less than a week ago"),
    "monthly_cap": translatable("the customer had enough messages this month"),
    "template": translatable("something was missing in it"),
    "no_such_address": translatable("the address does not exist"),
    "refused": translatable("the mail server refused it"),
    "hard_bounce": translatable("the address does not exist"),
    "soft_bounce": translatable("the mailbox cannot take it now"),
    "bounced": translatable("it came back"),
    "uncertain": translatable("nobody knows whether it arrived"),
}
"""What held a message back, by the names that outreach gives its rules."""


def reason_of(matter: Matter, speech: Translator) -> str:
    """The sentence."""
    return _SENTENCES[matter.kind](matter, speech)


def _draft(matter: Matter, speech: Translator) -> str:
    seats = matter.seats_left or 0
    left = speech.ngettext("%(seats)s seat is left", "%(seats)s seats are left", seats)
    told = {
        **_event(matter, speech),
        "score": speech.format_number(round(matter.score or 0.0, 2)),
        "left": left % {"seats": speech.format_number(seats)},
    }
    return (
        speech.gettext("%(event)s on %(date)s fits this customer (score %(score)s); %(left)s.")
        % told
    )


def _call(matter: Matter, speech: Translator) -> str:
    sentence = _MANNERS.get(matter.detail or "", _MANNERS["personal"])
    return speech.gettext(sentence) % _event(matter, speech)


def _not_sent(matter: Matter, speech: Translator) -> str:
    rule = _RULES.get(matter.detail or "")
    if rule is None:
        sentence = speech.gettext(
            "The message about %(event)s on %(date)s did not reach this customer."
        )
        return sentence % _event(matter, speech)
    sentence = speech.gettext(
        "The message about %(event)s on %(date)s did not reach this customer: %(rule)s."
    )
    return sentence % {**_event(matter, speech), "rule": speech.gettext(rule)}


def _no_show(matter: Matter, speech: Translator) -> str:
    return speech.gettext(
        "This customer had accepted but did not come to %(event)s on %(date)s."
    ) % _event(matter, speech)


def _low_feedback(matter: Matter, speech: Translator) -> str:
    told = {**_event(matter, speech), "rating": matter.rating}
    if matter.event_title is None:
        return speech.gettext("A moment fell short for this customer: %(rating)s of 5.") % told
    return (
        speech.gettext("%(event)s on %(date)s fell short for this customer: %(rating)s of 5.")
        % told
    )


def _detractor(matter: Matter, speech: Translator) -> str:
    told = {"rating": matter.rating, "date": speech.format_date(matter.since, "long")}
    return (
        speech.gettext("This customer would not recommend us: %(rating)s of 10, given on %(date)s.")
        % told
    )


def _event(matter: Matter, speech: Translator) -> Mapping[str, object]:
    starts_at = matter.event_starts_at
    if starts_at is None:
        return {"event": matter.event_title or "", "date": ""}
    return {"event": matter.event_title, "date": speech.format_date(starts_at, "long")}


_SENTENCES: Mapping[DecisionKind, Callable[[Matter, Translator], str]] = {
    DecisionKind.APPROVE_DRAFT: _draft,
    DecisionKind.CALL: _call,
    DecisionKind.NOT_SENT: _not_sent,
    DecisionKind.NO_SHOW: _no_show,
    DecisionKind.LOW_FEEDBACK: _low_feedback,
    DecisionKind.DETRACTOR: _detractor,
}
