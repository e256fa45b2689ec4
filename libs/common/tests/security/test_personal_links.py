from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.security.personal_links import PersonalLink, PersonalLinks
from kindred_common.security.tables import personal_link
from kindred_common.testing.clocks import FakeClock

ANNA, BERT, SURVEY = new_id(), new_id(), new_id()


async def test_a_link_opens_what_it_was_made_for(engine: AsyncEngine, clock: FakeClock) -> None:
    until = clock.now() + timedelta(days=30)
    async with engine.begin() as connection:
        links = PersonalLinks(connection)
        token = await links.create("survey", ANNA, SURVEY, expires_at=until, now=clock.now())

        found = await links.find(token, "survey", clock.now())

    assert len(token) == 22
    assert found == PersonalLink("survey", ANNA, SURVEY, until)


async def test_only_the_hash_is_kept(engine: AsyncEngine, clock: FakeClock) -> None:
    async with engine.begin() as connection:
        token = await PersonalLinks(connection, lambda count: b"\x07" * count).create(
            "survey", ANNA, SURVEY, expires_at=clock.now(), now=clock.now()
        )
        row = (await connection.execute(sa.select(personal_link))).one()

    assert token == "BwcHBwcHBwcHBwcHBwcHBw"
    assert len(row.token_hash) == 32
    assert token not in str(row)


async def test_strangers_cannot_tell_why_a_link_does_not_open(
    engine: AsyncEngine, clock: FakeClock
) -> None:
    until = clock.now() + timedelta(days=1)
    async with engine.begin() as connection:
        links = PersonalLinks(connection)
        token = await links.create("survey", ANNA, SURVEY, expires_at=until, now=clock.now())

        assert await links.find(token, "invitation", clock.now()) is None
        assert await links.find(token.swapcase(), "survey", clock.now()) is None
        assert await links.find("' OR 1=1 --", "survey", clock.now()) is None
        assert await links.find("\x00" * 22, "survey", clock.now()) is None
        assert await links.find(token, "survey", until) is None
        assert await links.find(token, "survey", until - timedelta(seconds=1)) is not None


async def test_revoking_ends_links_of_one_customer_only(
    engine: AsyncEngine, clock: FakeClock
) -> None:
    until, other = clock.now() + timedelta(days=1), new_id()
    async with engine.begin() as connection:
        links = PersonalLinks(connection)

        async def made(purpose: str, customer: object = ANNA, target: object = SURVEY) -> str:
            assert customer in (ANNA, BERT)
            return await links.create(
                purpose,
                ANNA if customer == ANNA else BERT,
                SURVEY if target == SURVEY else other,
                expires_at=until,
                now=clock.now(),
            )

        first, second = await made("survey"), await made("survey", target=other)
        invitation, berts = await made("invitation"), await made("survey", BERT)

        assert await links.revoke(ANNA, clock.now(), purpose="survey", target_id=SURVEY) == 1
        assert await links.find(first, "survey", clock.now()) is None
        assert await links.find(second, "survey", clock.now()) is not None

        assert await links.revoke(ANNA, clock.now()) == 2
        assert await links.find(invitation, "invitation", clock.now()) is None
        assert await links.find(berts, "survey", clock.now()) is not None


async def test_erasing_leaves_no_row(engine: AsyncEngine, clock: FakeClock) -> None:
    async with engine.begin() as connection:
        links = PersonalLinks(connection)
        for _ in range(2):
            await links.create("survey", ANNA, SURVEY, expires_at=clock.now(), now=clock.now())

        assert await links.erase(ANNA) == 2
        assert await connection.scalar(sa.select(sa.func.count()).select_from(personal_link)) == 0
