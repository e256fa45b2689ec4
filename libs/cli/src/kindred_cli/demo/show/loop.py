"""The whole demonstration, from the choice of a customer to the tree of causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kindred_cli.demo.show.cast import choose, extra_event
from kindred_cli.demo.show.chain import follow_back, tree
from kindred_cli.demo.show.first_half import answer
from kindred_cli.demo.show.listing import list_event
from kindred_cli.demo.show.second_half import Guest
from kindred_cli.demo.show.stage import Stage
from kindred_cli.demo.show.telling import Telling
from kindred_cli.following import Seen, following
from kindred_cli.local_system import LocalSystem
from kindred_common.clock import Clock, Ids
from kindred_common.contracts.topics import (
    CRM_EVENTS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EVENT_CATALOGUE,
    EXPERIENCE_FEEDBACK,
    INVITATION_RECORDS,
    MESSAGE_OUTCOMES,
    MESSAGE_REQUESTS,
    SURVEY_ANSWERS,
)

TOPICS = (
    CRM_EVENTS,
    SURVEY_ANSWERS,
    CUSTOMER_PROFILES,
    CUSTOMER_MATCHES,
    INVITATION_RECORDS,
    EVENT_CATALOGUE,
    MESSAGE_REQUESTS,
    MESSAGE_OUTCOMES,
    EXPERIENCE_FEEDBACK,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """In how much time the event begins, and how many seconds any step may take."""

    starts_in: timedelta
    patience: float


async def show_loop(
    system: LocalSystem, telling: Telling, clock: Clock, ids: Ids, pace: Pace
) -> None:
    """Runs the loop once and tells of each step.

    Raises:
        CommandError: a step did not happen.
    """
    keys: set[str] = set()
    async with (
        system.apis() as apis,
        following(system.kafka, TOPICS, keys.__contains__) as follower,
    ):
        stage = Stage(system, apis, follower, telling, clock, ids, pace.patience)
        cast = await choose(stage)
        extra = extra_event(stage, cast, pace.starts_in)
        keys |= {str(cast.id), str(extra.id), extra.key}
        extra = await list_event(stage, cast, extra)
        drafted = await answer(stage, cast, extra)
        guest = Guest.of(stage, cast, extra, drafted)
        invitation = await guest.approve()
        await guest.accept(invitation)
        request = await guest.check_in()
        last = await guest.give_feedback(request)
        _tell_causes(telling, follower.seen, drafted.answer, last)


def _tell_causes(telling: Telling, records: Sequence[Seen], answer: Seen, last: Seen) -> None:
    telling.step("What caused what")
    telling.block(tree(records))
    way = follow_back(records, last)
    if way[-1].id == answer.id:
        telling.say(f"From the last matches {len(way) - 1} causes lead back to the first answer.")
