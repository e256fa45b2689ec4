import asyncio
from collections.abc import Awaitable
from random import Random
from uuid import UUID

from services.invitations.tests.house import House
from services.invitations.tests.test_reply_page import ACCEPT, DECLINE, WITH_COMPANION, link_of

from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.topics import CUSTOMER_MATCHES
from kindred_common.db.faults import is_transient


async def test_people_guests_and_the_matcher_at_once_break_nothing(house: House) -> None:
    random = Random(11)  # noqa: S311 - a repeatable crowd
    events = [await house.event(seats=6, companion_allowed=True) for _ in range(3)]
    customers = [await house.customer() for _ in range(8)]
    for customer in customers:
        await house.match(customer, *events)
    invitations = [row["id"] for row in await house.rows("SELECT id FROM invitation ORDER BY id")]
    paths = []
    for invitation in invitations[:9]:
        await house.client.post(f"/v1/invitations/{invitation}/approve", headers=house.manager)
        paths.append(await link_of(house, invitation))

    acts = [_act(house, random, events, customers, invitations, paths) for _ in range(100)]
    crowd = asyncio.Semaphore(16)

    async def take_turn(act: Awaitable[int]) -> int:
        async with crowd:
            return await act

    statuses = await asyncio.gather(*(take_turn(act) for act in acts))

    assert set(statuses) <= {200, 303, 409}
    rows = await house.rows(
        "SELECT e.held, e.seats, (SELECT coalesce(sum(i.seats), 0) FROM invitation AS i WHERE i.event_id = e.id"
        " AND i.step IN ('approved', 'sent', 'not_sent', 'accepted', 'attended')) AS guests FROM event AS e"
    )
    assert all(row["held"] == row["guests"] <= row["seats"] for row in rows)


def _act(
    house: House,
    random: Random,
    events: list[UUID],
    customers: list[UUID],
    invitations: list[UUID],
    paths: list[str],
) -> Awaitable[int]:
    match random.randrange(5):
        case 0:
            proposed = random.sample(events, 2)
            return _propose(house, random.choice(customers), proposed)
        case 1:
            ids = [str(one) for one in random.sample(invitations, 6)]
            path = f"/v1/events/{random.choice(events)}/approvals"
            return _status(house, path, json={"invitation_ids": ids})
        case 2:
            path = f"/v1/invitations/{random.choice(invitations)}/withdraw"
            return _status(house, path)
        case _:
            form = random.choice([ACCEPT, WITH_COMPANION, DECLINE])
            return _status(house, random.choice(paths), data=form)


async def _status(house: House, path: str, **body: object) -> int:
    return (await house.insist(path, house.manager, **body)).status_code


async def _propose(house: House, customer: UUID, events: list[UUID]) -> int:
    """The consumer would try again what others were in the way of."""
    matches = CustomerMatches(
        customer_id=customer,
        profile_version=1,
        matches=tuple(Match(event_id=event, seats=1, score=0.5) for event in events),
        priced_at=house.clock.now(),
    )
    while True:
        try:
            assert await house.receive(CUSTOMER_MATCHES, customer, matches) is None
        except Exception as error:
            if not is_transient(error):
                raise
        else:
            return 200
