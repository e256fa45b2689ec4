"""The customer's way through a survey: one question a page, and which page comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

from kindred_survey.domain.answering import hidden_questions
from kindred_survey.domain.questions import Definition, Question
from kindred_survey.domain.statements import Statement


@dataclass(frozen=True, slots=True)
class Step:
    """One page: a question, or the reason behind the answer to it. Positions count from 1 and never shift."""

    position: int
    question: Question
    asks_why: bool = False


def steps_of(definition: Definition) -> tuple[Step, ...]:
    """All pages of a survey, also those that some customers never see."""
    pages: list[Step] = []
    for question in definition.questions:
        pages.append(Step(len(pages) + 1, question))
        if question.why:
            pages.append(Step(len(pages) + 1, question, asks_why=True))
    return tuple(pages)


def asked_steps(definition: Definition, statements: Mapping[str, Statement]) -> tuple[Step, ...]:
    """The pages that this customer sees: without hidden questions, and a reason only after its answer."""
    hidden = hidden_questions(definition, statements)
    return tuple(
        step
        for step in steps_of(definition)
        if step.question.id not in hidden and (not step.asks_why or step.question.id in statements)
    )


def next_step(
    definition: Definition, statements: Mapping[str, Statement], position: int
) -> Step | None:
    """The page after ``position``; None when that was the last."""
    return next((s for s in asked_steps(definition, statements) if s.position > position), None)


def previous_step(
    definition: Definition, statements: Mapping[str, Statement], position: int
) -> Step | None:
    """The page before ``position``; None when that is the first."""
    earlier = [s for s in asked_steps(definition, statements) if s.position < position]
    return earlier[-1] if earlier else None
