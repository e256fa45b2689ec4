from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindred_survey.adapters.sample_surveys import load_samples
from kindred_survey.domain.answering import (
    Given,
    hidden_questions,
    ids_of,
    judge,
    missing_questions,
)
from kindred_survey.domain.errors import NothingToPublish, WrongAnswer
from kindred_survey.domain.import_rows import (
    ImportMapping,
    MappedColumn,
    ReadRow,
    RowFault,
    read_row,
)
from kindred_survey.domain.nps import NpsClass, nps, nps_class
from kindred_survey.domain.questions import (
    Condition,
    Definition,
    Question,
    QuestionKind,
    Reasons,
    Texts,
)
from kindred_survey.domain.statements import Statement, check_statement
from kindred_survey.domain.steps import asked_steps, next_step, previous_step
from kindred_survey.domain.survey import change, new_survey, publish
from kindred_survey.entrypoints.csv_files import harmless

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = Texts("woorden", "words")


def defined(*questions: Question) -> Definition:
    return Definition(WORDS, WORDS, WORDS, questions)


def nps_question(question_id: str, only_if: Condition | None = None) -> Question:
    why = Reasons(WORDS, WORDS, WORDS)
    return Question(question_id, QuestionKind.NPS, WORDS, why=why, required=True, only_if=only_if)


CHAIN = defined(
    nps_question("a"),
    nps_question("b", Condition("a", at_most=6)),
    nps_question("c", Condition("b", at_least=5)),
    Question("d", QuestionKind.TEXT, WORDS, only_if=Condition("c", any_of=("10", "0"))),
)
"""Questions that each depend on the one before."""


@pytest.mark.parametrize(
    ("counts", "score", "error", "low", "high"),
    [
        ((50, 33, 17), 33, 7.49, 17.6, 46.5),
        ((10, 5, 5), 25, 18.54, -11.7, 55.2),
        ((200, 133, 67), 33.25, 3.73, 25.7, 40.3),
        ((8, 0, 0), 100, 0, 38.5, 100),
    ],
)
def test_nps_and_its_interval(
    counts: tuple[int, int, int], score: float, error: float, low: float, high: float
) -> None:
    found = nps(*counts)
    assert found is not None
    assert (found.score, round(found.standard_error, 2)) == (score, error)
    assert (round(found.low, 1), round(found.high, 1)) == (low, high)


def test_nps_of_nobody_is_no_number() -> None:
    assert nps(0, 0, 0) is None


def test_nps_classes() -> None:
    classes = [nps_class(score) for score in range(11)]
    assert classes == [NpsClass.DETRACTOR] * 7 + [NpsClass.PASSIVE] * 2 + [NpsClass.PROMOTER] * 2


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 10)), max_size=25))
def test_no_answer_to_a_hidden_question_is_ever_left(tries: list[tuple[str, int]]) -> None:
    known: dict[str, Statement] = {}
    for question_id, number in tries:
        value = "text" if question_id == "d" else number
        try:
            judged = judge(CHAIN, [Given(question_id, value)], known.values())
        except WrongAnswer:
            assert question_id in hidden_questions(CHAIN, known)
            continue
        known = {i: s for i, s in known.items() if i not in judged.ended}
        known |= {s.question_id: s for s in judged.stated}
        hidden = hidden_questions(CHAIN, known)
        for question in CHAIN.questions:
            if question.id in hidden:
                assert not set(ids_of(question)) & set(known)


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10)))
def test_forward_and_back_meet_the_same_pages(scores: dict[str, int]) -> None:
    known = {i: Statement(i, QuestionKind.NPS, number=float(n)) for i, n in scores.items()}
    asked = asked_steps(CHAIN, known)
    forward, step = [], next_step(CHAIN, known, 0)
    while step is not None:
        forward.append(step)
        step = next_step(CHAIN, known, step.position)
    assert tuple(forward) == asked
    back, step = [], previous_step(CHAIN, known, 1000)
    while step is not None:
        back.append(step)
        step = previous_step(CHAIN, known, step.position)
    assert tuple(reversed(back)) == asked


def test_a_required_question_is_missing_only_while_it_is_asked() -> None:
    def missing(**scores: int) -> list[str]:
        known = {i: Statement(i, QuestionKind.NPS, number=float(n)) for i, n in scores.items()}
        return [question.id for question in missing_questions(CHAIN, known)]

    assert missing() == ["a"]
    assert missing(a=9) == []
    assert missing(a=3) == ["b"]
    assert missing(a=3, b=9) == ["c"]


def test_an_answer_given_twice_is_refused() -> None:
    with pytest.raises(WrongAnswer):
        judge(CHAIN, [Given("a", 3), Given("a", 4)])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 3.5, "x", "", -1, 11, [3], "1e400"])
def test_a_recommendation_is_a_whole_number(value: object) -> None:
    with pytest.raises(WrongAnswer):
        judge(CHAIN, [Given("a", value)])  # type: ignore[arg-type] # what a stranger may send


@pytest.mark.parametrize("value", [" ", "x" * 2001, "a\x00b", 4, ["a"]])
def test_words_are_words_and_not_too_many(value: object) -> None:
    asked = defined(Question("d", QuestionKind.TEXT, WORDS))
    with pytest.raises(WrongAnswer):
        judge(asked, [Given("d", value)])  # type: ignore[arg-type] # what a stranger may send


def test_published_versions_stand() -> None:
    survey = publish(new_survey(UUID(int=1), "n", CHAIN, NOON), NOON)
    with pytest.raises(NothingToPublish):
        publish(survey, NOON)
    draft = change(survey, "n", defined(nps_question("a")), NOON)
    assert (draft.version, draft.published_version, draft.is_draft) == (2, 1, True)
    assert change(draft, "m", CHAIN, NOON).version == 2


def test_samples_speak_both_languages_and_cover_the_themes() -> None:
    interest, relation = load_samples()
    themes = {question.theme for question in interest.definition.questions if question.theme}
    assert len(themes) >= 25
    assert {"golf", "opera", "data", "law", "artificial-intelligence"} <= themes
    (recommend, *_) = relation.definition.questions
    assert recommend.kind is QuestionKind.NPS
    assert recommend.why
    for question in (*interest.definition.questions, *relation.definition.questions):
        assert question.text.nl != question.text.en


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        (Statement("q", QuestionKind.NPS, number=3, scale_max=5), "scale_max"),
        (Statement("q", QuestionKind.NPS, number=3.5, scale_max=10), "number"),
        (Statement("q", QuestionKind.NPS, number=None, scale_max=10), "number"),
        (Statement("q", QuestionKind.INTEREST, number=3, scale_max=5), "theme"),
        (Statement("q", QuestionKind.INTEREST, "golf", number=6, scale_max=5), "number"),
        (
            Statement("q", QuestionKind.INTEREST, "golf", number=3, scale_max=5, choice="Jan"),
            "choice",
        ),
        (Statement("q", QuestionKind.EVENT_KIND, aspect="party", number=1, scale_max=5), "aspect"),
        (Statement("q", QuestionKind.PREFERENCE, aspect="manner", choice="owl"), "choice"),
        (Statement("q", QuestionKind.PREFERENCE, aspect="blocked_weekday", number=7), "number"),
        (Statement("q", QuestionKind.PREFERENCE, aspect="blocked_weekday", number=1.5), "number"),
        (Statement("q", QuestionKind.PREFERENCE, aspect="excluded_theme", choice="A b"), "choice"),
        (Statement("q", QuestionKind.TEXT, text="words"), "kind"),
    ],
)
def test_statements_from_elsewhere_are_checked(statement: Statement, field: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        check_statement(statement)
    assert caught.value.field == field


@given(st.lists(st.text(max_size=12), min_size=3, max_size=3))
def test_any_row_is_read_or_refused_by_column(cells: list[str]) -> None:
    mapping = ImportMapping(
        customer_source="file",
        customer_column="id",
        columns={
            "golf": MappedColumn(
                "golf", QuestionKind.INTEREST, "golf", scale_min=1.0, scale_max=5.0
            )
        },
        answered_at=NOON,
        answered_at_column="at",
    )
    read = read_row(mapping, 1, ["id", "golf", "at"], cells)
    if isinstance(read, RowFault):
        assert read.column in ("id", "golf", "at")
    else:
        assert isinstance(read, ReadRow)
        assert read.answered_at <= NOON
        assert all(s.number is not None and 1 <= s.number <= 5 for s in read.statements)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", " =1", "\t=1"])
def test_formulas_are_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_text_stays_as_it_is() -> None:
    assert harmless("Opera") == "Opera"
