"""A second engine beside the writer's, for questions: it follows the journal and may be asked what would be, without side effects."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from kindred_matching.application.long_lived import LongLived
from kindred_matching.application.matchmaker import replayed
from kindred_matching.domain.engine import Engine
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import Snapshot

Answer_co = TypeVar("Answer_co", covariant=True)
Answer = TypeVar("Answer")


class Question(Protocol[Answer_co]):
    """Something that the engine's present state answers; it leaves that state as it is."""

    def asked_of(self, engine: Engine) -> Answer_co: ...


class Record(Protocol):
    """The journal, for reading alone."""

    async def position(self) -> int:
        """The last position."""
        ...

    async def snapshot_position(self) -> int | None:
        """Where the newest snapshot was taken."""
        ...

    async def latest_snapshot(self) -> tuple[int, Snapshot] | None: ...

    async def batches(self, after: int) -> list[list[Input]]: ...


class Replica:
    """An engine at a position of the journal."""

    def __init__(self) -> None:
        self._engine = Engine(Rules())
        self._position = 0
        self._long_lived = LongLived()

    async def catch_up(self, record: Record) -> None:
        """Goes to the journal's end, from a snapshot where that is nearer."""
        taken = await record.snapshot_position() or 0
        if taken > self._position or await record.position() < self._position:
            snapshot = await record.latest_snapshot()
            self._engine = replayed(None if snapshot is None else snapshot[1], ())
            self._position = 0 if snapshot is None else snapshot[0]
        self._follow(await record.batches(self._position))
        self._long_lived.look_at(self._engine)

    def answer(self, question: Question[Answer]) -> Answer:
        """What the engine answers as it stands."""
        return question.asked_of(self._engine)

    def _follow(self, batches: Sequence[Sequence[Input]]) -> None:
        for batch in batches:
            self._engine.replay(batch)
            self._position += len(batch)


class Replicas(Protocol):
    """Where questions are asked."""

    async def ask(self, question: Question[Answer]) -> Answer:
        """The answer at the journal's present end."""
        ...
