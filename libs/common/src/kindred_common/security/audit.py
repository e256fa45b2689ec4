"""Who saw or changed what: an append-only log in the same transaction as the act."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from kindred_common.security.tables import audit_log

Detail = str | int | float | bool | None

LARGEST_DETAILS = 4096


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act: ``actor`` is a principal's subject, ``action`` a verb and noun in one word, such as ``customer.read``.

    ``details`` are names of rules, states and fields; never a person's name, address or words.
    """

    id: UUID
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    details: Mapping[str, Detail] = field(default_factory=dict)


async def record(connection: AsyncConnection, entry: AuditEntry) -> None:
    """Appends an entry.

    Raises:
        ValueError: the details are too large to be details.
    """
    if len(json.dumps(dict(entry.details))) > LARGEST_DETAILS:
        raise ValueError("audit details are too large")
    await connection.execute(
        audit_log.insert().values(
            id=entry.id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            details=dict(entry.details),
        )
    )
