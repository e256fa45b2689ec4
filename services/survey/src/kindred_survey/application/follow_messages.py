from collections.abc import Sequence

from kindred_common.contracts.outreach import MessageOutcome
from kindred_survey.application.ports import LinkStatus, Stores


async def follow_messages(stores: Stores, outcomes: Sequence[MessageOutcome]) -> None:
    """Keeps with each link what became of the message that carries it; the latest outcome of a message counts."""
    latest: dict[object, LinkStatus] = {}
    for outcome in sorted(outcomes, key=lambda o: o.at):
        latest[outcome.message_id] = LinkStatus(
            outcome.message_id, outcome.result.value, outcome.rule, outcome.at
        )
    await stores.links.note([*latest.values()])
