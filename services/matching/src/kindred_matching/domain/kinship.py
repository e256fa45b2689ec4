"""How much what a customer said of one theme tells of another: the kinship of themes in the tree.

On the way from the one to the other each step up to a parent counts ``to_parent``, each step down to a child ``to_child``, and
the factors are multiplied: a parent .5, a child .6, a sibling .3 (up and down). The way does not lead through a branch's root:
football says nothing of opera. A kinship below ``LEAST`` is none. A theme that is not in the tree is kin to itself alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kindred_matching.domain.exact import Floats
from kindred_matching.domain.naming import Names

LEAST = 0.1


@dataclass(frozen=True, slots=True)
class ThemeTree:
    """Each theme that has a parent, with it, sorted; what has none is a branch."""

    parents: tuple[tuple[str, str], ...] = ()


class Kinship:
    """The kinship of the themes of one tree."""

    def __init__(self, tree: ThemeTree, to_parent: float, to_child: float) -> None:
        self._parent = dict(tree.parents)
        self._children: dict[str, list[str]] = {}
        for theme, parent in tree.parents:
            self._children.setdefault(parent, []).append(theme)
        self._to_parent, self._to_child = to_parent, to_child
        self._known: dict[str, Mapping[str, float]] = {}

    def relatives(self, theme: str) -> Mapping[str, float]:
        """The themes of which the theme tells something, itself (1) included, and how much."""
        if theme not in self._known:
            self._known[theme] = dict(self._walk(theme))
        return self._known[theme]

    def branch(self, theme: str) -> str | None:
        """The branch to which the theme belongs; None when it is not in the tree."""
        if theme not in self._parent:
            return None
        while theme in self._parent:
            theme = self._parent[theme]
        return theme

    def table(self, themes: Sequence[str], numbers: Names) -> Floats:
        """The kinship of each of the themes (rows) with every numbered theme (columns)."""
        table = np.zeros((len(themes), len(numbers)))
        for row, theme in enumerate(themes):
            for other, factor in self.relatives(theme).items():
                if (number := numbers.find(other)) >= 0:
                    table[row, number] = factor
        return table

    def _walk(self, theme: str) -> Iterator[tuple[str, float]]:
        came_from, at, factor = "", theme, 1.0
        while factor >= LEAST and (at == theme or at in self._parent):
            yield from self._below(at, factor, came_from)
            came_from, at, factor = at, self._parent.get(at, ""), factor * self._to_parent

    def _below(self, theme: str, factor: float, without: str) -> Iterator[tuple[str, float]]:
        if factor < LEAST:
            return
        yield theme, factor
        for child in self._children.get(theme, ()):
            if child != without:
                yield from self._below(child, factor * self._to_child, "")
