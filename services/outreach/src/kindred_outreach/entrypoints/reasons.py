"""Rules in words, for those who ask why a message did not go out."""

from kindred_common.i18n.translator import choose_language, translatable, translator

_WORDS = {
    "unknown_customer": translatable("Nobody has told us yet who this customer is."),
    "inactive": translatable("The customer is not active any more."),
    "objection": translatable("The customer does not want messages of this kind."),
    "suppressed": translatable("Earlier mail to this address came back."),
    "legal_ground": translatable(
        "There is no legal ground for writing to this customer by e-mail."
    ),
    "too_late": translatable("The moment until which it made sense has passed."),
    "no_address": translatable("We know no e-mail address of the customer."),
    "weekly_cap": translatable("The customer had a message of this kind less than a week ago."),
    "monthly_cap": translatable("The customer had enough messages of this kind this month."),
    "survey_cap": translatable("The customer was asked to fill in a survey less than a month ago."),
    "quiet_hours": translatable("It is evening, night or Sunday; the message waits."),
    "template": translatable("The request lacks something that the text needs."),
    "no_such_address": translatable("The mail server says that the address does not exist."),
    "refused": translatable("The mail server refused the message."),
    "put_off": translatable("The mail server asked us to come back later."),
    "unreachable": translatable("The mail server cannot be reached; the message waits."),
    "hard_bounce": translatable("The mail came back: the address does not exist."),
    "soft_bounce": translatable("The mail came back: the mailbox cannot take it now."),
    "called_off": translatable("It was called off before the message went out."),
    "withdrawn": translatable("It was called off before the message went out."),
    "failed": translatable("Something went wrong on our side; the message waits."),
}


def in_words(rule: str | None, accept_language: str | None) -> str | None:
    """The rule as a sentence in the language the client asks for."""
    if rule is None:
        return None
    return translator(choose_language(accept_language)).gettext(_WORDS.get(rule, rule))
