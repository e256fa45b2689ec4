"""Reads the themes: those that come with the service, and those that an installation adds."""

from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kindred_common.contracts.record import Theme as ThemeName
from kindred_matching.domain.taxonomy import Taxonomy, Theme, WrongTaxonomy


class _ThemeLine(BaseModel):
    """One theme of a file; ``parent`` is null for a branch."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ThemeName
    parent: ThemeName | None
    en: str = Field(max_length=80)
    nl: str = Field(max_length=80)


class _ThemeFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    themes: tuple[_ThemeLine, ...]


def read_taxonomy(further: Path | None = None) -> Taxonomy:
    """The themes of the service and those of a further file of the same form, which may hang from any of them.

    Raises:
        WrongTaxonomy: a file cannot be read, or the themes together are no tree.
    """
    themes = _read((files("kindred_matching.adapters") / "themes.json").read_text("utf-8"))
    if further is not None:
        try:
            themes += _read(further.read_text("utf-8"))
        except OSError as error:
            raise WrongTaxonomy(f"{further}: {error.strerror}") from None
    return Taxonomy.of(themes)


def _read(text: str) -> list[Theme]:
    try:
        lines = _ThemeFile.model_validate_json(text).themes
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise WrongTaxonomy(f"{place}: {first['msg']}") from None
    return [Theme(line.id, line.parent, line.en, line.nl) for line in lines]
