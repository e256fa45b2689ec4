"""Numbers for names."""


class Names:
    """Numbers for names, in the order in which they were first heard."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, name: str) -> int:
        """The name's number, a new one if it has none."""
        return self._numbers.setdefault(name, len(self._numbers))

    def find(self, name: str) -> int:
        """The name's number, -1 if it was never heard."""
        return self._numbers.get(name, -1)
