import io
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from libs.cli.tests.records import matched, profile, seen
from rich.console import Console

from kindred_cli.demo.show.chain import follow_back, tree
from kindred_cli.demo.show.post import Post
from kindred_cli.demo.show.telling import Telling, short
from kindred_cli.demo.show.words import changes, in_short, reasons
from kindred_common.contracts.matching import Contribution, Match

ADDRESS = "anna@account-1.example"


def test_each_record_stands_under_the_one_that_caused_it() -> None:
    records = [
        seen("first", profile(1)),
        matched("m-one", 1, "first"),
        seen("second", profile(2), "m-one"),
        matched("m-two", 2, "first"),
        seen("alone", profile(3), "unknown"),
    ]
    assert tree(records) == [
        "customer-profiles first  version 1",
        "├ customer-matches m-one  0 chosen, by version 1",
        "│ └ customer-profiles second  version 2",
        "└ customer-matches m-two  0 chosen, by version 2",
        "customer-profiles alone  version 3",
    ]
    assert [one.id for one in follow_back(records, records[2])] == ["second", "m-one", "first"]


def test_what_changed_in_a_profile_is_told_by_its_values() -> None:
    before, now = profile(1, opera=0.0, golf=0.5), profile(2, opera=1.0, golf=0.5, jazz=0.25)
    assert changes(before, now) == "opera 0.00 -> 1.00, jazz 0.25 (new)"
    assert changes(None, now) == "interests"
    assert changes(now, now) == "interests"


def test_the_strongest_reasons_are_told() -> None:
    parts = [
        ("base", -0.25),
        ("interest:opera", 1.8),
        ("distance", -0.9),
        ("loyalty", 0.1),
        ("x", 0.01),
    ]
    match = Match(
        event_id=UUID(int=2),
        seats=1,
        score=1.0,
        reasons=tuple(Contribution(name=name, amount=amount) for name, amount in parts),
    )
    assert reasons(match) == "interest:opera +1.80, distance -0.90, base -0.25, loyalty +0.10"


def test_what_was_removed_is_told_too() -> None:
    assert in_short(None) == "removed"


def test_records_are_plain_lines_where_there_is_no_terminal() -> None:
    output = io.StringIO()
    telling = Telling(Console(file=output))
    telling.step("One [step]")
    telling.record(seen("0198-abcdefgh", profile(1), "0198-12345678"), -0.012, "version 1")
    assert output.getvalue().splitlines() == [
        "",
        "1. One [step]",
        "       12 ms  customer-profiles   abcdefgh <- 12345678  version 1",
    ]
    assert short("0198-abcdefgh") == "abcdefgh"


def keep(folder: Path, name: str, to: str, text: str) -> None:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = to, f"Mail {name}"
    mail.set_content(text)
    (folder / f"{name}.eml").write_bytes(mail.as_bytes())


async def test_the_first_mail_after_another_to_somebody_is_found(tmp_path: Path) -> None:
    post = Post(tmp_path)
    assert post.latest() == ""
    link = "http://127.0.0.1:8104/r/token_-1"
    keep(tmp_path, "000001", ADDRESS, f"Come: {link}-old")
    keep(tmp_path, "000002", "somebody@else.example", f"Come: {link}")
    keep(tmp_path, "000003", ADDRESS, "no link")
    keep(tmp_path, "000004", ADDRESS, f"Come: {link} soon")
    assert post.latest() == "000004"
    letter = await post.letter(ADDRESS, "r", after="000001", within=1)
    assert letter is not None
    assert (letter.name, letter.subject, letter.page) == ("000004", "Mail 000004", link)
    assert await post.letter(ADDRESS, "r", after="000004", within=0.05) is None
