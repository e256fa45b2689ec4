import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from services.matching.tests.worlds import NOW, a_customer, an_event, an_interest

from kindred_common.testing.sites import lay_out_site
from kindred_matching.adapters.theme_files import read_taxonomy
from kindred_matching.domain.events import EventTable
from kindred_matching.domain.facts import Interest
from kindred_matching.domain.kinship import Kinship, ThemeTree
from kindred_matching.domain.lens import Lens
from kindred_matching.domain.scoring import ALONE, Scores, score
from kindred_matching.domain.taxonomy import BRANCHES, Taxonomy, Theme, WrongTaxonomy
from kindred_matching.entrypoints.http_themes import themes_router

OURS = read_taxonomy()
TREE = ThemeTree(
    (("football", "sport"), ("hockey", "sport"), ("sport", "private"), ("tax", "work"))
)
KINSHIP = Kinship(TREE, 0.5, 0.6)


def test_our_themes_are_a_tree_with_names_in_both_languages() -> None:
    ids = [theme.id for theme in OURS.themes]
    assert len(set(ids)) == len(ids) >= 150
    assert all(theme.en and theme.nl for theme in OURS.themes)
    assert {theme.id for theme in OURS.themes if theme.parent is None} == set(BRANCHES)
    assert {OURS.branch_of(theme) for theme in OURS.themes} == set(BRANCHES)
    written = {id_: place for place, id_ in enumerate(ids)}
    assert all(t.parent is None or written[t.parent] < written[t.id] for t in OURS.themes)


def test_what_the_surveys_ask_about_has_its_place() -> None:
    ids = {theme.id for theme in OURS.themes}
    assert {"football", "opera", "musicals", "wine", "walking", "sailing", "family", "art"} <= ids
    assert {"artificial-intelligence", "sustainability", "leadership", "safety"} <= ids


@pytest.mark.parametrize(
    ("themes", "problem"),
    [
        ([Theme("opera", "private", "Opera", "Opera")] * 2, "opera: is there twice"),
        ([Theme("opera", None, "Opera", "Opera")], "opera: has no parent"),
        ([Theme("opera", "music", "Opera", "Opera")], "opera: its parent music is not there"),
        ([Theme("opera", "private", "Opera", " ")], "opera: needs a name"),
        ([Theme("a", "b", "A", "A"), Theme("b", "a", "B", "B")], "a: is its own ancestor"),
    ],
)
def test_what_is_no_tree_is_refused(themes: list[Theme], problem: str) -> None:
    branches = [Theme(branch, None, branch, branch) for branch in BRANCHES]
    with pytest.raises(WrongTaxonomy, match=problem):
        Taxonomy.of([*branches, *themes])
    with pytest.raises(WrongTaxonomy, match="private: is missing"):
        Taxonomy.of(branches[1:])


def test_an_installation_adds_themes_of_its_own(tmp_path: Path) -> None:
    more = tmp_path / "more.json"
    curling = {"id": "curling", "parent": "sport", "en": "Curling", "nl": "Curling"}
    more.write_text(json.dumps({"themes": [curling]}))
    assert read_taxonomy(more).themes[-1].id == "curling"
    more.write_text(json.dumps({"themes": [{**curling, "id": "opera"}]}))
    with pytest.raises(WrongTaxonomy, match="opera: is there twice"):
        read_taxonomy(more)
    more.write_text(json.dumps({"themes": [{**curling, "id": "Not A Theme"}]}))
    with pytest.raises(WrongTaxonomy, match=r"themes\.0\.id"):
        read_taxonomy(more)
    with pytest.raises(WrongTaxonomy, match="No such file"):
        read_taxonomy(tmp_path / "none.json")


def test_kinship_is_multiplied_on_the_way_through_the_tree() -> None:
    assert KINSHIP.relatives("football") == {"football": 1.0, "sport": 0.5, "hockey": 0.3}
    assert KINSHIP.relatives("sport") == {"sport": 1.0, "football": 0.6, "hockey": 0.6}
    assert KINSHIP.relatives("tax") == {"tax": 1.0}, "not through the root"
    assert KINSHIP.relatives("never-heard-of") == {"never-heard-of": 1.0}
    assert (KINSHIP.branch("hockey"), KINSHIP.branch("quidditch")) == ("private", None)


def seen(*interests: Interest, theme: str = "football", days: int = 0) -> Scores:
    table = EventTable()
    start = NOW + timedelta(days=days)
    event = an_event(1, kind="sport", themes=((theme, 1.0),), starts_at=start)
    view = table.view([table.put(replace(event, ends_at=start + timedelta(hours=2)), NOW)])
    lens = Lens.of(themes=TREE)
    return score(a_customer(interests=interests), view, lens)


def parts(scores: Scores) -> dict[str, float]:
    return {part.name: part.amount for part in scores.contributions(0, ALONE)}


def test_an_interest_speaks_of_parents_children_and_siblings() -> None:
    assert parts(seen(an_interest("hockey")))["interest:hockey"] == pytest.approx(0.6, abs=1e-5)
    assert parts(seen(an_interest("sport")))["interest:sport"] == pytest.approx(1.2, abs=1e-5)
    assert "interest:tax" not in parts(seen(an_interest("tax")))
    doubts = [seen(*said).variance[0] for said in ((), (an_interest("hockey"),))]
    assert doubts[0] > doubts[1] > seen(an_interest("football")).variance[0]


def test_own_words_come_before_those_on_relatives() -> None:
    both = parts(seen(an_interest("football", 0.0, 0.9), an_interest("sport")))
    assert both["interest:football"] == pytest.approx(-1.8, abs=1e-5)
    assert both["interest:sport"] == pytest.approx(0.1 * 1.2, abs=1e-5)
    relatives = parts(seen(an_interest("sport"), an_interest("hockey")))
    assert sum(relatives[f"interest:{t}"] for t in ("sport", "hockey")) < 2.0


def test_each_branch_fades_in_its_own_time_and_unknown_themes_in_theirs() -> None:
    for theme, half_life in (("football", 730), ("quidditch", 365)):
        scores = seen(an_interest(theme), theme=theme, days=half_life)
        assert parts(scores)[f"interest:{theme}"] == pytest.approx(1.0, abs=1e-4)
    assert np.isfinite(seen(an_interest("quidditch"), theme="quidditch").weight).all()


async def test_the_tree_is_told_in_both_languages(tmp_path: Path) -> None:
    site = lay_out_site(tmp_path / "keys", scopes=["matching:read"])
    async with site.client(themes_router(OURS)) as client:
        assert (await client.get("/v1/themes")).status_code == 401
        items = (await client.get("/v1/themes", headers=site.signed_in())).json()["items"]
    found = {item["id"]: item for item in items}
    assert len(found) == len(OURS.themes)
    assert found["walking"]["names"] == {"en": "Walking", "nl": "Wandelen"}
    assert (found["opera"]["parent"], found["opera"]["branch"]) == ("performing-arts", "private")
