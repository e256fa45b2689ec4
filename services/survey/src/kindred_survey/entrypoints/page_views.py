"""What the templates of customers' pages are filled with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kindred_common.i18n.translator import Translator
from kindred_survey.domain.answering import hidden_questions, ids_of, missing_questions, word_of
from kindred_survey.domain.nps import NpsClass, nps_class
from kindred_survey.domain.questions import SCALES, Definition, Question, QuestionKind, Texts
from kindred_survey.domain.statements import LONGEST_TEXT, Statement
from kindred_survey.domain.steps import Step, previous_step, steps_of
from kindred_survey.entrypoints.page_guide import Way


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer in the customer's list: his question, what he answered, and the page where he can change it.

    ``kept_as`` is what he takes back when he withdraws it.
    """

    kept_as: str
    question: str
    answer: str
    position: int


def start_view(way: Way) -> Mapping[str, object]:
    """The first page: what this is about, and where to begin or go on."""
    definition, link = way.definition, way.visit.link
    reached = way.step(link.progress) if link.progress else None
    return {
        "introduction": definition.introduction.speak(way.speech.language),
        "minutes": definition.minutes,
        "closes_at": link.expires_at,
        "begun": bool(way.statements) or link.progress > 1,
        "finished": link.finished_at is not None,
        "position": reached.position if reached else 1,
    }


def question_view(way: Way, step: Step, *, changing: bool) -> Mapping[str, object]:
    """The page of one question, with the answer that stands."""
    question, language = step.question, way.speech.language
    before = previous_step(way.definition, way.statements, step.position)
    done, all_ = _count(way.definition, way.statements, question)
    return {
        "shape": _shape(step),
        "text": _wording(step, way.statements).speak(language),
        "hint": question.help.speak(language) if question.help and not step.asks_why else "",
        "required": question.required and not step.asks_why,
        "position": step.position,
        "back": before.position if before else None,
        "done": done,
        "all": all_,
        "changing": changing,
        "numbers": _numbers(question),
        "low_label": question.low.speak(language) if question.low else "",
        "high_label": question.high.speak(language) if question.high else "",
        "options": [(option.value, option.text.speak(language)) for option in question.options],
        "chosen": _chosen(step, way.statements),
        "longest": LONGEST_TEXT,
        "mistakes": [],
    }


def answer_lines(way: Way) -> Sequence[AnswerLine]:
    """Everything the customer answered, in the order of the questions."""
    lines = []
    for step in steps_of(way.definition):
        ids = [step.question.why_id] if step.asks_why else _own_ids(step.question)
        given = [way.statements[i] for i in ids if i in way.statements]
        if given:
            wording = _wording(step, way.statements).speak(way.speech.language)
            words = ", ".join(_say(step.question, s, way.speech) for s in given)
            kept_as = step.question.why_id if step.asks_why else step.question.id
            lines.append(AnswerLine(kept_as, wording, words, step.position))
    return lines


def open_position(way: Way) -> int | None:
    """Where a required question is still open; None when there is none."""
    missing = missing_questions(way.definition, way.statements)
    if not missing:
        return None
    return next(s.position for s in steps_of(way.definition) if s.question.id == missing[0].id)


def _own_ids(question: Question) -> Sequence[str]:
    return [i for i in ids_of(question) if i != question.why_id]


def _count(
    definition: Definition, statements: Mapping[str, Statement], question: Question
) -> tuple[int, int]:
    hidden = hidden_questions(definition, statements)
    asked = [q.id for q in definition.questions if q.id not in hidden]
    return asked.index(question.id) + 1, len(asked)


def _shape(step: Step) -> str:
    question = step.question
    if step.asks_why or question.kind is QuestionKind.TEXT:
        return "words"
    if question.kind is QuestionKind.NPS:
        return "scale"
    if question.kind in SCALES:
        return "taps"
    if question.several:
        return "many"
    return "one" if question.options else "number"


def _numbers(question: Question) -> Sequence[int]:
    if question.kind not in SCALES:
        return ()
    least, greatest = SCALES[question.kind]
    return range(least, greatest + 1)


def _wording(step: Step, statements: Mapping[str, Statement]) -> Texts:
    question = step.question
    if not step.asks_why or question.why is None:
        return question.text
    answer = statements.get(question.id)
    match nps_class(answer.number or 0) if answer else NpsClass.PASSIVE:
        case NpsClass.PROMOTER:
            return question.why.promoter
        case NpsClass.PASSIVE:
            return question.why.passive
        case NpsClass.DETRACTOR:
            return question.why.detractor


def _chosen(step: Step, statements: Mapping[str, Statement]) -> Sequence[str]:
    ids = [step.question.why_id] if step.asks_why else _own_ids(step.question)
    given = [statements[i] for i in ids if i in statements]
    return [word_of(s) if s.text is None else s.text for s in given]


def _say(question: Question, statement: Statement, speech: Translator) -> str:
    if statement.text is not None:
        return statement.text
    for option in question.options:
        if option.value == word_of(statement):
            return option.text.speak(speech.language)
    number = speech.format_number(statement.number or 0)
    if question.kind not in SCALES:
        return number
    return speech.gettext("%(number)s of %(greatest)s") % {
        "number": number,
        "greatest": SCALES[question.kind][1],
    }
