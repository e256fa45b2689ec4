from collections.abc import Callable, Iterable

import pytest
from tests.architecture import rules
from tests.architecture.sources import Source, python_sources

Rule = Callable[[Source], Iterable[str]]

SURVEY = "services/survey/src/kindred_survey/"
COMMON = "libs/common/src/kindred_common/"
TOPIC_IMPORT = "from kindred_common.contracts.topics import "
# Written in two halves so that the rules do not find them here.
NOQA, IGNORE, LATER = "# no" + "qa", "# type: " + "ignore", "# TO" + "DO"

EVERYWHERE: list[Rule] = [
    rules.too_long,
    rules.service_named_in_common,
    rules.topic_as_text,
    rules.undeclared_topic,
    rules.kafka_client_elsewhere,
    rules.broker_in_service,
    rules.http_between_services,
    rules.model_named_event,
    rules.vague_name,
    rules.suppression_without_reason,
    rules.unfinished,
    rules.patch_of_ours,
]

BAD: list[tuple[Rule, str, str]] = [
    (rules.too_long, SURVEY + "a.py", "x = 1\n" * 401),
    (rules.service_named_in_common, COMMON + "db/a.py", "x = Service.SURVEY"),
    (rules.service_named_in_common, COMMON + "db/a.py", "x = 'profile'"),
    (rules.service_named_in_common, COMMON + "db/a.py", "x = 'python -m kindred_matching api'"),
    (rules.topic_as_text, SURVEY + "a.py", "publish('survey-answers', b'')"),
    (rules.topic_as_text, "libs/cli/src/kindred_cli/a.py", "x = ['crm-events']"),
    (rules.undeclared_topic, SURVEY + "a.py", TOPIC_IMPORT + "CUSTOMER_PROFILES"),
    (rules.kafka_client_elsewhere, COMMON + "messaging/a.py", "x = AIOKafkaProducer()"),
    (rules.kafka_client_elsewhere, SURVEY + "a.py", "x = aiokafka.AIOKafkaConsumer('t')"),
    (rules.broker_in_service, SURVEY + "adapters/a.py", "import aiokafka.admin"),
    (rules.broker_in_service, SURVEY + "adapters/a.py", "from kindred_common.messaging.kafka import x"),
    (rules.http_between_services, SURVEY + "application/a.py", "import httpx"),
    (rules.http_between_services, SURVEY + "entrypoints/a.py", "from httpx import AsyncClient"),
    (rules.model_named_event, SURVEY + "a.py", "class AnswerEvent(BaseModel): ..."),
    (rules.model_named_event, SURVEY + "a.py", "class A(pydantic.BaseModel): ...\nclass BEvent(A): ..."),
    (rules.vague_name, SURVEY + "utils.py", ""),
    (rules.vague_name, SURVEY + "a.py", "class SurveyManager: ..."),
    (rules.vague_name, SURVEY + "a.py", "class BaseHandler: ..."),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {NOQA}"),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {NOQA}: S101"),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {IGNORE}"),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {IGNORE}[misc]"),
    (rules.unfinished, SURVEY + "a.py", f"x = 1  {LATER}: finish"),
    (rules.patch_of_ours, "services/survey/tests/a.py", "patch('kindred_survey.domain.x')"),
    (rules.patch_of_ours, "services/survey/tests/a.py", "monkeypatch.setattr(kindred_survey, 'x', 1)"),
]  # fmt: skip

GOOD: list[tuple[Rule, str, str]] = [
    (rules.too_long, SURVEY + "a.py", "x = 1\n" * 400),
    (rules.service_named_in_common, COMMON + "contracts/a.py", "x = Service.SURVEY"),
    (rules.service_named_in_common, COMMON + "db/a.py", '"""A profile of the database."""'),
    (rules.topic_as_text, COMMON + "contracts/topics.py", "x = 'crm-events'"),
    (rules.undeclared_topic, SURVEY + "a.py", TOPIC_IMPORT + "SURVEY_ANSWERS, CUSTOMER_DETAILS"),
    (rules.kafka_client_elsewhere, rules.KAFKA_FACTORY, "x = AIOKafkaProducer()"),
    (rules.broker_in_service, COMMON + "messaging/a.py", "import aiokafka"),
    (rules.http_between_services, SURVEY + "adapters/a.py", "import httpx"),
    (rules.model_named_event, SURVEY + "a.py", "class Event: ..."),
    (rules.vague_name, SURVEY + "database.py", "class Based: ..."),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {NOQA}: S101, S102 - why"),
    (rules.suppression_without_reason, SURVEY + "a.py", f"x = 1  {IGNORE}[misc, attr-defined]  # why"),
    (rules.patch_of_ours, "services/survey/tests/a.py", "monkeypatch.setenv('KINDRED_X', '1')"),
]  # fmt: skip


@pytest.mark.parametrize("rule", EVERYWHERE, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    assert [found for source in python_sources() for found in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_the_rule_finds_what_breaks_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_the_rule_lets_pass_what_keeps_it(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def test_every_rule_is_tried_with_bad_and_good_input() -> None:
    assert {rule for rule, _, _ in BAD} == set(EVERYWHERE)
    assert {rule for rule, _, _ in GOOD} >= set(EVERYWHERE) - {rules.unfinished}


def test_tests_replace_little_behind_the_back_of_the_code() -> None:
    assert rules.over_budget(python_sources()) == []


def test_the_budget_is_counted() -> None:
    tests = "def test_a(): ...\n" * 19
    within = Source("services/survey/tests/a.py", tests + "def test_b(): patch('x.y')\n")
    beyond = Source("services/survey/tests/b.py", tests + "def test_b(): patch('x.y'); Mock()\n")

    assert rules.over_budget([within]) == []
    assert len(rules.over_budget([beyond])) == 2


def test_the_sources_are_all_there() -> None:
    paths = {source.path for source in python_sources()}

    assert {
        "conftest.py",
        "scripts/check-contracts",
        rules.KAFKA_FACTORY,
        "tests/architecture/rules.py",
    } <= paths
