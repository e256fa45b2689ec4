import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import UndefinedError

from kindred_common.testing.sites import Site
from kindred_common.web import pages as pages_module
from kindred_common.web.pages import Pages, speak_language
from kindred_common.web.problems import Problem
from kindred_common.web.routing import public_router

PAGES = Pages(Path(__file__).with_name("templates"), sender="Hofman Techniek")
STYLE = Path(pages_module.__file__).with_name("static") / "kindred.css"
VALUES = {
    "moment": datetime(2026, 12, 3, 18, 30, tzinfo=UTC),
    "value": Decimal("49.50"),
    "mistakes": [("nps", "Kies een cijfer.")],
}


def routes() -> APIRouter:
    router = public_router("/p")

    @router.get("/sample/{token}")
    async def sample(token: str, request: Request, language: str | None = None) -> HTMLResponse:
        assert token
        return PAGES.render(request, "sample.html", VALUES, language=language)

    @router.get("/problem/{token}/{status}")
    async def problem(token: str, status: int) -> None:
        raise Problem(status, "x", "X", f"{token} was here")

    @router.get("/known/{token}")
    async def known(token: str, request: Request) -> None:
        assert token
        speak_language(request, "nl")
        raise Problem(410, "over", "Over")

    return router


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag in tags]


async def shown(site: Site, path: str = "/p/sample/t", **headers: str) -> str:
    async with site.client(routes()) as client:
        answer = await client.get(path, headers={"Accept": "text/html"} | headers)
    return answer.text


async def test_pages_speak_the_language_that_is_known_of_the_customer(site: Site) -> None:
    assert "Vraag 3 van 12" in await shown(site)
    assert "Question 3 of 12" in await shown(site, **{"Accept-Language": "en"})
    known = await shown(site, "/p/sample/t?language=nl", **{"Accept-Language": "en"})
    assert "Vraag 3 van 12" in known
    assert '<html lang="nl">' in known


async def test_dates_and_amounts_are_written_in_the_pages_language(site: Site) -> None:
    dutch = await shown(site)
    english = await shown(site, **{"Accept-Language": "en"})

    assert "donderdag 3 december 2026, 19:30" in dutch
    assert "€\N{NO-BREAK SPACE}49,50" in dutch
    assert "€49.50" in english


async def test_what_people_wrote_is_shown_as_text(site: Site) -> None:
    html = await shown(site)

    assert "&#39;s-Hertogenbosch &lt;b&gt;" in html
    assert "<b>" not in html


async def test_nothing_runs_on_a_page_and_all_comes_from_us(site: Site) -> None:
    elements = Elements(await shown(site))

    assert not elements.of("script", "iframe", "object", "style")
    for _, attributes in elements.found:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            assert not str(attributes.get(name) or "/").startswith(("http", "//"))


async def test_a_page_can_be_read_aloud(site: Site) -> None:
    html = await shown(site)
    elements = Elements(html)

    assert elements.of("html")[0]["lang"] == "nl"
    assert len(elements.of("h1")) == len(elements.of("main")) == len(elements.of("title")) == 1
    ids = [str(attributes["id"]) for _, attributes in elements.found if attributes.get("id")]
    assert len(ids) == len(set(ids))
    labelled = {label.get("for") for label in elements.of("label")}
    for field in elements.of("input", "textarea", "progress"):
        if field.get("type") in ("radio", "checkbox"):
            assert re.search(rf'<label><input[^>]*value="{field["value"]}"', html)
        else:
            assert field["id"] in labelled
    assert len(elements.of("fieldset")) == len(elements.of("legend"))
    for _, attributes in elements.found:
        for name in ("aria-describedby", "aria-labelledby"):
            assert attributes.get(name) in (None, *ids)
    anchors = [str(link["href"])[1:] for link in elements.of("a")]
    assert set(anchors) <= set(ids)


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "Deze pagina bestaat niet"),
        (409, "Dit is intussen veranderd"),
        (410, "Deze pagina is gesloten"),
        (422, "Dat ging niet goed"),
        (429, "Een ogenblik geduld"),
        (503, "Er ging bij ons iets mis"),
    ],
)
async def test_errors_are_pages_that_say_what_to_do_and_nothing_of_the_link(
    site: Site, status: int, text: str
) -> None:
    async with site.client(routes()) as client:
        answer = await client.get(f"/p/problem/secret/{status}", headers={"Accept": "text/html"})

    assert answer.status_code == status
    assert text in answer.text
    assert "secret" not in answer.text


async def test_errors_speak_the_customers_language_once_he_is_known(site: Site) -> None:
    assert "Deze pagina is gesloten" in await shown(site, "/p/known/t", **{"Accept-Language": "en"})


async def test_unknown_and_closed_links_look_the_same(site: Site) -> None:
    assert await shown(site, "/p/problem/one/404") == await shown(site, "/nowhere/at/all")


async def test_the_style_sheet_may_be_kept(site: Site) -> None:
    async with site.client() as client:
        answer = await client.get("/static/kindred.css")

    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.text == STYLE.read_text()


async def test_a_value_that_was_forgotten_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        PAGES.render(Request({"type": "http", "headers": []}), "sample.html", {})


def schemes() -> Iterator[dict[str, str]]:
    light, dark = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    yield colours
    yield colours | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", dark))


@pytest.mark.parametrize("colours", list(schemes()), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "ground", 7.0),
        ("ink", "paper", 7.0),
        ("ink", "tint", 7.0),
        ("ink", "wrong-tint", 7.0),
        ("soft", "ground", 4.5),
        ("soft", "paper", 4.5),
        ("accent", "ground", 4.5),
        ("accent", "paper", 4.5),
        ("accent-deep", "tint", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-deep", 4.5),
        ("wrong", "wrong-tint", 4.5),
        ("line", "paper", 3.0),
        ("accent", "faint", 3.0),
    ],
)
def test_contrast_is_that_of_wcag_aa_or_better(
    colours: dict[str, str], front: str, back: str, least: float
) -> None:
    lighter, darker = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= least


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
