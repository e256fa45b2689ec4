"""Numbers for names."""

from collections.abc import Iterable, Iterator


class Names:
    """Numbers for names, in the order in which they were first heard."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        """The names by number."""
        return iter(self._numbers)

    def of(self, name: str) -> int:
        """The name's number, a new one if it has none."""
        return self._numbers.setdefault(name, len(self._numbers))

    def find(self, name: str) -> int:
        """The name's number, -1 if it was never heard."""
        return self._numbers.get(name, -1)

    def find_all(self, names: Iterable[str]) -> list[int]:
        """The number of each name, -1 for those that were never heard."""
        known = self._numbers.get
        return [known(name, -1) for name in names]
