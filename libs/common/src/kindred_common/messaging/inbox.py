"""The inbox: each fact counts once for a consumer, and a state never goes back to an older version."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.contracts.codec import Received
from kindred_common.contracts.record import Record

# Two deliveries of one record can race on two members of the group after a rebalance: the unique key lets one win.
_REMEMBER = """
INSERT INTO inbox (consumer, source, record_id, received_at)
SELECT $1, u.source, u.record_id, $4 FROM unnest($2::text[], $3::text[]) AS u(source, record_id)
ON CONFLICT DO NOTHING RETURNING source, record_id
"""

_FORGET = """
DELETE FROM inbox USING unnest($2::text[], $3::text[]) AS u(source, record_id)
 WHERE consumer = $1 AND inbox.source = u.source AND inbox.record_id = u.record_id
"""

_BEGIN_ANEW = """
DELETE FROM state_version AS v USING unnest($2::text[], $3::text[]) AS u(topic, key)
 WHERE v.consumer = $1 AND v.topic = u.topic AND v.key = u.key
"""

_RAISE = """
INSERT INTO state_version AS v (consumer, topic, key, version)
SELECT $1, u.topic, u.key, u.version FROM unnest($2::text[], $3::text[], $4::bigint[]) AS u(topic, key, version)
ON CONFLICT (consumer, topic, key) DO UPDATE SET version = excluded.version
 WHERE v.version < excluded.version OR (v.version = excluded.version AND $5)
RETURNING topic, key
"""


async def remember(
    connection: AsyncConnection, consumer: str, facts: Sequence[Received[Record]], now: datetime
) -> list[Received[Record]]:
    """Enters the facts and returns those that are new, each once."""
    if not facts:
        return []
    first: dict[tuple[str, str], Received[Record]] = {}
    for fact in facts:
        first.setdefault((fact.envelope.source, fact.envelope.id), fact)
    sources, ids = [source for source, _ in first], [record_id for _, record_id in first]
    result = await connection.exec_driver_sql(_REMEMBER, (consumer, sources, ids, now))
    new = {(row.source, row.record_id) for row in result}
    return [fact for identity, fact in first.items() if identity in new]


async def forget(
    connection: AsyncConnection, consumer: str, facts: Sequence[Received[Record]]
) -> None:
    """Takes back the entries of facts that were not applied, so that a replay applies them."""
    if facts:
        sources, ids = [f.envelope.source for f in facts], [f.envelope.id for f in facts]
        await connection.exec_driver_sql(_FORGET, (consumer, sources, ids))


async def newest(
    connection: AsyncConnection,
    consumer: str,
    states: Sequence[Received[Record]],
    *,
    again: bool = False,
) -> list[Received[Record]]:
    """The latest record of each key that is newer than what was applied before; removals without version always.

    After a removal without version the versions of its key begin anew: otherwise one version far too high, published by
    mistake, could never be corrected. ``again`` lets a version pass that was seen but held back.
    """
    await _begin_anew(connection, consumer, [s for s in states if version_of(s) is None])
    latest: dict[tuple[str, str], Received[Record]] = {}
    for state in states:
        identity = (state.topic.name, state.key)
        known = latest.get(identity)
        if known is None or _supersedes(state, known):
            latest[identity] = state
    versioned = {identity: s for identity, s in latest.items() if version_of(s) is not None}
    raised = await _raise_versions(connection, consumer, versioned, again=again)
    return [s for identity, s in latest.items() if identity in raised or identity not in versioned]


async def _begin_anew(
    connection: AsyncConnection, consumer: str, removals: Sequence[Received[Record]]
) -> None:
    if removals:
        keys = sorted({(removal.topic.name, removal.key) for removal in removals})
        parameters = (consumer, [topic for topic, _ in keys], [key for _, key in keys])
        await connection.exec_driver_sql(_BEGIN_ANEW, parameters)


def version_of(state: Received[Record]) -> int | None:
    """The version of a state: the other system's own, else the place in the sequence of its key."""
    envelope = state.envelope
    return envelope.source_version if envelope.source_version is not None else envelope.sequence


def _supersedes(state: Received[Record], known: Received[Record]) -> bool:
    new, old = version_of(state), version_of(known)
    return new is None or old is None or new >= old


async def _raise_versions(
    connection: AsyncConnection,
    consumer: str,
    states: dict[tuple[str, str], Received[Record]],
    *,
    again: bool,
) -> set[tuple[str, str]]:
    if not states:
        return set()
    ordered = sorted(
        states
    )  # one order of locking for all, so that two members cannot wait for each other
    parameters = (
        consumer,
        [topic for topic, _ in ordered],
        [key for _, key in ordered],
        [version_of(states[identity]) for identity in ordered],
        again,
    )
    result = await connection.exec_driver_sql(_RAISE, parameters)
    return {(row.topic, row.key) for row in result}
