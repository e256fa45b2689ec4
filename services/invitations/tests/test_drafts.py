from uuid import UUID

from services.invitations.tests.house import House

from kindred_common.clock import new_id
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.topics import CUSTOMER_MATCHES, EVENT_CATALOGUE, INVITATION_RECORDS
from kindred_common.messaging.verdicts import Early, Rejected


async def steps_of(house: House, customer: UUID) -> list[tuple[str, int]]:
    records = await house.published(INVITATION_RECORDS, InvitationChanged)
    return [(one.step.value, one.seats) for one in records if one.customer_id == customer]


async def test_drafts_follow_the_matcher_and_come_to_rest(house: House) -> None:
    first, second = await house.event(companion_allowed=True), await house.event()
    customer = await house.customer()

    await house.match(customer, first, seats=2)
    await house.match(customer, first, seats=2)
    await house.match(customer, first, seats=2, score=0.9)
    await house.match(customer, second)
    await house.match(customer, first, seats=2)

    assert await steps_of(house, customer) == [
        ("drafted", 2),
        ("drafted", 1),
        ("withdrawn", 2),
        ("drafted", 2),
        ("withdrawn", 1),
    ]
    assert await house.held(first) == 0
    listed = await house.rows(
        "SELECT count(*) AS n FROM outbox WHERE topic = :t", t=EVENT_CATALOGUE.name
    )
    assert listed[0]["n"] == 2, "drafts take no seats, so the catalogue stays as it is"


async def test_an_approved_invitation_is_never_touched(house: House) -> None:
    event = await house.event()
    invitation = await house.approved(event)
    rows = await house.rows("SELECT customer_id FROM invitation")

    await house.match(rows[0]["customer_id"])

    assert await house.step(invitation) == "approved"


async def test_what_an_account_manager_withdrew_stays_withdrawn(house: House) -> None:
    event, customer = await house.event(), await house.customer()
    draft = await house.draft(customer, event)
    await house.post(f"/v1/invitations/{draft}/withdraw")

    await house.match(customer, event)

    assert await house.step(draft) == "withdrawn"


async def test_fixed_matches_are_not_the_matchers_to_draft(house: House) -> None:
    event, customer = await house.event(), await house.customer()
    fixed = CustomerMatches(
        customer_id=customer,
        profile_version=1,
        matches=(Match(event_id=event, seats=1, score=1.0, fixed=True),),
        priced_at=house.clock.now(),
    )

    await house.receive(CUSTOMER_MATCHES, customer, fixed)

    assert await steps_of(house, customer) == []


async def test_an_unknown_event_is_waited_for(house: House) -> None:
    customer, known, unknown = await house.customer(), await house.event(), new_id()

    verdict = await house.match(customer, known, unknown)

    assert isinstance(verdict, Early)
    assert verdict.waits_for == f"event:{unknown}"
    assert await steps_of(house, customer) == []


async def test_a_customer_who_is_gone_has_no_drafts(house: House) -> None:
    event, customer = await house.event(), await house.customer()
    draft = await house.draft(customer, event)

    assert await house.receive(CUSTOMER_MATCHES, customer, None) is None
    verdict = await house.receive(CUSTOMER_MATCHES, "somebody", None)

    assert await house.step(draft) == "withdrawn"
    assert isinstance(verdict, Rejected)


async def test_drafts_of_many_customers_are_made_in_one_go(house: House) -> None:
    events = [await house.event() for _ in range(3)]
    customers = [await house.customer() for _ in range(4)]

    for customer in customers:
        await house.match(customer, *events)

    rows = await house.rows("SELECT step, count(*) AS n FROM invitation GROUP BY step")
    assert rows == [{"step": "drafted", "n": 12}]
