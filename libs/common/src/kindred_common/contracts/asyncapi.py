"""One AsyncAPI 3.0 document of all topics: who sends and receives what, keyed how, kept how long.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import json
from typing import cast

from kindred_common.contracts.examples import example_bodies
from kindred_common.contracts.heartbeat import HEARTBEAT_KEY_PREFIX, HEARTBEAT_TYPE
from kindred_common.contracts.record import Record
from kindred_common.contracts.schemas import Schema, schema_of
from kindred_common.contracts.topics import TOPICS, Kind, Topic
from kindred_common.contracts.vocabulary import Service

_BINDING = "0.5.0"
_ABOUT = (
    "The topics of Kindred. Records are CloudEvents 1.0 in binary mode (attributes in `ce_` headers, JSON in the value); "
    "structured mode is accepted too. Topic names may carry a prefix, set at deployment. On a topic of facts each record "
    "counts once, by its source and id. On a topic of state the latest record of a key replaces those before; a null value "
    "removes the key. Consumers ignore fields they do not know."
)


def asyncapi_document() -> Schema:
    """The document, without anything that changes from one export to the next."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:kindred:records",
        "info": {
            "title": "Kindred records",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": _operations(),
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _server() -> Schema:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "Any Kafka that the deployment names; SASL_SSL or mutual TLS outside development.",
        "variables": {
            "bootstrap": {"description": "host:port of a broker", "default": "localhost:9092"}
        },
    }


def _channel(topic: Topic) -> Schema:
    return {
        "address": topic.name,
        "title": topic.name,
        "description": topic.description,
        "messages": {name: _reference("components", "messages", name) for name in _carried(topic)},
        "tags": [{"name": topic.kind.value}, *([{"name": "personal"}] if topic.personal else [])],
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": _configuration(topic),
                "bindingVersion": _BINDING,
            }
        },
        "x-kindred-kind": topic.kind.value,
        "x-kindred-key": topic.key,
        "x-kindred-retention-days": topic.retention.days if topic.retention else None,
        "x-kindred-personal": topic.personal,
    }


def _configuration(topic: Topic) -> Schema:
    settings = topic.configuration()
    policy = settings.pop("cleanup.policy")
    return {"cleanup.policy": [policy]} | {name: int(value) for name, value in settings.items()}


def _carried(topic: Topic) -> list[str]:
    names = [model.record_type for model in topic.records]
    return [*names, HEARTBEAT_TYPE] if topic.heartbeat else names


def _operations() -> Schema:
    sends = [(topic, service, "send") for topic in TOPICS for service in topic.producers]
    receives = [(topic, service, "receive") for topic in TOPICS for service in topic.consumers]
    return {
        f"{service.value}-{verb}s-{topic.name}": _operation(topic, service, verb)
        for topic, service, verb in sorted([*sends, *receives], key=lambda item: item[1])
    }


def _operation(topic: Topic, service: Service, verb: str) -> Schema:
    sends_heartbeat = verb == "receive" or topic.heartbeat is service
    names = [name for name in _carried(topic) if name != HEARTBEAT_TYPE or sends_heartbeat]
    return {
        "action": verb,
        "title": f"{service.value} {verb}s {topic.name}",
        "channel": _reference("channels", topic.name),
        "messages": [_reference("channels", topic.name, "messages", name) for name in names],
        "tags": [{"name": service.value}],
    }


def _messages() -> Schema:
    models = {model.record_type: (topic, model) for topic in TOPICS for model in topic.records}
    messages: Schema = {name: _message(*models[name]) for name in sorted(models)}
    return messages | {HEARTBEAT_TYPE: _heartbeat()}


def _message(topic: Topic, model: type[Record]) -> Schema:
    name = model.record_type
    payload = _reference("components", "schemas", name)
    return {
        "name": name,
        "title": model.__name__,
        "summary": str(schema_of(model)["description"]).split("\n\n")[0],
        "contentType": "application/json",
        "headers": _headers(name),
        "payload": payload,
        "bindings": {"kafka": _key(f"{topic.key}, in UTF-8")},
        "examples": [_example(name, *item) for item in example_bodies(name).items()],
        **({"description": "A null value removes the key."} if topic.kind is Kind.STATE else {}),
    }


def _heartbeat() -> Schema:
    return {
        "name": HEARTBEAT_TYPE,
        "title": "Heartbeat",
        "summary": "Each minute, on each partition: what the writer has committed before has arrived. Only its time counts.",
        "contentType": "application/json",
        "headers": _headers(HEARTBEAT_TYPE),
        "payload": {"type": "object"},
        "bindings": {"kafka": _key(f"{HEARTBEAT_KEY_PREFIX}<partition>")},
        "examples": [_example(HEARTBEAT_TYPE, "any", b"{}")],
    }


def _key(description: str) -> Schema:
    return {"key": {"type": "string", "description": description}, "bindingVersion": _BINDING}


def _example(record_type: str, name: str, body: bytes) -> Schema:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": "019c9f3e-2c80-7d54-a1b7-3c9e5f7a8b13",
        "ce_source": "example",
        "ce_type": record_type,
        "ce_time": "2026-03-02T12:00:00Z",
        "ce_sourceversion": "1",
        "content-type": "application/json",
    }
    return {"name": name, "headers": headers, "payload": json.loads(body)}


def _headers(record_type: str) -> Schema:
    return {
        "allOf": [
            _reference("components", "schemas", "CloudEventHeaders"),
            {"type": "object", "properties": {"ce_type": {"const": record_type}}},
        ]
    }


def _schemas() -> Schema:
    """Payloads and their parts, side by side; references point here instead of into each payload."""
    found: Schema = {"CloudEventHeaders": _cloud_event_headers()}
    for topic in TOPICS:
        for model in topic.records:
            schema = schema_of(model)
            parts = cast("dict[str, Schema]", schema.pop("$defs", {}))
            del schema["$schema"], schema["$id"]
            for name, part in {model.record_type: schema, **parts}.items():
                moved = _moved(part)
                if found.setdefault(name, moved) != moved:
                    raise ValueError(f"two parts of records are called {name}")
    return dict(sorted(found.items()))


def _moved(node: object) -> object:
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref" and isinstance(value, str)
            else _moved(value)
            for key, value in node.items()
        }
    return [_moved(value) for value in node] if isinstance(node, list) else node


def _cloud_event_headers() -> Schema:
    text = {"type": "string", "minLength": 1, "maxLength": 500}
    number = {"type": "string", "pattern": "^[0-9]{1,18}$"}
    return {
        "title": "CloudEventHeaders",
        "description": "Attributes of a CloudEvent as Kafka headers, in UTF-8.",
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
        "properties": {
            "ce_specversion": {"const": "1.0"},
            "ce_id": text | {"description": "With the source it identifies the record."},
            "ce_source": text | {"description": "The system that writes."},
            "ce_type": text,
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_subject": text | {"description": "The key again."},
            "ce_correlationid": text
            | {"description": "Shared by all that follows from one first cause."},
            "ce_causationid": text | {"description": "The id of the record directly before."},
            "ce_traceparent": text | {"description": "W3C Trace Context."},
            "ce_sequence": number
            | {"description": "Counts the records of a key; on state its version."},
            "ce_sourceversion": number
            | {
                "description": "The version another system gives its state; older ones are ignored."
            },
            "content-type": {"const": "application/json"},
        },
    }


def _reference(*path: str) -> Schema:
    return {"$ref": "#/" + "/".join(path)}
