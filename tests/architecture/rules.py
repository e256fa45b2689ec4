"""House rules that neither ruff nor import-linter can express. Each finds what breaks it in one file, with its line."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, imports, nodes, strings

from kindred_common.contracts.topics import TOPICS, Topic
from kindred_common.contracts.vocabulary import Service

LONGEST_FILE = 400
PATCHES_PER_TEST = 0.05
KAFKA_FACTORY = "libs/common/src/kindred_common/messaging/kafka.py"
CONTRACTS = "libs/common/src/kindred_common/contracts/"
COMMON = "libs/common/src/"

_SERVICES = frozenset(service.value for service in Service if service is not Service.OUTSIDE)
_TOPIC_NAMES = frozenset(topic.name for topic in TOPICS)
_CLIENTS = frozenset({"AIOKafkaConsumer", "AIOKafkaProducer"})
_VAGUE_MODULE = re.compile(r"^(utils?|helpers?|managers?|misc|stuff|base|core|shared)\.py$")
_VAGUE_CLASS = re.compile(r"^(Base[A-Z]\w*|\w*(Manager|Helper|Utils?|Impl))$")
_MODELS = frozenset({"BaseModel", "Record", "Part"})
_NOQA = re.compile(r"#\s*noqa\b(?!: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \S)")
_TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore\b(?!\[[a-z-]+(, ?[a-z-]+)*\]\s+# \S)")
_UNFINISHED = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")


def too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.path}: {lines} lines"


def service_named_in_common(source: Source) -> Iterator[str]:
    """What all services share knows none of them; only the record contracts name them."""
    if not source.path.startswith(COMMON) or source.path.startswith(CONTRACTS):
        return
    for node in nodes(source):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Service":
            yield source.at(node, ast.unparse(node))
    for text in strings(source):
        words = set(re.findall(r"[a-z]+", str(text.value).replace("kindred_", "")))
        whole = str(text.value) in _SERVICES
        if whole or (words & _SERVICES and "kindred_" in str(text.value)):
            yield source.at(text, repr(text.value))


def topic_as_text(source: Source) -> Iterator[str]:
    """A topic is an object of the registry, so that whoever uses it can be found."""
    if not source.shipped or source.path.startswith(CONTRACTS):
        return
    for text in strings(source):
        if text.value in _TOPIC_NAMES:
            yield source.at(text, repr(text.value))


def undeclared_topic(source: Source) -> Iterator[str]:
    """A service uses only topics that the registry says it reads or writes."""
    topics = topics_by_constant()
    for statement, module, name in imports(source):
        if source.service is None or not module.endswith("contracts.topics") or name not in topics:
            continue
        service, topic = Service(source.service), topics[name]
        if service not in topic.producers + topic.consumers:
            yield source.at(statement, f"{service} neither reads nor writes {topic.name}")


def kafka_client_elsewhere(source: Source) -> Iterator[str]:
    """One factory makes the clients, with settings that lose nothing."""
    if not source.shipped or source.path == KAFKA_FACTORY:
        return
    for node in nodes(source):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _CLIENTS:
            yield source.at(node, ast.unparse(node.func))


def broker_in_service(source: Source) -> Iterator[str]:
    """A service publishes by its outbox only: a record sent past it can contradict the database."""
    for statement, module, _ in imports(source):
        if source.service and (
            module.split(".")[0] == "aiokafka" or module == "kindred_common.messaging.kafka"
        ):
            yield source.at(statement, module)


def http_between_services(source: Source) -> Iterator[str]:
    """Each service works with all others down; an HTTP client is for what is not ours, in an adapter."""
    for statement, module, _ in imports(source):
        if (
            source.service
            and module.split(".")[0] in {"httpx", "requests", "aiohttp"}
            and "/adapters/" not in source.path
        ):
            yield source.at(statement, module)


def model_named_event(source: Source) -> Iterator[str]:
    """What travels on topics is a record of the contracts; a second model of it would drift away."""
    if not source.shipped or source.path.startswith(CONTRACTS):
        return
    models = set(_MODELS)
    for node in nodes(source):
        if (
            isinstance(node, ast.ClassDef)
            and {ast.unparse(base).split(".")[-1] for base in node.bases} & models
        ):
            models.add(node.name)
            if node.name.endswith(("Event", "Record")):
                yield source.at(node, node.name)


def vague_name(source: Source) -> Iterator[str]:
    """A name that fits everything gathers everything."""
    if _VAGUE_MODULE.match(source.path.split("/")[-1]):
        yield f"{source.path}: the module's name says nothing"
    for node in nodes(source):
        if isinstance(node, ast.ClassDef) and _VAGUE_CLASS.match(node.name):
            yield source.at(node, node.name)


def suppression_without_reason(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if _NOQA.search(line) or _TYPE_IGNORE.search(line):
            yield f"{source.path}:{number}: a suppression names its code and its reason"


def unfinished(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if _UNFINISHED.search(line):
            yield f"{source.path}:{number}: {line.strip()}"


def patches(source: Source) -> Iterator[str]:
    """Each use of a mock or patch in a test."""
    if not source.is_test:
        return
    for node in nodes(source):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if (
                called.split(".")[-1] in {"patch", "Mock", "MagicMock", "AsyncMock"}
                or ".patch." in called
            ):
                yield source.at(node, called)


def patch_of_ours(source: Source) -> Iterator[str]:
    """What we own is replaced through its constructor, never behind its back."""
    for node in nodes(source) if source.is_test else ():
        if (
            isinstance(node, ast.Call)
            and node.args
            and "patch" in (called := ast.unparse(node.func))
        ):
            if called.endswith(("setenv", "delenv", "chdir", "syspath_prepend")):
                continue
            if "kindred" in ast.unparse(node.args[0]):
                yield source.at(node, ast.unparse(node))


def over_budget(sources: Iterable[Source]) -> list[str]:
    """All patches, when they are more than the budget allows for so many tests."""
    tested = [source for source in sources if source.is_test]
    used = [use for source in tested for use in patches(source)]
    tests = sum(
        len(re.findall(r"^\s*(?:async )?def test_", source.text, re.MULTILINE)) for source in tested
    )
    return used if len(used) > PATCHES_PER_TEST * tests else []


def topics_by_constant() -> dict[str, Topic]:
    """The registry's topics by the name of their constant."""
    return {topic.name.replace("-", "_").upper(): topic for topic in TOPICS}
