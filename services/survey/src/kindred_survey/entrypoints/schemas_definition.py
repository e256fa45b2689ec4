"""A survey's definition as JSON."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StringConstraints

from kindred_survey.domain.questions import (
    Condition,
    Definition,
    Option,
    Question,
    QuestionKind,
    Reasons,
    Texts,
)

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _Schema(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class TextsSchema(_Schema):
    """The same text in Dutch and in English."""

    nl: Words = Field(examples=["Wat vindt u van golf?"])
    en: Words = Field(examples=["How do you like golf?"])

    def to_domain(self) -> Texts:
        return Texts(self.nl, self.en)


class OptionSchema(_Schema):
    """One of the answers to choose from."""

    value: Identifier = Field(description="What is recorded.", examples=["phone"])
    text: TextsSchema


class ConditionSchema(_Schema):
    """Asks a question only when an earlier one was answered so."""

    question_id: Identifier = Field(examples=["recommend"])
    at_least: StrictFloat | None = Field(default=None, allow_inf_nan=False)
    at_most: StrictFloat | None = Field(default=None, allow_inf_nan=False, examples=[6])
    any_of: list[Identifier] = Field(default_factory=list, max_length=50)


class ReasonsSchema(_Schema):
    """How the "why" is worded for promoters (9-10), passives (7-8) and detractors (0-6)."""

    promoter: TextsSchema
    passive: TextsSchema
    detractor: TextsSchema


class QuestionSchema(_Schema):
    """One question. `theme` goes with interests, `aspect` with event kinds and preferences, `why` with nps."""

    id: Identifier = Field(description="Kebab-case, unique in the survey.", examples=["like-golf"])
    kind: QuestionKind = Field(examples=["interest"])
    text: TextsSchema
    help: TextsSchema | None = None
    required: StrictBool = False
    theme: Identifier | None = Field(default=None, examples=["golf"])
    aspect: Identifier | None = Field(
        default=None,
        description="A kind of event; or `manner`, `companion`, `max_distance_km`, `norm_max_value` (euro), "
        "`norm_business_only` (yes, no), `excluded_theme`, `blocked_weekday` (0 Monday to 6 Sunday).",
    )
    options: list[OptionSchema] = Field(default_factory=list, max_length=50)
    several: StrictBool = Field(default=False, description="More than one option may be chosen.")
    why: ReasonsSchema | None = None
    low: TextsSchema | None = Field(default=None, description="What the low end means.")
    high: TextsSchema | None = Field(default=None, description="What the high end means.")
    only_if: ConditionSchema | None = None

    def to_domain(self) -> Question:
        return Question(
            id=self.id,
            kind=self.kind,
            text=self.text.to_domain(),
            help=_texts(self.help),
            required=self.required,
            theme=self.theme,
            aspect=self.aspect,
            options=tuple(Option(o.value, o.text.to_domain()) for o in self.options),
            several=self.several,
            why=_reasons(self.why),
            low=_texts(self.low),
            high=_texts(self.high),
            only_if=_condition(self.only_if),
        )


class DefinitionSchema(_Schema):
    """What a survey asks, in order, and what it says before and after."""

    title: TextsSchema
    introduction: TextsSchema
    thanks: TextsSchema
    questions: list[QuestionSchema] = Field(min_length=1, max_length=100)

    def to_domain(self) -> Definition:
        return Definition(
            title=self.title.to_domain(),
            introduction=self.introduction.to_domain(),
            thanks=self.thanks.to_domain(),
            questions=tuple(question.to_domain() for question in self.questions),
        )

    @classmethod
    def of(cls, definition: Definition) -> Self:
        return cls.model_validate(definition)


def _texts(texts: TextsSchema | None) -> Texts | None:
    return texts.to_domain() if texts else None


def _reasons(why: ReasonsSchema | None) -> Reasons | None:
    if why is None:
        return None
    return Reasons(why.promoter.to_domain(), why.passive.to_domain(), why.detractor.to_domain())


def _condition(only_if: ConditionSchema | None) -> Condition | None:
    if only_if is None:
        return None
    return Condition(only_if.question_id, only_if.at_least, only_if.at_most, tuple(only_if.any_of))
