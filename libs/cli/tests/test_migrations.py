import sys

import pytest

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.migrations import migrate_all
from kindred_cli.launcher.services import Surroundings
from kindred_cli.servers.errors import ServerError
from kindred_common.contracts.vocabulary import Service


async def test_a_service_that_is_not_installed_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "kindred_survey", None)  # as if it could not be imported
    around = Surroundings(
        addresses=Addresses(),
        jwks="",
        database_urls={Service.SURVEY: "postgresql://kindred_survey@127.0.0.1:1/kindred_survey"},
        passwords={Service.SURVEY: "unused"},
        kafka_bootstrap="",
        inherited={},
    )
    with pytest.raises(ServerError, match=r"^the database of survey: .*kindred_survey"):
        await migrate_all([Service.SURVEY], around)
