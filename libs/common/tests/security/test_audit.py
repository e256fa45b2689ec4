import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from kindred_common.clock import new_id
from kindred_common.security.audit import AuditEntry, record
from kindred_common.security.tables import audit_log
from kindred_common.testing.clocks import FakeClock


def entry(clock: FakeClock, **details: str) -> AuditEntry:
    return AuditEntry(
        id=new_id(),
        at=clock.now(),
        actor="anna",
        action="customer.read",
        subject_kind="customer",
        subject_id=str(new_id()),
        details=details,
    )


async def test_an_entry_is_kept(engine: AsyncEngine, clock: FakeClock) -> None:
    made = entry(clock, part="interests")
    async with engine.begin() as connection:
        await record(connection, made)
        row = (await connection.execute(sa.select(audit_log))).one()

    assert AuditEntry(**row._mapping) == made


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_log SET actor = 'bert'", "DELETE FROM audit_log", "TRUNCATE audit_log"],
)
async def test_entries_cannot_be_changed(
    engine: AsyncEngine, clock: FakeClock, change: str
) -> None:
    async with engine.begin() as connection:
        await record(connection, entry(clock))

    with pytest.raises(DBAPIError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(sa.text(change))


async def test_details_are_details(engine: AsyncEngine, clock: FakeClock) -> None:
    async with engine.begin() as connection:
        with pytest.raises(ValueError, match="too large"):
            await record(connection, entry(clock, text="x" * 5000))
