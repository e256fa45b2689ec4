"""Writes letters from templates: one file a purpose, its text in the catalogue, its blocks the parts of a letter."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from kindred_common.i18n.translator import translatable
from kindred_outreach.adapters.letters.facts import event_data, moment, when, zone_of
from kindred_outreach.adapters.letters.speech import Speech, speech_for
from kindred_outreach.domain.letters import Incomplete, Letter
from kindred_outreach.domain.messages import Message
from kindred_outreach.domain.recipients import Recipient

TEMPLATES = Path(__file__).parent / "templates"
NEED_LINK = frozenset({"survey_invitation", "event_invitation", "feedback_request"})
NEED_START = frozenset(
    {"event_invitation", "event_confirmation", "event_cancellation", "feedback_request"}
)
SHOW_FACTS = NEED_START - {"feedback_request"}


class TemplateLetters:
    """Fills the templates in the name of a company."""

    def __init__(self, company: str, postal_address: str | None) -> None:
        self._company = company
        self._postal_address = postal_address

    def write(self, message: Message, recipient: Recipient, unsubscribe: str | None) -> Letter:
        data = event_data(message)
        speech = speech_for(recipient, zone_of(message, data))
        if message.purpose in NEED_LINK and not message.link:
            raise Incomplete("link")
        parts = _Parts(message.purpose, speech, self._values(speech, message, data))
        return Letter(
            language=speech.translator.language,
            subject=parts.line("subject"),
            preview=parts.line("preview"),
            greeting=_greeting(speech, recipient),
            before=parts.paragraphs("before"),
            facts=_facts(speech, message, data),
            after=parts.paragraphs("after"),
            action=parts.line("action") or None,
            link=message.link,
            closing=speech.say(translatable("Kind regards,")),
            signature=self._signature(recipient),
            footer=self._footer(speech),
            unsubscribe_label=speech.say(translatable("Unsubscribe from messages like this")),
            unsubscribe_link=unsubscribe,
        )

    def _values(
        self, speech: Speech, message: Message, data: Mapping[str, str]
    ) -> Mapping[str, object]:
        starts, closes = moment(data, "starts_at"), moment(data, "closes_at")
        if starts is None and message.purpose in NEED_START:
            raise Incomplete("starts_at")
        days: dict[str, object] = {}
        if starts is not None:
            days["starts_on"] = speech.translator.format_date(starts)
        if closes is not None:
            days["closes_on"] = speech.translator.format_date(closes)
        return {
            **data,
            **days,
            "company": self._company,
            "link": message.link,
            "in_calendar": message.calendar is not None,
        }

    def _signature(self, recipient: Recipient) -> tuple[str, ...]:
        name = recipient.account_manager_name
        return (name, self._company) if name else (self._company,)

    def _footer(self, speech: Speech) -> str:
        reason = speech.say(
            translatable("You receive this message because you are a relation of %(company)s."),
            company=self._company,
        )
        return f"{reason} {self._postal_address}" if self._postal_address else reason


class _Parts:
    """The blocks of a purpose's template, filled in."""

    def __init__(self, purpose: str, speech: Speech, values: Mapping[str, object]) -> None:
        try:
            self._template = _environment().get_template(f"{purpose}.txt")
        except TemplateNotFound:
            raise Incomplete("purpose") from None
        self._context: Context = self._template.new_context({**values, "_": speech.say})

    def line(self, block: str) -> str:
        """A block on one line; empty when the template has none of that name."""
        return " ".join(self._fill(block).split())

    def paragraphs(self, block: str) -> tuple[str, ...]:
        """A block's paragraphs: what blank lines divide."""
        pieces = self._fill(block).split("\n\n")
        return tuple(text for piece in pieces if (text := " ".join(piece.split())))

    def _fill(self, block: str) -> str:
        if block not in self._template.blocks:
            return ""
        try:
            return "".join(self._template.blocks[block](self._context))
        except UndefinedError as error:
            raise Incomplete(_name_in(error)) from None


def _name_in(error: UndefinedError) -> str:
    """The variable's name, which Jinja quotes in its message."""
    parts = str(error.message or "").split("'")
    return parts[1] if len(parts) > 1 else "variable"


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # parts of a letter are plain text; its form escapes them
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _greeting(speech: Speech, recipient: Recipient) -> str:
    name = recipient.full_name if recipient.formal else recipient.given_name
    return speech.say(translatable("Dear %(name)s,"), name=name)


def _facts(
    speech: Speech, message: Message, data: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    starts = moment(data, "starts_at")
    if message.purpose not in SHOW_FACTS or starts is None:
        return ()
    shown = [(speech.say(translatable("When")), when(speech, starts, moment(data, "ends_at")))]
    if data.get("place_name"):
        shown.append((speech.say(translatable("Where")), data["place_name"]))
    return tuple(shown)
