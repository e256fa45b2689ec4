"""Writes the contracts down for people and other systems, and tells when what is written is out of date.

The schemas in the repository are what has been released. They may grow; a break is refused.
"""

from pathlib import Path

from kindred_common.contracts.asyncapi import asyncapi_document
from kindred_common.contracts.compatibility import Change, breaks, compare
from kindred_common.contracts.schemas import as_text, parse_schema, read_schemas, schemas
from kindred_common.contracts.topic_compatibility import compare_topics

SCHEMAS = Path("libs/common/schemas")
ASYNCAPI = Path("docs/asyncapi.json")


class BreakingContracts(ValueError):  # noqa: N818 - named for what it is
    """The record contracts broke: a type that others rely on no longer means what it did."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__("\n".join(map(str, changes)))
        self.changes = changes


def contract_files() -> dict[Path, str]:
    """What is written, by path below the repository's root."""
    files = {SCHEMAS / f"{name}.json": as_text(schema) for name, schema in schemas().items()}
    return files | {ASYNCAPI: as_text(asyncapi_document())}


def write_contracts(root: Path) -> list[Path]:
    """Brings the written contracts up to date; returns the files that changed.

    Raises:
        BreakingContracts: what is written there already would break; nothing was written.
    """
    if broken := breaks(contract_changes(root)):
        raise BreakingContracts(broken)
    stale = stale_contracts(root)
    files = contract_files()
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(files[path], encoding="utf-8")
    return stale


def contract_changes(root: Path) -> list[Change]:
    """What the models change in what is written there."""
    changes = compare(read_schemas(root / SCHEMAS), schemas())
    if (written := _written(root / ASYNCAPI)) is not None:
        changes += compare_topics(parse_schema(written), asyncapi_document())
    return changes


def stale_contracts(root: Path) -> list[Path]:
    """The files that do not say what the models say."""
    return [path for path, text in contract_files().items() if _written(root / path) != text]


def _written(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
