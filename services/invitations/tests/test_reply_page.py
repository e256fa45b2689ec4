import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from services.invitations.tests.house import House

from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.topics import EVENT_CATALOGUE, INVITATION_RECORDS, MESSAGE_REQUESTS
from kindred_common.contracts.vocabulary import (
    DeclineReason,
    FactSource,
    InvitationStep,
    MessageClass,
    MessagePurpose,
)

ACCEPT = {"answer": "accept"}
WITH_COMPANION = {"answer": "accept", "companion": "yes"}
DECLINE = {"answer": "decline", "reason": "date"}


async def link_of(house: House, invitation: UUID) -> str:
    """The path of the latest link to the guest's page."""
    rows = await house.rows("SELECT customer_id FROM invitation WHERE id = :i", i=invitation)
    messages = await house.published(MESSAGE_REQUESTS, MessageRequested)
    mine = [one for one in messages if one.customer_id == rows[0]["customer_id"]]
    return [httpx.URL(one.link).path for one in mine if one.link][-1]


async def reply(house: House, path: str, form: dict[str, str]) -> httpx.Response:
    return await house.client.post(path, data=form, follow_redirects=True)


async def snapshot(house: House) -> list[object]:
    """Everything that a reply could change."""
    counts = await house.rows(
        "SELECT (SELECT count(*) FROM outbox) AS records, (SELECT count(*) FROM invitation_step) AS steps,"
        " (SELECT count(*) FROM personal_link) AS links, (SELECT sum(held) FROM event) AS held"
    )
    return [counts, await house.rows("SELECT * FROM invitation ORDER BY id")]


async def test_looking_changes_nothing(house: House) -> None:
    invitation = await house.approved(await house.event())
    path = await link_of(house, invitation)
    before = await snapshot(house)

    for method in ("GET", "HEAD", "GET", "HEAD"):
        answer = await house.client.request(method, path, params={"answer": "accept"})
        assert answer.status_code == 200

    assert await snapshot(house) == before


async def test_the_page_tells_what_when_and_where_in_the_guests_language(house: House) -> None:
    starts_at = datetime(2031, 7, 4, 17, 30, tzinfo=UTC)
    event = await house.event(
        starts_at=starts_at, zone="America/New_York", place_name="Carnegie Hall", kind="culture"
    )
    english = await house.approved(event)
    dutch = await house.approved(event, language="nl")

    page = await house.client.get(await link_of(house, english))
    pagina = await house.client.get(await link_of(house, dutch))

    assert "4 July 2031" in page.text
    assert "13:30 to 16:30" in page.text
    assert "America/New_York" in page.text
    assert "Carnegie Hall" in page.text
    assert "Peter de Boer would like to invite you" in page.text
    assert "vrijdag 4 juli 2031" in pagina.text
    assert pagina.headers["content-language"] == "nl"
    assert "<script" not in page.text
    assert "companion" not in page.text


async def test_a_yes_is_confirmed_with_a_calendar_entry_once(house: House) -> None:
    event = await house.event()
    invitation = await house.approved(event)
    path = await link_of(house, invitation)

    for _ in range(2):
        page = await reply(house, path, ACCEPT)
        assert page.status_code == 200
        assert "we look forward to seeing you" in page.text

    last = (await house.published(INVITATION_RECORDS, InvitationChanged))[-1]
    assert (last.step, last.source) == (InvitationStep.ACCEPTED, FactSource.SELF)
    confirmations = [
        message
        for message in await house.published(MESSAGE_REQUESTS, MessageRequested)
        if message.purpose is MessagePurpose.EVENT_CONFIRMATION
    ]
    (confirmation,) = confirmations
    assert confirmation.message_class is MessageClass.SERVICE
    assert confirmation.calendar is not None
    assert confirmation.calendar.uid == f"{invitation}@kindred"
    assert confirmation.calendar.sequence == 1
    assert await house.held(event) == 1


async def test_a_no_frees_the_seat_and_says_why(house: House) -> None:
    event = await house.event(seats=1)
    path = await link_of(house, invitation := await house.approved(event))

    page = await reply(house, path, DECLINE)

    assert "Thank you for letting us know" in page.text
    last = (await house.published(INVITATION_RECORDS, InvitationChanged))[-1]
    assert (last.step, last.decline_reason) == (InvitationStep.DECLINED, DeclineReason.DATE)
    listed = (await house.published(EVENT_CATALOGUE, EventListed))[-1]
    assert listed.seats_to_allocate == 1
    assert await house.step(invitation) == "declined"


async def test_minds_can_change_until_the_event_begins(house: House) -> None:
    event = await house.event(seats=1)
    invitation = await house.approved(event)
    path = await link_of(house, invitation)

    for form, step in ((DECLINE, "declined"), (ACCEPT, "accepted"), (DECLINE, "declined")):
        await reply(house, path, form)
        assert await house.step(invitation) == step
    await house.approved(event)
    full = await reply(house, path, ACCEPT)

    assert full.status_code == 409
    assert "the last seat has just been given" in full.text
    assert await house.step(invitation) == "declined"
    house.clock.leap(timedelta(days=31))
    over = await reply(house, path, ACCEPT)
    assert over.status_code == 409
    assert "has begun or is over" in over.text


async def test_each_yes_after_a_no_is_confirmed_with_a_later_entry(house: House) -> None:
    invitation = await house.approved(await house.event())
    path = await link_of(house, invitation)

    for form in (ACCEPT, DECLINE, ACCEPT):
        await reply(house, path, form)

    messages = await house.published(MESSAGE_REQUESTS, MessageRequested)
    entries = [message.calendar for message in messages if message.calendar]
    assert [entry.sequence for entry in entries] == [1, 2]
    assert len({entry.uid for entry in entries}) == 1
    assert len({message.occasion for message in messages}) == 3


async def test_a_companion_takes_a_second_seat_by_the_same_rule(house: House) -> None:
    event = await house.event(seats=3, companion_allowed=True)
    first, second = [await house.approved(event) for _ in range(2)]

    welcome = await reply(house, await link_of(house, first), WITH_COMPANION)
    alone = await reply(house, await link_of(house, second), WITH_COMPANION)

    assert "You and your companion" in welcome.text
    assert alone.status_code == 200
    assert "no second seat is left" in alone.text
    assert [await house.step(first), await house.step(second)] == ["accepted", "accepted"]
    assert await house.held(event) == 3
    await reply(house, await link_of(house, first), ACCEPT | {"companion": "no"})
    assert await house.held(event) == 2


async def test_companions_compete_for_the_last_seat_without_overselling(house: House) -> None:
    event = await house.event(seats=21, companion_allowed=True)
    paths = [await link_of(house, await house.approved(event)) for _ in range(20)]

    await asyncio.gather(*(house.insist(path, {}, data=WITH_COMPANION) for path in paths))

    assert await house.held(event) == 21
    rows = await house.rows("SELECT count(*) FILTER (WHERE seats = 2) AS two FROM invitation")
    assert rows[0]["two"] == 1


async def test_no_companion_where_the_norm_does_not_bear_the_value(house: House) -> None:
    event = await house.event(companion_allowed=True, hospitality_value=40)
    norm = {"max_value": 50, "stated_by": "self"}
    path = await link_of(house, await house.approved(event, norm=norm))

    page = await house.client.get(path)
    await reply(house, path, WITH_COMPANION)

    assert "Will you bring someone?" not in page.text
    assert await house.held(event) == 1


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"answer": "maybe"}, {}, 422),
        ({"answer": "decline", "reason": "weather"}, {}, 422),
        (ACCEPT, {"Origin": "https://elsewhere.example"}, 403),
    ],
)
async def test_what_is_not_a_reply_changes_nothing(
    house: House, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    path = await link_of(house, invitation := await house.approved(await house.event()))

    answer = await house.client.post(path, data=form, headers=headers | {"Accept": "text/html"})

    assert answer.status_code == status
    assert await house.step(invitation) == "approved"


async def test_a_wrong_link_opens_nothing(house: House) -> None:
    for token in ("x" * 22, "short", "AAAAAAAAAAAAAAAAAAAAAA"):
        answer = await house.client.get(f"/r/{token}", headers={"Accept": "text/html"})
        assert answer.status_code == 404


async def test_a_withdrawn_invitation_says_so_kindly(house: House) -> None:
    path = await link_of(house, invitation := await house.approved(await house.event()))
    await house.post(f"/v1/invitations/{invitation}/withdraw")

    page = await house.client.get(path)
    refused = await reply(house, path, ACCEPT)

    assert "no longer open" in page.text
    assert (page.status_code, refused.status_code) == (200, 409)
    assert await house.step(invitation) == "withdrawn"


async def test_an_account_manager_notes_what_he_heard(house: House) -> None:
    event = await house.event(companion_allowed=True, seats=1)
    invitation = await house.approved(event)
    address = f"/v1/invitations/{invitation}/reply"

    answer = await house.post(address, {"accepts": True, "with_companion": True})
    await house.post(address, {"accepts": True, "decline_reason": "date"}, status=422)

    assert (answer["step"], answer["alone"]) == ("accepted", True)
    last = (await house.published(INVITATION_RECORDS, InvitationChanged))[-1]
    assert last.source is FactSource.ACCOUNT_MANAGER
