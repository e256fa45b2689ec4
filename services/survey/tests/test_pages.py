import re
from datetime import timedelta
from uuid import UUID

import httpx
from services.survey.tests.office import DEFINITION, SIMPLE, Office

from kindred_common.clock import new_id
from kindred_survey.adapters.tables import answer, survey_link

HTML = {"Accept": "text/html"}


async def state(office: Office) -> list[object]:
    """Everything that a page could change."""
    async with office.foundation.engine.connect() as connection:
        answers = (await connection.execute(answer.select())).all()
        links = (await connection.execute(survey_link.select())).all()
    return [answers, links, await office.outbox()]


async def opened(office: Office) -> tuple[str, UUID]:
    survey_id, customer_id = await office.publish(DEFINITION), new_id()
    await office.know(customer_id)
    return await office.link(survey_id, customer_id), customer_id


async def send(office: Office, page: str, **form: object) -> httpx.Response:
    """A form as a browser sends it, with its type also when nothing is filled in."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await office.client.post(page, data=form, headers=HTML | kind)


async def test_a_customer_goes_through_question_by_question(office: Office) -> None:
    page, customer_id = await opened(office)
    start = await office.client.get(page)
    assert start.headers["content-language"] == "nl"
    assert "Hoe doen wij het?" in start.text
    assert f'href="{page}/1"' in start.text
    first = await office.client.get(f"{page}/1")
    assert first.text.count('type="radio" name="value"') == 11
    steps: list[tuple[dict[str, object], str]] = [
        ({"value": "3"}, "2"),
        ({"value": "De planning\r\nis laat"}, "3"),
        ({"value": "Bel me"}, "4"),
        ({"value": "5"}, "5"),
        ({"skip": "1"}, "6"),
        ({"value": ["golf", "wine"]}, "7"),
        ({"value": "62,5"}, "done"),
    ]
    place = "1"
    for form, following in steps:
        assert (await office.client.get(f"{page}/{place}")).status_code == 200
        sent = await send(office, f"{page}/{place}", **form)
        assert (sent.status_code, sent.headers.get("location")) == (303, f"{page}/{following}")
        place = following
    assert "Dank u wel!" in (await office.client.get(f"{page}/done")).text
    published = [a for record in await office.outbox() for a in record["answers"]]
    assert [a["question_id"] for a in published] == [
        "recommend",
        "golf",
        "avoid.golf",
        "avoid.wine",
        "distance",
    ]
    assert published[-1]["number"] == 62.5
    kept = (await office.get(f"/v1/customers/{customer_id}/answers")).json()["answers"]
    assert "De planning\nis laat" in [a["text"] for a in kept]


async def test_the_reason_is_asked_for_in_words_that_fit_the_score(office: Office) -> None:
    page, _ = await opened(office)
    for score, words in ((3, "beter"), (8, "meer"), (10, "goed")):
        await send(office, f"{page}/1", value=str(score))
        assert f">{words}</label>" in (await office.client.get(f"{page}/2")).text


async def test_get_and_head_never_change_anything(office: Office) -> None:
    page, _ = await opened(office)
    await send(office, f"{page}/1", value="3")
    before = await state(office)
    for place in ("", "/1", "/2", "/3", "/7", "/8", "/99", "/done", "/answers", "/withdrawals"):
        for method in ("GET", "HEAD", "GET", "OPTIONS"):
            await office.client.request(method, f"{page}{place}", headers=HTML)
    assert await state(office) == before


async def test_it_is_resumed_where_it_was_left(office: Office) -> None:
    page, _ = await opened(office)
    await send(office, f"{page}/1", value="9")
    await send(office, f"{page}/2", skip="1")
    start = await office.client.get(page)
    assert f'href="{page}/4"' in start.text
    assert "Ga verder" in start.text
    back = await office.client.get(f"{page}/1")
    assert re.search(r'value="9"\s+checked|value="9" checked', back.text)
    hidden = await office.client.get(f"{page}/3")
    assert (hidden.status_code, hidden.headers["location"]) == (303, f"{page}/4")


async def test_a_required_question_cannot_be_passed_over(office: Office) -> None:
    page, _ = await opened(office)
    empty = await send(office, f"{page}/1")
    assert empty.status_code == 422
    assert "Kies een van de antwoorden." in empty.text
    end = await office.client.get(f"{page}/done")
    assert (end.status_code, end.headers["location"]) == (303, f"{page}/1")
    last = await send(office, f"{page}/7", skip="1")
    assert last.headers["location"] == f"{page}/1"


async def test_a_wrong_answer_is_shown_again_with_what_is_wrong(office: Office) -> None:
    page, _ = await opened(office)
    wrong = await send(office, f"{page}/7", value="heel ver")
    assert wrong.status_code == 422
    assert "Vul een getal in van 0 tot en met 20.000." in wrong.text
    assert 'value="heel ver"' in wrong.text
    await send(office, f"{page}/1", value="9")
    script = await send(office, f"{page}/2", value="<script>alert(1)</script>" * 100)
    assert script.status_code == 422
    assert "&lt;script&gt;" in script.text
    assert "<script>" not in script.text
    assert len(await office.outbox()) == 1


async def test_answers_are_reviewed_changed_and_withdrawn(office: Office) -> None:
    page, _ = await opened(office)
    await send(office, f"{page}/1", value="3")
    await send(office, f"{page}/2", value="Te laat")
    await send(office, f"{page}/6", value=["golf"])
    review = (await office.client.get(f"{page}/answers")).text
    assert "3 van de 10" in review
    assert "Te laat" in review
    assert f'href="{page}/6?change=true"' in review
    changed = await send(office, f"{page}/1", value="8", change="1")
    assert changed.headers["location"] == f"{page}/answers"
    wiped = await send(office, f"{page}/2", value="", change="1")
    assert wiped.status_code == 303
    assert "Te laat" not in (await office.client.get(f"{page}/answers")).text
    gone = await send(office, f"{page}/withdrawals", question_id="avoid")
    assert gone.headers["location"] == f"{page}/answers"
    assert (await office.outbox())[-1]["question_ids"] == ["avoid.golf"]
    await send(office, f"{page}/withdrawals")
    assert (await office.outbox())[-1]["question_ids"] == ["recommend"]
    assert "geen antwoorden" in (await office.client.get(f"{page}/answers")).text


async def test_the_page_speaks_the_customers_language_or_the_browsers(office: Office) -> None:
    survey_id, known, unknown = await office.publish(SIMPLE), new_id(), new_id()
    await office.know(known, language="en")
    page = await office.link(survey_id, known)
    dutch = {"Accept-Language": "nl"}
    assert "How are we doing?" in (await office.client.get(page, headers=dutch)).text
    page = await office.link(survey_id, unknown)
    assert "Hoe doen wij het?" in (await office.client.get(page, headers=dutch)).text
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert "How are we doing?" in (await office.client.get(page, headers=english)).text


async def test_unknown_and_expired_links_look_the_same(office: Office) -> None:
    page, _ = await opened(office)
    office.clock.leap(timedelta(days=31))
    answers = [
        await office.client.get(path, headers=HTML) for path in (page, "/s/" + "a" * 22, "/s/x")
    ]
    assert {a.status_code for a in answers} == {404}
    assert len({a.text for a in answers}) == 1
    assert "Deze pagina bestaat niet" in answers[0].text
    posted = await send(office, f"{page}/1", value="9")
    assert posted.status_code == 404


async def test_forms_of_other_websites_are_refused(office: Office) -> None:
    page, _ = await opened(office)
    before = await state(office)
    foreign = {**HTML, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for place in ("1", "withdrawals"):
        sent = await office.client.post(f"{page}/{place}", data={"value": "9"}, headers=foreign)
        assert sent.status_code == 403
    assert await state(office) == before


async def test_pages_need_no_script_and_leak_no_address(office: Office) -> None:
    page, _ = await opened(office)
    shown = await office.client.get(f"{page}/1")
    assert "<script" not in shown.text
    assert "style=" not in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["cache-control"] == "no-store"
