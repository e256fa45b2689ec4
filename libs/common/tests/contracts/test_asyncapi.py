from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from libs.common.tests.contracts.asyncapi_structure import Document
from libs.common.tests.contracts.bodies import envelope_for
from pydantic import ValidationError

from kindred_common.contracts.asyncapi import asyncapi_document
from kindred_common.contracts.envelope import to_headers
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Cause
from kindred_common.contracts.schemas import record_types
from kindred_common.contracts.topics import CUSTOMER_DETAILS, TOPICS
from kindred_common.contracts.vocabulary import Service

DOCUMENT: dict[str, Any] = asyncapi_document()
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


def test_the_document_is_asyncapi_3() -> None:
    assert Document.model_validate(DOCUMENT).asyncapi.startswith("3.")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("channels", "crm-customers", "adress"), "crm-customers"),
        (("channels", "crm-customers", "bindings", "kafka", "partitions"), 0),
        (("channels", "crm-customers", "messages"), ["kindred.crm-customer.v1"]),
        (("operations", "survey-sends-survey-answers", "action"), "publish"),
        (("operations", "survey-sends-survey-answers", "channel"), "survey-answers"),
        (("operations", "survey-sends-survey-answers", "messages"), []),
        (("components", "messages", "kindred.crm-customer.v1", "examples"), [{"body": {}}]),
        (("components", "messages", "with space"), {}),
        (("info", "license"), "Apache-2.0"),
    ],
)  # fmt: skip
def test_the_check_of_the_structure_sees_mistakes(path: tuple[str, ...], value: object) -> None:
    document = deepcopy(DOCUMENT)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value

    with pytest.raises(ValidationError):
        Document.model_validate(document)


def test_every_reference_leads_somewhere() -> None:
    references = set(all_references(DOCUMENT))

    assert len(references) > len(TOPICS)
    for reference in references:
        assert isinstance(resolve(reference), dict)


def test_every_channel_is_a_topic_with_its_messages() -> None:
    assert DOCUMENT["channels"].keys() == {topic.name for topic in TOPICS}
    for topic in TOPICS:
        names = {model.record_type for model in topic.records}
        channel = DOCUMENT["channels"][topic.name]
        assert channel["messages"].keys() - {HEARTBEAT_TYPE} == names
        assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
        assert channel["x-kindred-key"] == topic.key
    assert MESSAGES.keys() == record_types().keys() | {HEARTBEAT_TYPE}


def test_the_broker_settings_are_those_of_the_registry() -> None:
    for topic in TOPICS:
        written = DOCUMENT["channels"][topic.name]["bindings"]["kafka"]["topicConfiguration"]
        policy = written.pop("cleanup.policy")
        assert topic.configuration() == {
            "cleanup.policy": policy[0],
            **{name: str(value) for name, value in written.items()},
        }
        written["cleanup.policy"] = policy


def test_every_service_sends_and_receives_what_the_registry_says() -> None:
    expected = {
        *(f"{service}-sends-{topic.name}" for topic in TOPICS for service in topic.producers),
        *(f"{service}-receives-{topic.name}" for topic in TOPICS for service in topic.consumers),
    }

    assert DOCUMENT["operations"].keys() == expected


def test_an_operation_names_only_messages_of_its_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(m["$ref"].startswith(f"{channel}/messages/") for m in operation["messages"])


def test_only_who_vouches_for_a_topic_sends_its_heartbeat() -> None:
    assert CUSTOMER_DETAILS.heartbeat is Service.PROFILE
    for name, operation in DOCUMENT["operations"].items():
        topic = next(t for t in TOPICS if name.endswith(f"s-{t.name}"))
        beats = any(m["$ref"].endswith(HEARTBEAT_TYPE) for m in operation["messages"])
        receives = operation["action"] == "receive"
        assert beats == (
            topic.heartbeat is not None and (receives or name.startswith(f"{topic.heartbeat}-"))
        )


@pytest.mark.parametrize("name", MESSAGES)
def test_examples_keep_the_schemas_they_stand_beside(name: str) -> None:
    message = MESSAGES[name]
    for part in ("headers", "payload"):
        validator = Draft202012Validator(DOCUMENT | message[part])
        for example in message["examples"]:
            assert [fault.message for fault in validator.iter_errors(example[part])] == []


def test_what_we_send_keeps_the_schema_of_headers() -> None:
    name = "kindred.answers-recorded.v1"
    validator = Draft202012Validator(DOCUMENT | MESSAGES[name]["headers"])
    full = {key: value.decode() for key, value in to_headers(envelope_for(name))}
    smallest = to_headers(envelope_for(name, cause=Cause("c"), sequence=None, source_version=None))

    validator.validate(full)
    validator.validate({key: value.decode() for key, value in smallest})
    documented = DOCUMENT["components"]["schemas"]["CloudEventHeaders"]["properties"]
    assert full.keys() == documented.keys()
    assert not validator.is_valid(full | {"ce_type": "kindred.other.v1"})
    assert not validator.is_valid({key: full[key] for key in full if key != "ce_id"})


def all_references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from all_references(value)


def resolve(reference: str) -> object:
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node
