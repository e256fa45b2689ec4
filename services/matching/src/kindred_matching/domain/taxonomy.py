"""The themes that interests and events speak of, in a tree: a branch of private passions and one of professional interests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kindred_matching.domain.kinship import ThemeTree

BRANCHES = ("private", "professional")
"""The roots: they only hold their branch together, nobody is asked about them."""


class WrongTaxonomy(ValueError):  # noqa: N818 - named for what it tells who wrote the file
    """The themes are no tree: the message says which theme and why."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject of interest and its name in both languages; ``parent`` None makes it a branch."""

    id: str
    parent: str | None
    en: str
    nl: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Themes that have been found to be a tree, in the order in which they were written."""

    themes: tuple[Theme, ...]
    tree: ThemeTree

    @classmethod
    def of(cls, themes: Sequence[Theme]) -> "Taxonomy":
        """The taxonomy of these themes.

        Raises:
            WrongTaxonomy: an id is there twice, a parent or a name is missing, there are other roots than the branches, or
                some themes are their own ancestors.
        """
        known = {theme.id for theme in themes}
        problem = next(_problems(themes, known), None)
        if problem is not None:
            raise WrongTaxonomy(problem)
        return cls(
            tuple(themes),
            ThemeTree(tuple(sorted((t.id, t.parent) for t in themes if t.parent is not None))),
        )

    def branch_of(self, theme: Theme) -> str:
        """The id of the root above the theme."""
        parents = dict(self.tree.parents)
        at = theme.id
        while at in parents:
            at = parents[at]
        return at


def _problems(themes: Sequence[Theme], known: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for theme in themes:
        if theme.id in seen:
            yield f"{theme.id}: is there twice"
        seen.add(theme.id)
        if not (theme.en.strip() and theme.nl.strip()):
            yield f"{theme.id}: needs a name in English and in Dutch"
        yield from _misplaced(theme, known)
    yield from (f"{branch}: is missing" for branch in BRANCHES if branch not in known)
    yield from _cycles({theme.id: theme.parent for theme in themes})


def _misplaced(theme: Theme, known: set[str]) -> Iterator[str]:
    is_branch = theme.id in BRANCHES
    if theme.parent is None:
        if not is_branch:
            yield f"{theme.id}: has no parent, and is no branch"
        return
    if theme.parent not in known:
        yield f"{theme.id}: its parent {theme.parent} is not there"
    if is_branch:
        yield f"{theme.id}: is a branch and has no parent"


def _cycles(parents: dict[str, str | None]) -> Iterator[str]:
    for theme in parents:
        at: str | None = theme
        for _ in parents:
            at = parents.get(at) if at is not None else None
        if at is not None:
            yield f"{theme}: is its own ancestor"
