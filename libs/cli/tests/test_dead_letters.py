import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kindred_cli.application import create_cli
from kindred_cli.client import service_client
from kindred_cli.errors import CommandError
from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.home import Home
from kindred_common.clock import SystemClock
from kindred_common.contracts.codec import RawRecord
from kindred_common.contracts.topics import EXTERNAL_ANSWERS, SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import Service
from kindred_common.db.settings import DatabaseSettings
from kindred_common.messaging import tables as messaging_tables
from kindred_common.messaging.held import Held, Reason, hold
from kindred_common.runtime.foundation import Foundation, lay_foundation
from kindred_common.runtime.operations import operations_router
from kindred_common.runtime.server import serve
from kindred_common.runtime.settings import HttpSettings, ServiceSettings
from kindred_common.security import tables as security_tables
from kindred_common.security.settings import SecuritySettings
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.web.application import create_application
from kindred_common.web.paging import encode_cursor


@pytest.fixture
async def survey(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Foundation[ServiceSettings]]:
    home = Home(tmp_path / "home")
    monkeypatch.setenv("KINDRED_HOME", str(home.folder))
    async with fresh_database(postgres_server) as database:
        foundation = lay_foundation(Service.SURVEY, settings(home, database))
        async with foundation.engine.begin() as connection:
            await connection.run_sync(messaging_tables.metadata.create_all)
            await connection.run_sync(security_tables.security_metadata.create_all)
        home.remember(Addresses(foundation.settings.http.port - 1))
        routes = operations_router(
            foundation.transactions, [SURVEY_ANSWERS], foundation.clock, foundation.ids
        )
        app = create_application(foundation.web, [routes], title="Survey")
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(app, foundation.settings.http, stop))
            yield foundation
            stop.set()
        await foundation.engine.dispose()


def settings(home: Home, database: DatabaseSettings) -> ServiceSettings:
    return ServiceSettings(
        database=database,
        security=SecuritySettings(jwks=str(home.issuer().jwks)),
        http=HttpSettings(port=free_port()),
    )


async def hold_records(foundation: Foundation[ServiceSettings], count: int) -> None:
    async with foundation.transactions.begin() as transaction:
        for offset in range(count):
            raw = RawRecord(EXTERNAL_ANSWERS.name, 3, offset, b"key", b"not JSON", (), 0)
            why = Reason(Held.DEAD, "is not JSON", field="body")
            await hold(transaction.connection, "survey", raw, why, SystemClock().now())


async def kindred(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, create_cli(), arguments)


async def test_dead_letters_are_listed_shown_replayed_and_given_up(
    survey: Foundation[ServiceSettings],
) -> None:
    await hold_records(survey, 201)  # more than one page
    listed = await kindred("dead-letters", "list", "survey")
    lines = listed.stdout.splitlines()
    assert lines[-1] == "201 dead in survey"
    assert lines[0].endswith("external-answers[3]@0  body: is not JSON")
    assert "not JSON\n" in (await kindred("dead-letters", "show", "survey", "1")).stdout
    assert (await kindred("dead-letters", "discard", "survey", "1")).exit_code == 0
    gone = await kindred("dead-letters", "show", "survey", "1")
    assert gone.stderr == "kindred: survey answered 404: There is no such record\n"
    replayed = await kindred("dead-letters", "replay", "survey", "2")
    assert replayed.stdout == "1 to be tried again by survey\n"
    every = await kindred("dead-letters", "replay", "survey", "--all")
    assert every.stdout == "200 to be tried again by survey\n"


@pytest.mark.parametrize("cursor", ["made-up", encode_cursor("1"), encode_cursor(2**63)])
async def test_a_place_that_no_list_has_is_refused(
    survey: Foundation[ServiceSettings], cursor: str
) -> None:
    def ask() -> None:
        with service_client(survey.service) as client:
            client.get("/v1/dead-letters", cursor=cursor)

    with pytest.raises(CommandError, match="survey answered 422"):
        await asyncio.to_thread(ask)


async def test_replay_wants_a_number_or_all(survey: Foundation[ServiceSettings]) -> None:
    assert survey.settings.http.port
    assert (await kindred("dead-letters", "replay", "survey")).exit_code == 2
    assert (await kindred("dead-letters", "replay", "survey", "1", "--all")).exit_code == 2


async def test_republish_names_the_topics(survey: Foundation[ServiceSettings]) -> None:
    told = await kindred("republish", "survey")
    assert told.stdout == f"survey publishes again: {SURVEY_ANSWERS.name}\n"
    assert survey.service is Service.SURVEY
