"""What the steps of the demonstration share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kindred_cli.demo.show.post import Post
from kindred_cli.demo.show.telling import Telling
from kindred_cli.errors import CommandError
from kindred_cli.following import Follower, Seen
from kindred_cli.local_system import Api, LocalSystem
from kindred_common.clock import Clock, Ids
from kindred_common.contracts.record import Record
from kindred_common.contracts.vocabulary import Service

R = TypeVar("R", bound=Record)


@dataclass(slots=True)
class Stage:
    """The system, its records as they come, and the person who watches.

    ``patience`` is how many seconds a step may take.
    """

    system: LocalSystem
    apis: dict[Service, Api]
    follower: Follower
    telling: Telling
    clock: Clock
    ids: Ids
    patience: float

    @property
    def post(self) -> Post:
        return Post(self.system.home.mail)

    async def expect(
        self, what: str, kind: type[R], judge: Callable[[Seen, R], bool] = lambda _seen, _data: True
    ) -> tuple[Seen, R]:
        """The first record of this kind that is right.

        Raises:
            CommandError: it did not come in time; ``what`` says what is missing.
        """

        def right(seen: Seen) -> bool:
            data = seen.received.data
            return isinstance(data, kind) and judge(seen, data)

        seen = await self.follower.first(right, within=self.patience)
        if seen is None or not isinstance(seen.received.data, kind):
            raise self.missing(what)
        return seen, seen.received.data

    def show(self, seen: Seen, since: float, words: str) -> None:
        """Tells of a record; time counts from its cause when we saw that."""
        causes = (one.at for one in self.follower.seen if one.id == seen.caused_by)
        self.telling.record(seen, max(next(causes, since), since), words)

    def missing(self, what: str) -> CommandError:
        """One clear line about the step that did not happen."""
        logs = self.system.home.logs
        return CommandError(
            f"{what} did not happen within {self.patience:.0f} s; look at: kindred status, and at {logs}"
        )
