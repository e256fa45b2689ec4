"""Which texts in the sources lack a translation: ``python -m kindred_common.i18n.extraction [FOLDER ...]``."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

METHODS = [
    ("**/tests/**", "ignore"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
KEYWORDS = {**DEFAULT_KEYWORDS, "translatable": None}
OPTIONS = {"**/templates/**": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the first place that uses it."""

    message: str
    place: str


def texts(folders: Iterable[Path]) -> Iterator[Text]:
    """Every translatable text in the Python sources and templates of these folders."""
    for folder in folders:
        found = extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS)
        for filename, line, message, _comments, _context in found:
            first = message[0] if isinstance(message, tuple) else message
            yield Text(str(first), f"{folder / filename}:{line}")


def untranslated(folders: Iterable[Path], language: str = "nl") -> list[Text]:
    """The texts that the language's catalogue does not translate."""
    known = translated(language)
    return [text for text in texts(folders) if text.message not in known]


def translated(language: str) -> frozenset[str]:
    """The texts that the language's catalogue translates."""
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        catalogue: Catalog = read_po(file, locale=language)
    return frozenset(
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in catalogue
        if entry.id and not entry.fuzzy and _complete(entry.string)
    )


def _complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    folders = [Path(name) for name in sys.argv[1:]] or [Path("libs"), Path("services")]
    missing = untranslated(folders)
    for text in missing:
        sys.stdout.write(f"{text.place}\n  {text.message}\n")
    sys.exit(1 if missing else 0)
