"""POSTs that may be repeated: one effect, and the same answer again.

The key's row is written in the same transaction as the effect, so neither exists without the other. Two requests
with the same key meet at the row's primary key: the second waits for the first, then repeats its answer.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.db.transactions import Transaction, Transactions
from kindred_common.security.principals import Principal
from kindred_common.security.tables import idempotency_key
from kindred_common.web.bodies import body_digest
from kindred_common.web.context import context_of
from kindred_common.web.problems import Problem

HEADER = "idempotency-key"
KEPT_FOR = timedelta(hours=48)
WAIT_FOR_FIRST = "2s"
LOCK_NOT_AVAILABLE = "55P03"

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Outcome(NamedTuple):
    """What a POST answers."""

    status: int
    body: BaseModel | None = None
    headers: Mapping[str, str] = {}


Work = Callable[[Transaction], Awaitable[Outcome]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_MARK = "kindred_needs_no_key"


def needs_no_key(endpoint: Endpoint) -> Endpoint:
    """Marks a POST that without a key too has no further effect when it is repeated; its document shows no key."""
    setattr(endpoint, _MARK, True)
    return endpoint


def takes_key(endpoint: object) -> bool:
    """Whether a POST goes by its ``Idempotency-Key``."""
    return not getattr(endpoint, _MARK, False)


async def once(request: Request, transactions: Transactions, work: Work) -> Response:
    """Runs ``work`` in a transaction; under an ``Idempotency-Key`` at most once, however often the request comes.

    Raises:
        Problem: 409 while the first request with the key is still running, 422 when the key came with another request,
            400 when it is no key.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return _response(await transactions.run(work))
    if not _KEY.fullmatch(key):
        raise Problem(
            400,
            "wrong-idempotency-key",
            "The Idempotency-Key must be 1 to 200 visible ASCII characters",
        )
    claim = _Claim(
        _owner(request), key, await _fingerprint(request), context_of(request).clock.now()
    )

    async def claimed(transaction: Transaction) -> Response:
        if not await claim.take(transaction.connection):
            return await claim.repeat(transaction.connection)
        response = _response(await work(transaction))
        await claim.keep(transaction.connection, response)
        return response

    return await transactions.run(claimed)


class _Claim(NamedTuple):
    """One use of a key."""

    owner: str
    key: str
    fingerprint: bytes
    at: datetime

    async def take(self, connection: AsyncConnection) -> bool:
        """Whether this request is the first; waits shortly for another one that is at work."""
        patience = await connection.scalar(sa.text("SELECT current_setting('lock_timeout')"))
        await _set_patience(connection, WAIT_FOR_FIRST)
        row = insert(idempotency_key).values(
            principal=self.owner, key=self.key, fingerprint=self.fingerprint, created_at=self.at
        )
        try:
            taken = await connection.execute(row.on_conflict_do_nothing())
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise Problem(
                    409,
                    "still-running",
                    "The first request is still running",
                    headers={"Retry-After": "1"},
                ) from None
            raise
        await _set_patience(connection, str(patience))
        return taken.rowcount == 1

    async def repeat(self, connection: AsyncConnection) -> Response:
        found = await connection.execute(sa.select(idempotency_key).where(self._row()))
        kept = found.one()
        if kept.fingerprint != self.fingerprint:
            raise Problem(
                422,
                "idempotency-key-reused",
                "The Idempotency-Key came with another request before",
            )
        return Response(kept.body, kept.status, {**kept.headers, "Idempotent-Replayed": "true"})

    async def keep(self, connection: AsyncConnection, response: Response) -> None:
        headers = {
            name: value for name, value in response.headers.items() if name != "content-length"
        }
        await connection.execute(
            sa.update(idempotency_key)
            .where(self._row())
            .values(status=response.status_code, headers=headers, body=bytes(response.body))
        )

    def _row(self) -> sa.ColumnElement[bool]:
        return sa.and_(idempotency_key.c.principal == self.owner, idempotency_key.c.key == self.key)


async def purge_idempotency_keys(connection: AsyncConnection, now: datetime) -> int:
    """Forgets keys older than 48 hours; says how many."""
    old = sa.delete(idempotency_key).where(idempotency_key.c.created_at < now - KEPT_FOR)
    return (await connection.execute(old)).rowcount


async def _set_patience(connection: AsyncConnection, patience: str) -> None:
    await connection.execute(
        sa.text("SELECT set_config('lock_timeout', :patience, true)"), {"patience": patience}
    )


def _owner(request: Request) -> str:
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is not None:
        return principal.subject
    return "link:" + hashlib.sha256(request.url.path.encode()).hexdigest()


async def _fingerprint(request: Request) -> bytes:
    head = json.dumps([request.method, request.url.path, request.url.query]).encode()
    with suppress(RuntimeError):  # a form has been read already
        await request.body()
    return hashlib.sha256(head + b"\n" + body_digest(request.scope)).digest()


def _response(outcome: Outcome) -> Response:
    if outcome.body is None:
        return Response(None, outcome.status, dict(outcome.headers))
    body = outcome.body.model_dump_json()
    return Response(body, outcome.status, dict(outcome.headers), "application/json")
