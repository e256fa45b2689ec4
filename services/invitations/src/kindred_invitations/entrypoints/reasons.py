"""Why a decision waits, in a sentence of the reader's language."""

from collections.abc import Callable, Mapping

from kindred_common.i18n.translator import Translator, translatable
from kindred_invitations.domain.decisions import DecisionKind, Matter

_MANNERS = {
    "phone": translatable("Call this customer to invite him to %(event)s on %(date)s."),
    "card": translatable("Send this customer a card to invite him to %(event)s on %(date)s."),
    "personal": translatable("Invite this customer in person to %(event)s on %(date)s."),
    "secretary": translatable(
        "Invite this customer to %(event)s on %(date)s by way of the secretary."
    ),
}

_RULES = {
    "objection": translatable("the customer objected"),
    "consent": translatable("there is no consent"),
    "suppression": translatable("the address does not work"),
    "suppressed": translatable("the address does not work"),
    "hard_bounce": translatable("the address does not work"),
    "no_address": translatable("there is no address"),
    "contact_pressure": translatable("the customer hears from us often enough this week"),
    "uncertain": translatable("nobody knows whether it arrived"),
    "bounced": translatable("it came back"),
    "unknown_customer": translatable("nothing is known of the customer"),
}


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
    sentence = "%(event)s on %(date)s fits this customer (score %(score)s); %(left)s."
    return speech.gettext(sentence) % told


def _call(matter: Matter, speech: Translator) -> str:
    sentence = _MANNERS.get(matter.detail or "", _MANNERS["personal"])
    return speech.gettext(sentence) % _event(matter, speech)


def _not_sent(matter: Matter, speech: Translator) -> str:
    rule = _RULES.get(matter.detail or "")
    if rule is None:
        sentence = "The message about %(event)s on %(date)s did not reach this customer."
        return speech.gettext(sentence) % _event(matter, speech)
    sentence = "The message about %(event)s on %(date)s did not reach this customer: %(rule)s."
    return speech.gettext(sentence) % {**_event(matter, speech), "rule": speech.gettext(rule)}


def _no_show(matter: Matter, speech: Translator) -> str:
    sentence = "This customer had accepted but did not come to %(event)s on %(date)s."
    return speech.gettext(sentence) % _event(matter, speech)


def _low_feedback(matter: Matter, speech: Translator) -> str:
    told = {**_event(matter, speech), "rating": matter.rating}
    if matter.event_title is None:
        return speech.gettext("A moment fell short for this customer: %(rating)s of 5.") % told
    sentence = "%(event)s on %(date)s fell short for this customer: %(rating)s of 5."
    return speech.gettext(sentence) % told


def _detractor(matter: Matter, speech: Translator) -> str:
    told = {"rating": matter.rating, "date": speech.format_date(matter.since, "long")}
    sentence = "This customer would not recommend us: %(rating)s of 10, given on %(date)s."
    return speech.gettext(sentence) % told


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
