"""From what was sent as an answer to what it states, by the rules of the exact version that was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kindred_survey.domain.errors import UnknownQuestion, WrongAnswer
from kindred_survey.domain.questions import (
    LIMITS,
    SCALES,
    WHY,
    Aspect,
    Condition,
    Definition,
    Question,
    QuestionKind,
)
from kindred_survey.domain.statements import LONGEST_TEXT, Statement

Value = int | float | str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was sent: a number, a choice, several choices or words, and the reason behind it."""

    question_id: str
    value: Value
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows from an answer: what is stated from now on, and which earlier statements no longer hold."""

    stated: tuple[Statement, ...]
    ended: frozenset[str]


def judge(
    definition: Definition, given: Sequence[Given], known: Iterable[Statement] = ()
) -> Judged:
    """What the answers state beside what was ``known``.

    An answer by which a later question is no longer asked ends the answer to that question.

    Raises:
        WrongAnswer: a question that is not there or not asked, a value off its scale, an answer given twice.
    """
    stated: dict[str, Statement] = {}
    ended: set[str] = set()
    answered: set[str] = set()
    for answer in given:
        if answer.question_id in answered:
            raise WrongAnswer(answer.question_id, "is answered twice")
        answered.add(answer.question_id)
        question = asked_question(definition, answer.question_id)
        states = _states(question, answer)
        stated |= states
        ended |= {question.choice_id(option.value) for option in question.options} - set(states)
    if not definition.has_conditions:
        return Judged(tuple(stated.values()), frozenset(ended))
    before = {s.question_id: s for s in known if s.question_id not in ended}
    return _without_hidden(definition, stated, before, frozenset(ended), answered)


def _without_hidden(
    definition: Definition,
    stated: Mapping[str, Statement],
    before: Mapping[str, Statement],
    ended: frozenset[str],
    answered: set[str],
) -> Judged:
    hidden = hidden_questions(definition, {**before, **stated})
    for question_id in (i for i in answered if i.removesuffix(WHY) in hidden):
        raise WrongAnswer(question_id, "is not asked after the answers before it")
    unasked = {
        i for question in definition.questions if question.id in hidden for i in ids_of(question)
    }
    return Judged(tuple(stated.values()), ended | (unasked & set(before)))


def hidden_questions(definition: Definition, statements: Mapping[str, Statement]) -> frozenset[str]:
    """The questions that are not asked after these statements, by id."""
    hidden: set[str] = set()
    for question in definition.questions:
        if question.only_if and not _holds(question.only_if, definition, statements, hidden):
            hidden.add(question.id)
    return frozenset(hidden)


def missing_questions(
    definition: Definition, statements: Mapping[str, Statement]
) -> tuple[Question, ...]:
    """The required questions that are asked but have no answer."""
    hidden = hidden_questions(definition, statements)
    return tuple(
        question
        for question in definition.questions
        if question.required and question.id not in hidden and not is_answered(question, statements)
    )


def is_answered(question: Question, statements: Mapping[str, Statement]) -> bool:
    """Whether there is an answer to this question; of several choices one is enough."""
    return any(i in statements for i in ids_of(question) if i != question.why_id)


def ids_of(question: Question) -> tuple[str, ...]:
    """The ids under which answers to a question are kept."""
    if question.several:
        return tuple(question.choice_id(option.value) for option in question.options)
    return (question.id, question.why_id) if question.why else (question.id,)


def _holds(
    condition: Condition,
    definition: Definition,
    statements: Mapping[str, Statement],
    hidden: set[str],
) -> bool:
    asked = definition.find(condition.question_id)
    if asked is None or asked.id in hidden:
        return False
    answers = [statements[i] for i in ids_of(asked) if i in statements and i != asked.why_id]
    return any(_matches(condition, answer) for answer in answers)


def _matches(condition: Condition, answer: Statement) -> bool:
    if condition.any_of and word_of(answer) not in condition.any_of:
        return False
    if condition.at_least is None and condition.at_most is None:
        return True
    if answer.number is None:
        return False
    least = float("-inf") if condition.at_least is None else condition.at_least
    greatest = float("inf") if condition.at_most is None else condition.at_most
    return least <= answer.number <= greatest


def word_of(statement: Statement) -> str:
    """The answer as one word: its choice, or its number without needless decimals."""
    if statement.choice is not None:
        return statement.choice
    return "" if statement.number is None else f"{statement.number:g}"


def asked_question(definition: Definition, question_id: str) -> Question:
    """The question that an answer is to; its reason may also be given for itself, under the id it is kept under.

    Raises:
        UnknownQuestion: there is none.
    """
    for question in definition.questions:
        if question_id == question.id or (question.why and question_id == question.why_id):
            return question
    raise UnknownQuestion(question_id)


def _states(question: Question, answer: Given) -> dict[str, Statement]:
    if answer.question_id == question.why_id:
        reason = Statement(question.why_id, QuestionKind.TEXT, text=_words(question, answer.value))
        return {reason.question_id: reason}
    statements = _statements(question, answer)
    if answer.why is not None:
        if question.why is None:
            raise WrongAnswer(question.id, "asks for no reason")
        statements.append(
            Statement(question.why_id, QuestionKind.TEXT, text=_words(question, answer.why))
        )
    return {statement.question_id: statement for statement in statements}


def _statements(question: Question, answer: Given) -> list[Statement]:
    value = answer.value
    if question.kind is QuestionKind.TEXT:
        return [Statement(question.id, question.kind, text=_words(question, value))]
    if question.kind is QuestionKind.PREFERENCE:
        return _preferences(question, value)
    least, greatest = SCALES[question.kind]
    number = _number(question, value)
    if not least <= number <= greatest or number != int(number):
        raise WrongAnswer(question.id, f"must be a whole number from {least} to {greatest}")
    return [
        Statement(
            question.id, question.kind, question.theme, question.aspect, number, least, greatest
        )
    ]


def _preferences(question: Question, value: Value) -> list[Statement]:
    if question.several:
        if isinstance(value, str | int | float):
            raise WrongAnswer(question.id, "must be a list of choices")
        if question.required and not value:
            raise WrongAnswer(question.id, "needs an answer")
        return [_preference(question, word) for word in dict.fromkeys(value)]
    if not isinstance(value, str | int | float):
        raise WrongAnswer(question.id, "takes one choice only")
    return [_preference(question, value if isinstance(value, str) else f"{value:g}")]


def _preference(question: Question, word: str) -> Statement:
    aspect = Aspect(question.aspect or "")
    if question.options and word not in {option.value for option in question.options}:
        raise WrongAnswer(question.id, "is not one of the choices")
    if aspect not in LIMITS:
        return Statement(question.choice_id(word), question.kind, aspect=aspect.value, choice=word)
    number = _number(question, word)
    least, greatest = LIMITS[aspect]
    if not least <= number <= greatest:
        raise WrongAnswer(question.id, f"must be a number from {least:g} to {greatest:g}")
    return Statement(question.choice_id(word), question.kind, aspect=aspect.value, number=number)


def _number(question: Question, value: Value) -> float:
    if isinstance(value, str | int | float):
        try:
            return float(value)
        except (ValueError, OverflowError):
            pass
    raise WrongAnswer(question.id, "must be a number")


def _words(question: Question, value: Value) -> str:
    words = value.strip() if isinstance(value, str) else ""
    if not words:
        raise WrongAnswer(question.id, "needs an answer")
    if len(words) > LONGEST_TEXT or "\x00" in words:
        raise WrongAnswer(question.id, f"must be text of at most {LONGEST_TEXT} characters")
    return words
