"""What the person at the terminal sees: steps, records with the milliseconds they took, and words between them."""

from rich.console import Console
from rich.markup import escape

from kindred_cli.following import Seen

ID_SHOWN = 8
TOPIC_WIDTH = 19
OUTSIDE = "outside"
"""What stands for the cause of a record that begins a chain: a person, or another system."""


class Telling:
    """Prints; on a terminal in colour, else as plain lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps = 0

    def step(self, title: str) -> None:
        """A new step of the loop begins."""
        self._steps += 1
        self._print(f"\n[bold]{self._steps}. {escape(title)}[/bold]")

    def say(self, words: str) -> None:
        """Something a person should know."""
        self._print(f"   {escape(words)}")

    def record(self, seen: Seen, since: float, words: str) -> None:
        """A record that came, the milliseconds since what led to it, and the record that did."""
        topic, took = seen.received.topic.name, (seen.at - since) * 1000
        cause = OUTSIDE if seen.caused_by is None else short(seen.caused_by)
        self._print(
            f"   [cyan]{took:6.0f} ms[/cyan]  {topic:<{TOPIC_WIDTH}}"
            f" [dim]{short(seen.id)} <- {cause}[/dim]  {escape(words)}"
        )

    def detail(self, words: str) -> None:
        """More about the record before."""
        self._print(f"   {'':9}  {'':<{TOPIC_WIDTH}} {'':20}  [green]{escape(words)}[/green]")

    def block(self, lines: list[str]) -> None:
        """Lines as they are."""
        for line in lines:
            self._print(f"   {escape(line)}")

    def _print(self, line: str) -> None:
        self._console.print(line, highlight=False, soft_wrap=True)


def short(record_id: str) -> str:
    """The end of an id, which differs; ids of one moment begin alike."""
    return record_id[-ID_SHOWN:]
