"""Records held back, as every service's API shows them."""

import base64
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from kindred_common.contracts.external import CrmCustomer
from kindred_common.contracts.topics import CRM_CUSTOMERS
from kindred_common.messaging.held import Held, HeldRecord

HELD: JsonDict = {
    "id": 42,
    "state": "dead",
    "topic": CRM_CUSTOMERS.name,
    "partition": 3,
    "offset": 17,
    "key": "crm:1001",
    "field": "email",
    "reason": "String should match pattern",
    "waits_for": None,
    "held_at": "2026-03-02T09:00:00Z",
    "expires_at": "2026-04-01T09:00:00Z",
}


class HeldItem(BaseModel):
    """A record held back, without its content, which may be personal."""

    model_config = ConfigDict(json_schema_extra={"examples": [HELD]})

    id: int
    state: Held
    topic: str
    partition: int
    offset: int
    key: str | None
    field: str | None
    reason: str
    waits_for: str | None
    held_at: datetime
    expires_at: datetime


class HeldContent(HeldItem):
    """A record held back with its bytes, in base64, and its headers."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**HELD, "value": "e30=", "headers": {"ce_type": CrmCustomer.record_type}}]
        }
    )

    value: str | None
    headers: dict[str, str]


def item_of(record: HeldRecord) -> HeldItem:
    """The record as lists show it."""
    raw, why = record.raw, record.why
    return HeldItem(
        id=record.id,
        state=why.state,
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=None if raw.key is None else raw.key.decode(errors="replace"),
        field=why.field,
        reason=why.reason,
        waits_for=why.waits_for,
        held_at=record.held_at,
        expires_at=record.expires_at,
    )


def content_of(record: HeldRecord) -> HeldContent:
    """The record with all that it holds."""
    raw = record.raw
    return HeldContent(
        **item_of(record).model_dump(),
        value=None if raw.value is None else base64.b64encode(raw.value).decode(),
        headers={name: content.decode(errors="replace") for name, content in raw.headers},
    )
