"""What can be checked by machine of WCAG 2.1 on every page a customer can see."""

from collections import Counter
from html.parser import HTMLParser

from services.survey.tests.office import DEFINITION, WHY, Office, question, texts

from kindred_common.clock import new_id

EVERY_SHAPE = DEFINITION | {
    "questions": [
        *DEFINITION["questions"],
        question(
            "manner",
            "preference",
            aspect="manner",
            required=True,
            help=texts("kies"),
            options=[{"value": v, "text": texts(v)} for v in ("email", "phone")],
        ),
        question("again", "nps", why=WHY, low=texts("laag"), high=texts("hoog")),
    ]
}


class Outline(HTMLParser):
    """Collects what a screen reader goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.refers: set[str] = set()
        self.tags: Counter[str] = Counter()
        self.language = ""
        self.unnamed: list[str] = []
        self._inside: list[str] = []
        self._words = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags[tag] += 1
        if tag == "html":
            self.language = values.get("lang") or ""
        if identity := values.get("id"):
            self.ids[identity] += 1
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.refers |= set((values.get(name) or "").split())
        if tag == "input" and values.get("type") != "hidden" and "label" not in self._inside:
            self._needs_label(values)
        if tag == "textarea":
            self._needs_label(values)
        if tag in ("button", "a", "legend", "h1"):
            self._words = 0
        if tag not in ("input", "meta", "link", "br"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("button", "a", "legend", "h1") and not self._words:
            self.unnamed.append(tag)
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._words += len(data.strip())

    def _needs_label(self, values: dict[str, str | None]) -> None:
        if values.get("id") not in self.refers:
            self.unnamed.append(str(values))


def check(page: str) -> None:
    outline = Outline(page)
    assert outline.language in ("nl", "en")
    assert outline.tags["h1"] == 1
    assert outline.tags["main"] == 1
    assert outline.tags["title"] == 1
    assert max(outline.ids.values()) == 1
    assert outline.refers <= set(outline.ids)
    assert outline.unnamed == []
    if 'type="radio"' in page or 'type="checkbox"' in page:
        assert outline.tags["fieldset"] == outline.tags["legend"] == 1


async def test_every_page_can_be_used_without_seeing_it(office: Office) -> None:
    survey_id, customer_id = await office.publish(EVERY_SHAPE), new_id()
    page = await office.link(survey_id, customer_id)
    answers = {"recommend": 3, "golf": 2, "manner": "phone", "again": 9, "avoid": ["golf"]}
    check((await office.client.get(page)).text)
    for _ in range(2):
        for position in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10):
            shown = await office.client.get(f"{page}/{position}", follow_redirects=True)
            check(shown.text)
        assert (await office.answer(survey_id, customer_id, answers)).status_code == 201
    for place in ("", "/answers", "/done", "/1?change=true", "/6?change=true"):
        shown = await office.client.get(f"{page}{place}")
        assert shown.status_code == 200
        check(shown.text)
    wrong = await office.client.post(f"{page}/7", data={"value": "ver"})
    assert wrong.status_code == 422
    check(wrong.text)
