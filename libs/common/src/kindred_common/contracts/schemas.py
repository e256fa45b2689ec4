"""JSON Schema 2020-12 of each record type: what its producers promise and its consumers may count on."""

import json
from pathlib import Path
from typing import cast

from pydantic.json_schema import GenerateJsonSchema

from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import TOPICS

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def record_types() -> dict[str, type[Record]]:
    """Every record type that travels on a topic, by its name."""
    models = {model.record_type: model for topic in TOPICS for model in topic.records}
    return dict(sorted(models.items()))


def schema_of(model: type[Record]) -> Schema:
    """The schema of a record's body, for those who write it; absent fields have their defaults."""
    head: Schema = {"$schema": DIALECT, "$id": f"urn:kindred:{model.record_type}"}
    body = model.model_json_schema(mode="validation", schema_generator=_WithoutFieldTitles)
    return head | cast("Schema", _for_readers(body))


def schemas() -> dict[str, Schema]:
    """The schema of every record type, by its name."""
    return {name: schema_of(model) for name, model in record_types().items()}


def read_schemas(folder: Path) -> dict[str, Schema]:
    """The schemas kept in a folder as `<record type>.json`."""
    return {path.stem: parse_schema(path.read_bytes()) for path in sorted(folder.glob("*.json"))}


def parse_schema(text: bytes | str) -> Schema:
    """Reads one schema.

    Raises:
        ValueError: the text is not a JSON object.
    """
    schema = json.loads(text)
    if not isinstance(schema, dict):
        raise ValueError("a schema is a JSON object")
    return cast("Schema", schema)


def as_text(document: Schema) -> str:
    """The one way a document is written, so that a difference in files is a difference in content."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A title made of the field's own name tells nothing."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the library's signature
        return False


def _for_readers(node: object) -> object:
    """Docstrings as Markdown: paragraphs on one line, names in single backticks."""
    if isinstance(node, dict):
        return {
            key: _as_markdown(value)
            if key == "description" and isinstance(value, str)
            else _for_readers(value)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_for_readers(value) for value in node]
    return node


def _as_markdown(text: str) -> str:
    paragraphs = text.replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
