"""The survey that the clients answer, and what each of its answers must come out as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from kindred_common.contracts.survey import Answer, AnswerKind

Value = int | str

THEMES = (
    "classical-music",
    "cycling",
    "gastronomy",
    "data",
    "sustainability",
    "leadership",
    "football",
    "art",
)
KINDS = ("seminar", "dinner", "culture", "outing")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, the values that answer it, and the record that an answer becomes."""

    id: str
    kind: AnswerKind
    values: Sequence[Value]
    theme: str | None = None
    aspect: str | None = None
    options: Sequence[str] = ()
    scale: tuple[float, float] = (0.0, 0.0)

    def draw(self, random: Random) -> Value:
        return random.choice(self.values)

    def recorded(self, value: Value) -> Answer:
        """The answer as it has to stand on the topic."""
        number = float(value) if isinstance(value, int) else None
        return Answer(
            question_id=self.id,
            kind=self.kind,
            theme=self.theme,
            aspect=self.aspect,
            number=number,
            scale_min=self.scale[0],
            scale_max=self.scale[1],
            choice=value if isinstance(value, str) else None,
        )

    def defined(self) -> Mapping[str, object]:
        """The question for survey's API."""
        question: dict[str, object] = {
            "id": self.id,
            "kind": self.kind.value,
            "text": _both(self.id),
            "options": [{"value": option, "text": _both(option)} for option in self.options],
        }
        if self.theme is not None:
            question["theme"] = self.theme
        if self.aspect is not None:
            question["aspect"] = self.aspect
        return question


def _kebab(aspect: str) -> str:
    return aspect.replace("_", "-")


def _interest(theme: str) -> Asked:
    return Asked(f"like-{theme}", AnswerKind.INTEREST, range(1, 6), theme=theme, scale=(1.0, 5.0))


def _event_kind(kind: str) -> Asked:
    return Asked(f"kind-{kind}", AnswerKind.EVENT_KIND, range(1, 6), aspect=kind, scale=(1.0, 5.0))


def _choice(aspect: str, *options: str) -> Asked:
    return Asked(_kebab(aspect), AnswerKind.PREFERENCE, options, aspect=aspect, options=options)


def _amount(aspect: str, *values: int) -> Asked:
    return Asked(_kebab(aspect), AnswerKind.PREFERENCE, values, aspect=aspect)


QUESTIONS: tuple[Asked, ...] = (
    Asked("recommend", AnswerKind.NPS, range(11), scale=(0.0, 10.0)),
    *map(_interest, THEMES),
    *map(_event_kind, KINDS),
    _choice("manner", "email", "card", "phone"),
    _choice("companion", "alone", "colleague", "partner"),
    _choice("norm_business_only", "yes", "no"),
    _amount("norm_max_value", 25, 50, 100, 250),
    _amount("max_distance_km", 25, 50, 100, 200),
    replace(_amount("blocked_weekday", *range(5)), options=tuple(map(str, range(5)))),
)


def definition() -> Mapping[str, object]:
    """The survey for survey's API."""
    return {
        "name": "Chaos",
        "definition": {
            "title": _both("Chaos"),
            "introduction": _both("Chaos"),
            "thanks": _both("Chaos"),
            "questions": [question.defined() for question in QUESTIONS],
        },
    }


def _both(text: str) -> Mapping[str, str]:
    return {"nl": text, "en": text}
