"""What a customer said in answer to one question, in the form in which it is kept and published."""

from dataclasses import dataclass

from kindred_survey.domain.definition_rules import answers_aspect, is_theme, is_within
from kindred_survey.domain.errors import WrongAnswer
from kindred_survey.domain.questions import CHOICES, EVENT_KINDS, LIMITS, Aspect, QuestionKind

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Statement:
    """One answer. ``number`` stands on the scale ``scale_min``..``scale_max``; ``text`` is the customer's own words."""

    question_id: str
    kind: QuestionKind
    theme: str | None = None
    aspect: str | None = None
    number: float | None = None
    scale_min: float = 0.0
    scale_max: float = 0.0
    choice: str | None = None
    text: str | None = None


def check_statement(statement: Statement) -> None:
    """Refuses a statement from elsewhere that means nothing here, or that carries more than it should.

    Raises:
        WrongAnswer: ``field`` names the part that is wrong.
    """
    match statement.kind:
        case QuestionKind.NPS:
            _check_recommendation(statement)
        case QuestionKind.INTEREST:
            if not is_theme(statement.theme or ""):
                raise WrongAnswer("theme", "is missing")
            _check_scale(statement)
        case QuestionKind.EVENT_KIND:
            if statement.aspect not in EVENT_KINDS:
                raise WrongAnswer("aspect", "is not a kind of event")
            _check_scale(statement)
        case QuestionKind.PREFERENCE:
            _check_preference(statement)
        case QuestionKind.TEXT:
            raise WrongAnswer("kind", "takes no free text")


def _check_recommendation(statement: Statement) -> None:
    if (statement.scale_min, statement.scale_max) != (0, 10):
        raise WrongAnswer("scale_max", "a recommendation is answered on 0 to 10")
    _check_scale(statement)
    if statement.number != int(statement.number or 0):
        raise WrongAnswer("number", "must be a whole number")


def _check_scale(statement: Statement) -> None:
    if not statement.scale_min < statement.scale_max:
        raise WrongAnswer("scale_max", "must be more than scale_min")
    if statement.number is None:
        raise WrongAnswer("number", "is missing")
    if not statement.scale_min <= statement.number <= statement.scale_max:
        raise WrongAnswer("number", "is outside the scale")
    if statement.choice is not None:
        raise WrongAnswer("choice", "goes with preferences only")


def _check_preference(statement: Statement) -> None:
    if statement.aspect not in set(Aspect):
        raise WrongAnswer("aspect", "is not a preference")
    aspect = Aspect(statement.aspect)
    if aspect in LIMITS:
        if statement.number is None or not is_within(aspect, statement.number):
            raise WrongAnswer("number", "is missing or out of range")
        if statement.choice is not None:
            raise WrongAnswer("choice", "goes with choices only")
    elif statement.choice is None or not answers_aspect(aspect, statement.choice):
        known = ", ".join(sorted(CHOICES.get(aspect, ()))) or "the name of a theme"
        raise WrongAnswer("choice", f"must be {known}")
