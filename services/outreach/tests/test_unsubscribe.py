from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from services.outreach.tests.mail_server import UnkindServer
from services.outreach.tests.office import Office, mail_of, recipient, request
from services.outreach.tests.test_api import consents

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def way_out(office: Office, server: UnkindServer, **changes: Any) -> str:
    """The path in the header of a mail just sent."""
    await office.know(recipient(language="nl"))
    await office.ask(request(**changes))
    await office.send_next()
    header = str(mail_of(server.taken[-1])["List-Unsubscribe"])
    return urlsplit(header.strip("<>")).path


async def test_looking_changes_nothing(office: Office, mail_server: UnkindServer) -> None:
    """Mail scanners open every link, some of them twice."""
    path = await way_out(office, mail_server)
    async with office.client() as client:
        for method in ("GET", "GET", "HEAD", "OPTIONS"):
            shown = await client.request(method, path)
            assert shown.status_code == (405 if method == "OPTIONS" else 200)
        assert "Wilt u minder van ons horen?" in (await client.get(path)).text
    assert await consents(office) == []


async def test_one_click_takes_effect_at_once_and_is_published(
    office: Office, mail_server: UnkindServer
) -> None:
    path = await way_out(office, mail_server)
    async with office.client() as client:
        first = await client.post(path, data=ONE_CLICK)
        again = await client.post(path, data=ONE_CLICK)
    assert (first.status_code, again.status_code) == (200, 200)
    (record,) = await consents(office)
    assert (record.purpose, record.state, record.channel) == ("invitations", "revoked", "one-click")
    await office.advance(timedelta(days=8))
    await office.ask(request(), request(message_class="survey", purpose="survey_invitation"))
    await office.send_next()
    await office.send_next()
    assert await office.told() == [("sent", None), ("skipped", "objection"), ("sent", None)]


@pytest.mark.parametrize(("scope", "purpose"), [("surveys", "surveys"), ("all", "all")])
async def test_the_page_offers_less_and_nothing(
    office: Office, mail_server: UnkindServer, scope: str, purpose: str
) -> None:
    path = await way_out(office, mail_server, message_class="survey", purpose="survey_invitation")
    async with office.client() as client:
        page = await client.post(path, data={"scope": scope}, follow_redirects=True)
    assert "U bent afgemeld" in page.text
    (record,) = await consents(office)
    assert (record.purpose, record.channel) == (purpose, "unsubscribe-page")


async def test_a_mistake_can_be_undone(office: Office, mail_server: UnkindServer) -> None:
    path = await way_out(office, mail_server)
    async with office.client() as client:
        await client.post(path, data={"scope": "all"})
        office.clock.advance(timedelta(seconds=1))
        page = await client.post(path, data={"action": "undo"}, follow_redirects=True)
    assert "Wilt u minder van ons horen?" in page.text
    assert [record.state for record in await consents(office)] == ["revoked", "granted"]


async def test_who_came_back_can_leave_again(office: Office, mail_server: UnkindServer) -> None:
    """What he said long ago is not his last word: it is taken down once more."""
    path = await way_out(office, mail_server)
    async with office.client() as client:
        for form in ({"scope": "all"}, {"action": "undo"}, {"scope": "all"}, {"scope": "all"}):
            office.clock.advance(timedelta(seconds=1))
            page = await client.post(path, data=form, follow_redirects=True)
    assert "U bent afgemeld" in page.text
    said = [(record.purpose, record.state) for record in await consents(office)]
    assert said == [("all", "revoked"), ("invitations", "granted"), ("all", "revoked")]
    await office.ask(request())
    await office.advance(timedelta(days=8))
    await office.send_next()
    assert (await office.told())[-1] == ("skipped", "objection")


async def test_strangers_get_a_friendly_page(office: Office, mail_server: UnkindServer) -> None:
    path = await way_out(office, mail_server)
    async with office.client() as client:
        html = {"Accept": "text/html"}
        unknown = await client.get("/u/AAAAAAAAAAAAAAAAAAAAAA", headers=html)
        other_site = await client.post(
            path, data={"scope": "all"}, headers={"Origin": "https://evil.example"}
        )
        office.clock.advance(timedelta(days=401))
        expired = await client.post(path, data=ONE_CLICK)
    assert unknown.status_code == 404
    assert "Deze pagina bestaat niet" in unknown.text
    assert other_site.status_code == 403
    assert expired.status_code == 404
    assert await consents(office) == []


async def test_a_confirmation_has_no_way_out(office: Office, mail_server: UnkindServer) -> None:
    await office.know()
    await office.ask(request(message_class="service", purpose="event_confirmation"))
    await office.send_next()
    assert mail_of(mail_server.taken[0])["List-Unsubscribe"] is None


async def test_links_are_short_enough_not_to_break(
    office: Office, mail_server: UnkindServer
) -> None:
    assert len(await way_out(office, mail_server)) == 25
