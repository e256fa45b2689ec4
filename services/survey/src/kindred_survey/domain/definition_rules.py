"""Which definitions can be asked: every question has what its kind needs and nothing that it could not use."""

import re

from kindred_survey.domain.errors import WrongDefinition
from kindred_survey.domain.questions import (
    CHOICES,
    EVENT_KINDS,
    LIMITS,
    Aspect,
    Definition,
    Question,
    QuestionKind,
)

MOST_QUESTIONS = 100

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_ID = 35
_LONGEST_THEME = 60


def is_theme(text: str) -> bool:
    """Whether a text can name a theme: ``classical-music``."""
    return len(text) <= _LONGEST_THEME and _SLUG.fullmatch(text) is not None


def check_definition(definition: Definition) -> None:
    """Refuses what could not be asked or answered.

    Raises:
        WrongDefinition: with the first field that is wrong.
    """
    questions = definition.questions
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise WrongDefinition("questions", f"must be 1 to {MOST_QUESTIONS}")
    earlier: set[str] = set()
    for place, question in enumerate(questions):
        try:
            _check_question(question, earlier)
        except WrongDefinition as fault:
            raise WrongDefinition(f"questions.{place}.{fault.field}", fault.reason) from None
        earlier.add(question.id)


def _check_question(question: Question, earlier: set[str]) -> None:
    if len(question.id) > _LONGEST_ID or not _SLUG.fullmatch(question.id):
        raise WrongDefinition("id", f"must be kebab-case of at most {_LONGEST_ID} characters")
    if question.id in earlier:
        raise WrongDefinition("id", "is used twice")
    if question.only_if and question.only_if.question_id not in earlier:
        raise WrongDefinition("only_if.question_id", "must name an earlier question")
    if question.why and question.kind is not QuestionKind.NPS:
        raise WrongDefinition("why", "goes with recommendation questions only")
    _check_theme(question)
    _check_aspect(question)
    _check_options(question)


def _check_theme(question: Question) -> None:
    if question.kind is QuestionKind.INTEREST:
        if not is_theme(question.theme or ""):
            raise WrongDefinition("theme", "must name a theme in kebab-case")
    elif question.theme is not None:
        raise WrongDefinition("theme", "goes with interest questions only")


def _check_aspect(question: Question) -> None:
    aspect, kind = question.aspect, question.kind
    if kind is QuestionKind.EVENT_KIND and aspect not in EVENT_KINDS:
        raise WrongDefinition("aspect", "must be a kind of event")
    if kind is QuestionKind.PREFERENCE and aspect not in set(Aspect):
        raise WrongDefinition("aspect", "must be a preference")
    if kind not in (QuestionKind.EVENT_KIND, QuestionKind.PREFERENCE) and aspect is not None:
        raise WrongDefinition("aspect", "goes with event kinds and preferences only")


def _check_options(question: Question) -> None:
    if question.kind is QuestionKind.PREFERENCE:
        _check_choices(question, Aspect(question.aspect or ""))
    elif question.options or question.several:
        raise WrongDefinition("options", "go with preferences only")


def _check_choices(question: Question, aspect: Aspect) -> None:
    values = [option.value for option in question.options]
    if len(set(values)) != len(values):
        raise WrongDefinition("options", "must differ from each other")
    if not values and aspect not in (Aspect.MAX_DISTANCE_KM, Aspect.NORM_MAX_VALUE):
        raise WrongDefinition("options", "are needed to choose from")
    if question.several and aspect not in (Aspect.EXCLUDED_THEME, Aspect.BLOCKED_WEEKDAY):
        raise WrongDefinition("several", "goes with excluded themes and blocked weekdays only")
    for place, value in enumerate(values):
        if not answers_aspect(aspect, value):
            raise WrongDefinition(f"options.{place}.value", "does not answer this preference")


def answers_aspect(aspect: Aspect, value: str) -> bool:
    """Whether a word can answer a preference: from its closed set, a number within its limits, or a theme."""
    if aspect in CHOICES:
        return value in CHOICES[aspect]
    if aspect is Aspect.EXCLUDED_THEME:
        return is_theme(value)
    try:
        return is_within(aspect, float(value))
    except ValueError:
        return False


def is_within(aspect: Aspect, number: float) -> bool:
    """Whether a number can answer a preference; weekdays are whole numbers."""
    least, greatest = LIMITS[aspect]
    if not least <= number <= greatest:
        return False
    return aspect is not Aspect.BLOCKED_WEEKDAY or number == int(number)
