"""Speaks to one customer: in his language, and as formally as he likes."""

from dataclasses import dataclass

from kindred_common.i18n.translator import Translator, translator
from kindred_outreach.domain.recipients import Recipient

INFORMAL = "informal"


@dataclass(frozen=True, slots=True)
class Speech:
    """A translator with a tone; Dutch knows two ("u" and "je"), kept under the context ``informal``."""

    translator: Translator
    formal: bool

    def say(self, message: str, **values: object) -> str:
        """The text in this language and tone, with its values filled in."""
        text = self.translator.gettext(message)
        if not self.formal:
            informal = self.translator.pgettext(INFORMAL, message)
            text = informal if informal != message else text
        return text % values if values else text


def speech_for(recipient: Recipient, zone: str) -> Speech:
    """How this customer is spoken to about something in a time zone (IANA)."""
    return Speech(translator(recipient.language, zone), recipient.formal)
