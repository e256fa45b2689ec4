from libs.cli.tests.records import CUSTOMER, matched, profile, seen

from kindred_cli.following import Follower
from kindred_cli.settling import Settling, settle


def knows_opera() -> Settling:
    return Settling({CUSTOMER: lambda found: any(i.theme == "opera" for i in found.interests)})


def test_who_has_no_profile_is_open() -> None:
    settling = knows_opera()
    assert (settling.profiled, settling.matched, settling.open) == (0, 0, 1)


def test_a_profile_counts_when_all_is_in_it() -> None:
    settling = knows_opera()
    settling.take(seen("a", profile(1)))
    assert settling.profiled == 0
    settling.take(seen("b", profile(2, opera=1.0)))
    assert (settling.profiled, settling.matched) == (1, 0)


def test_matches_count_when_they_are_by_the_latest_profile() -> None:
    settling = knows_opera()
    settling.take(matched("m", 1))
    settling.take(seen("b", profile(2, opera=1.0)))
    assert settling.open == 1
    settling.take(matched("n", 2))
    assert (settling.matched, settling.open, settling.with_events) == (1, 0, 0)


async def test_settling_ends_when_nobody_is_open() -> None:
    follower = Follower(lambda _: True)
    follower.take([seen("b", profile(1, opera=1.0)), matched("m", 1)])
    told: list[str] = []
    ended = await settle(follower, settling := knows_opera(), told.append, patience=60)
    assert (ended, settling.open) == (0.0, 0)


async def test_settling_gives_up_when_nothing_comes_any_more() -> None:
    follower = Follower(lambda _: True)
    follower.take([seen("b", profile(1, opera=1.0))])
    settling = knows_opera()
    await settle(follower, settling, lambda _: None, patience=0.1)
    assert settling.open == 1
