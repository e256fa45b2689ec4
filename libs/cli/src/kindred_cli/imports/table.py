"""A file of answered surveys: its rows, as far as we need them to know who is expected."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from kindred_cli.errors import CommandError
from kindred_cli.imports.mapping import FileMapping
from kindred_common.contracts.identity import customer_id_of

LARGEST = 20 * 1024 * 1024
"""Bytes that the services take at once."""
INTEREST = "interest"

Themes = frozenset[str]


@dataclass(frozen=True, slots=True)
class AnsweredSurveys:
    """The file as it goes to the services."""

    name: str
    content: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """The file on disk.

        Raises:
            CommandError: it cannot be read, or is too large.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        if len(content) > LARGEST:
            raise CommandError(f"{path} is larger than {LARGEST // 2**20} MiB; split it")
        return cls(path.name, content)


def people_in(table: AnsweredSurveys, mapping: FileMapping) -> Mapping[int, tuple[UUID, Themes]]:
    """By the number of the row: whose it is, and on which themes he answered.

    Raises:
        CommandError: it is no table.
    """
    return {
        number: (_customer(mapping, number, row), frozenset(_themes(mapping, row)))
        for number, row in enumerate(_rows(table, mapping.delimiter), 1)
    }


def _rows(table: AnsweredSurveys, delimiter: str) -> Iterator[Mapping[str, str]]:
    try:
        text = io.StringIO(table.content.decode("utf-8-sig"), newline="")
        lines = csv.reader(text, delimiter=delimiter, strict=True)
        heading = [name.strip() for name in next(lines, [])]
        for cells in filter(None, lines):
            yield dict(zip(heading, (cell.strip() for cell in cells), strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{table.name} is not CSV in UTF-8: {error}") from error


def _customer(mapping: FileMapping, number: int, row: Mapping[str, str]) -> UUID:
    name = str(number) if mapping.id_column is None else row.get(mapping.id_column, "")
    return customer_id_of(mapping.name, name)


def _themes(mapping: FileMapping, row: Mapping[str, str]) -> Iterator[str]:
    for heading, column in mapping.answers.columns.items():
        cell = row.get(heading, "")
        if column.kind == INTEREST and column.theme and column.values.get(cell, cell):
            yield column.theme
