import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from kindred_cli.application import create_cli
from kindred_cli.servers.databases import (
    SERVICES,
    closed_to_services,
    database_script,
    role_of,
    with_passwords,
)
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.postgres import BINARIES, EmbeddedPostgres
from kindred_common.contracts.vocabulary import Service
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    async with EmbeddedPostgres(tmp_path / "pg", free_port(), durable=False) as running:
        yield running


async def value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_committed_rows_outlive_a_kill_and_a_stop(server: EmbeddedPostgres) -> None:
    await server.psql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1);")
    server.kill()
    await server.start()
    assert await value(server.admin_url, "SELECT count(*) FROM kept") == 1
    await server.stop()
    await server.start()
    assert await value(server.admin_url, "SELECT count(*) FROM kept") == 1


async def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", free_port(), durable=False)
    making = asyncio.ensure_future(server.start())
    await eventually(lambda: half_made(tmp_path), every=0.01)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    async with server:
        assert await value(server.admin_url, "SELECT 1") == 1


async def half_made(folder: Path) -> bool:
    return bool(versions(folder))


def versions(folder: Path) -> list[Path]:
    return list(folder.glob("pg/data*/PG_VERSION"))


async def test_it_listens_on_this_machine_only(server: EmbeddedPostgres) -> None:
    assert await value(server.admin_url, "SHOW listen_addresses") == "127.0.0.1"
    assert await value(server.admin_url, "SHOW unix_socket_directories") == ""


async def test_nobody_enters_without_the_password(server: EmbeddedPostgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await value(server.admin_url.replace(server.password, "guess"), "SELECT 1")
    assert (server.folder / "password").stat().st_mode & 0o077 == 0


async def test_a_taken_port_is_one_clear_line(tmp_path: Path, server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(tmp_path / "second", server.port)
    with pytest.raises(ServerError, match=rf"^port {server.port} \(Postgres\) is in use"):
        await second.start()


async def test_a_failed_start_is_one_clear_line_and_leaves_no_process(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", free_port(), durable=False)
    await server.start()
    await server.stop()
    (server.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerError, match=r"Postgres did not start: .*initialized by PostgreSQL"):
        await server.start()
    assert server.pid is None


async def test_a_pid_file_that_means_another_program_does_not_stop_the_start(
    server: EmbeddedPostgres,
) -> None:
    server.kill()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    await server.start()
    assert await value(server.admin_url, "SELECT 1") == 1


async def test_a_leftover_server_is_ended_first(server: EmbeddedPostgres) -> None:
    left = server.pid
    successor = EmbeddedPostgres(server.folder, server.port, durable=False)
    await successor.start()
    assert successor.pid not in (None, left)
    await successor.stop()


async def test_a_full_disk_is_one_clear_line(tiny_disk: Path) -> None:
    with pytest.raises(ServerError, match=r"^the disk is full: 16 MiB free"):
        await EmbeddedPostgres(tiny_disk / "pg", free_port()).start()


async def test_each_role_enters_its_own_database_only(server: EmbeddedPostgres) -> None:
    passwords: dict[Service, str] = {service: f"secret-{service}" for service in SERVICES}
    script = with_passwords(database_script(), passwords) + closed_to_services()
    await server.psql(script)
    await server.psql(script)  # a second time changes nothing

    for service in SERVICES:
        assert await value(address(server, service), "SELECT 1") == 1
    foreign = [role_of(other) for other in SERVICES if other is not Service.SURVEY]
    for database in [*foreign, "postgres", "template1"]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(address(server, Service.SURVEY, database), "SELECT 1")


def address(server: EmbeddedPostgres, role: Service, database: str | None = None) -> str:
    """Where the role enters, with the password `secret-` and its name; its own database unless another is named."""
    place = f"127.0.0.1:{server.port}/{database or role_of(role)}"
    return f"postgresql://{role_of(role)}:secret-{role}@{place}"


async def test_the_plan_for_an_administrator_runs_as_its_heading_says(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    plan = CliRunner().invoke(create_cli(), ["db", "plan"]).stdout
    (tmp_path / "plan.sql").write_text(plan)
    heading = re.search(r"kindred db plan \| (psql \\\n(?:--  .*\n)+)", plan)
    assert heading, plan
    psql = re.sub(r"^--", "", heading[1], flags=re.MULTILINE).strip()
    psql = re.sub(r"kindred_(\w+)_password=\.\.\.", r"kindred_\1_password=secret-\1", psql)
    psql = psql.replace("postgresql://administrator@host/postgres", server.admin_url)
    done = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-c", f"{psql} < plan.sql"],
        cwd=tmp_path,
        env={"PATH": f"{BINARIES}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for service in SERVICES:
        assert await value(address(server, service), "SELECT current_database()") == role_of(
            service
        )


async def test_a_script_that_fails_says_why_without_the_secret(server: EmbeddedPostgres) -> None:
    with pytest.raises(ServerError, match='role "nobody_here" does not exist') as caught:
        await server.psql("ALTER ROLE nobody_here PASSWORD 'hush';")
    assert "hush" not in str(caught.value)
    assert "hush" not in (server.folder / "psql.log").read_text()
