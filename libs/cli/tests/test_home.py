import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.lock import only_launcher
from kindred_cli.servers.errors import ServerError
from kindred_common.contracts.vocabulary import Service


@contextmanager
def no_byte_can_be_written() -> Iterator[None]:
    """As on a full disk: files can be made, but nothing put into them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_secret_that_cannot_be_written_is_one_clear_line_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    with (
        pytest.raises(ServerError, match=r"^cannot write in .*/home: File too large$"),
        no_byte_can_be_written(),
    ):
        home.passwords()
    assert list(home.folder.iterdir()) == []

    passwords = home.passwords()
    assert Home(home.folder).passwords() == passwords
    assert [file.name for file in home.folder.iterdir()] == ["secret"]
    assert (home.folder / "secret").stat().st_mode & 0o777 == 0o600
    assert len((home.folder / "secret").read_bytes()) == 32


def test_an_empty_secret_is_drawn_anew(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "secret").touch()
    one, other = (Home(tmp_path / name).passwords() for name in ("one", "other"))
    assert one[Service.SURVEY] != other[Service.SURVEY]


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    line = r"^cannot write in .*/home: File exists$"
    with pytest.raises(ServerError, match=line), only_launcher(tmp_path / "home"):
        pass


def test_who_makes_room_on_a_full_disk_gets_the_lock(full_disk: Path) -> None:
    home = full_disk / "home"
    with only_launcher(home):
        with pytest.raises(ServerError, match="already runs on"), only_launcher(home):
            pass
        assert (home / "lock").read_bytes() == b""


def test_a_key_that_cannot_be_written_is_one_clear_line_and_leaves_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with (
        pytest.raises(ServerError, match=r"^cannot write in .*/home: File too large$"),
        no_byte_can_be_written(),
    ):
        home.issuer()
    assert list((home.folder / "issuer").iterdir()) == []
    assert home.issuer().issue("somebody", [])


def test_where_a_system_listens_is_not_forgotten_on_a_full_disk(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.remember(Addresses(base_port=9100))
    with (
        pytest.raises(ServerError, match=r"^cannot write in .*/home: File too large$"),
        no_byte_can_be_written(),
    ):
        home.remember(Addresses(base_port=9200))
    assert Home(home.folder).addresses() == Addresses(base_port=9100)
