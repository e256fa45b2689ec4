"""What a survey asks: its questions, in two languages, and the conditions under which they are asked."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil


class QuestionKind(StrEnum):
    """What a question asks. ``TEXT`` is the customer's own words, which never leave this service."""

    NPS = "nps"
    INTEREST = "interest"
    EVENT_KIND = "event_kind"
    PREFERENCE = "preference"
    TEXT = "text"


class Aspect(StrEnum):
    """What a preference question is about."""

    MANNER = "manner"
    COMPANION = "companion"
    MAX_DISTANCE_KM = "max_distance_km"
    NORM_MAX_VALUE = "norm_max_value"
    NORM_BUSINESS_ONLY = "norm_business_only"
    EXCLUDED_THEME = "excluded_theme"
    BLOCKED_WEEKDAY = "blocked_weekday"


EVENT_KINDS = frozenset(
    {"seminar", "workshop", "information_day", "sport", "culture", "dinner", "outing", "online"}
)

CHOICES = {
    Aspect.MANNER: frozenset({"email", "card", "phone", "personal", "secretary"}),
    Aspect.COMPANION: frozenset({"alone", "colleague", "partner", "own_invitee"}),
    Aspect.NORM_BUSINESS_ONLY: frozenset({"yes", "no"}),
}
"""The words that answer a preference which is a choice from a closed set."""

LIMITS = {
    Aspect.MAX_DISTANCE_KM: (0.0, 20_000.0),
    Aspect.NORM_MAX_VALUE: (0.0, 1_000_000.0),
    Aspect.BLOCKED_WEEKDAY: (0.0, 6.0),
}
"""Least and greatest number of a preference that is a number: kilometres, euro, 0 Monday to 6 Sunday."""

SCALES = {
    QuestionKind.NPS: (0, 10),
    QuestionKind.INTEREST: (1, 5),
    QuestionKind.EVENT_KIND: (1, 5),
}
"""The scale of whole numbers on which our own questions of a kind are answered."""

_SECONDS = {QuestionKind.INTEREST: 5, QuestionKind.EVENT_KIND: 5, QuestionKind.TEXT: 30}

WHY = ".why"
"""What the id of a reason adds to the id of the answer behind which it stands."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The same text in Dutch and in English."""

    nl: str
    en: str

    def speak(self, language: str) -> str:
        """The text in ``language``; in English where that is not one of ours."""
        return self.nl if language == "nl" else self.en


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from: ``value`` is recorded, ``text`` is shown."""

    value: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only when an earlier one was answered so: a number in a range or one of some choices."""

    question_id: str
    at_least: float | None = None
    at_most: float | None = None
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """How the "why" after a recommendation question is worded for each class of answer."""

    promoter: Texts
    passive: Texts
    detractor: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a survey.

    ``theme`` names the subject of an interest question, ``aspect`` the event kind or preference asked for. ``several``
    lets more than one of the ``options`` be chosen. ``why`` asks for the reason behind a recommendation. ``low`` and
    ``high`` explain the ends of the scale.
    """

    id: str
    kind: QuestionKind
    text: Texts
    help: Texts | None = None
    required: bool = False
    theme: str | None = None
    aspect: str | None = None
    options: tuple[Option, ...] = ()
    several: bool = False
    why: Reasons | None = None
    low: Texts | None = None
    high: Texts | None = None
    only_if: Condition | None = None

    @property
    def why_id(self) -> str:
        """Under which id the reason behind this answer is kept."""
        return f"{self.id}{WHY}"

    def choice_id(self, value: str) -> str:
        """Under which id one of several choices is kept."""
        return f"{self.id}.{value}" if self.several else self.id


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a survey: what is asked, in order."""

    title: Texts
    introduction: Texts
    thanks: Texts
    questions: tuple[Question, ...]

    @property
    def minutes(self) -> int:
        """About how long it takes: words of one's own take longer than a tap."""
        return max(1, ceil(sum(_SECONDS.get(q.kind, 10) for q in self.questions) / 60))

    @property
    def has_conditions(self) -> bool:
        """Whether what is asked depends on what was answered."""
        return any(question.only_if for question in self.questions)

    @property
    def looks_back(self) -> bool:
        """Whether a new answer can end an earlier one, so that the earlier ones must be known."""
        return any(question.only_if or question.several for question in self.questions)

    def find(self, question_id: str) -> Question | None:
        return next((q for q in self.questions if q.id == question_id), None)
