"""Receipts: what other systems are told about each record they published."""

from datetime import datetime

from kindred_common.contracts.codec import Outgoing, RawRecord
from kindred_common.contracts.envelope import MalformedRecord, from_kafka
from kindred_common.contracts.external import IngestReceipt, ReceiptStatus
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import INGEST_RECEIPTS
from kindred_common.messaging.held import Held, Reason

_STATUS = {
    Held.DEAD: ReceiptStatus.REJECTED,
    Held.EARLY: ReceiptStatus.WAITING,
    Held.PARKED: ReceiptStatus.WAITING,
}


def receipt_for(raw: RawRecord, why: Reason | None, now: datetime) -> Outgoing:
    """The receipt of one record: accepted when it was not held back."""
    source, record_id, cause = _identity(raw)
    receipt = IngestReceipt(
        record_source=source[:500],
        record_id=record_id[:500],
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        status=ReceiptStatus.ACCEPTED if why is None else _STATUS[why.state],
        field=None if why is None else why.field,
        reason=None if why is None else why.reason,
        at=now,
    )
    return Outgoing(INGEST_RECEIPTS, source, receipt, cause)


def _identity(raw: RawRecord) -> tuple[str, str, Cause]:
    """Source and id as far as they can be read; a record without them is named by its position."""
    position = f"{raw.topic}-{raw.partition}-{raw.offset}"
    try:
        envelope, _ = from_kafka(raw.headers, raw.value)
    except MalformedRecord:
        return "unknown", position, Cause(correlation_id=position)
    cause = Cause(envelope.cause.correlation_id, envelope.id, envelope.cause.traceparent)
    return envelope.source, envelope.id, cause
