"""What a customer sent from the page of a question."""

from kindred_common.i18n.translator import Translator, translatable
from kindred_common.web.forms import Form
from kindred_survey.domain.answering import Given
from kindred_survey.domain.questions import LIMITS, SCALES, Aspect, QuestionKind
from kindred_survey.domain.statements import LONGEST_TEXT
from kindred_survey.domain.steps import Step

FIELD = "value"


def sent_answer(step: Step, form: Form) -> Given | None:
    """The answer in the form of a question's page; None when nothing was filled in."""
    question = step.question
    if question.several:
        return Given(question.id, form.texts(FIELD))
    # Browsers send line ends as two characters, but count one.
    words = form.text(FIELD).replace("\r\n", "\n")
    if not words:
        return None
    if _takes_number(step):
        words = words.replace(",", ".")
    return Given(question.why_id if step.asks_why else question.id, words)


def mistake_in(step: Step, speech: Translator) -> str:
    """What to tell a customer whose answer does not fit its question."""
    question = step.question
    if step.asks_why or question.kind is QuestionKind.TEXT:
        text = speech.gettext(
            translatable("Please write something, of at most %(count)s characters.")
        )
        return text % {"count": speech.format_number(LONGEST_TEXT)}
    if question.options or question.kind in SCALES:
        return speech.gettext(translatable("Please choose one of the answers."))
    least, greatest = LIMITS[Aspect(question.aspect or "")]
    text = speech.gettext(translatable("Please fill in a number from %(least)s to %(greatest)s."))
    numbers = {"least": speech.format_number(least), "greatest": speech.format_number(greatest)}
    return text % numbers


def _takes_number(step: Step) -> bool:
    question = step.question
    if step.asks_why or question.options or question.kind is not QuestionKind.PREFERENCE:
        return False
    return Aspect(question.aspect or "") in LIMITS
