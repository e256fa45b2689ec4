from typing import Any

import pytest
from libs.common.tests.messaging.conftest import Bench
from libs.common.tests.messaging.records import NOON
from libs.common.tests.messaging.test_intake import held

from kindred_common.clock import new_id
from kindred_common.contracts.codec import RawRecord, Received
from kindred_common.contracts.envelope import Envelope, to_headers
from kindred_common.contracts.external import CrmCustomer
from kindred_common.contracts.heartbeat import HEARTBEAT_TYPE
from kindred_common.contracts.record import Cause
from kindred_common.contracts.topics import CRM_CUSTOMERS
from kindred_common.db.transactions import Transaction
from kindred_common.messaging.held import Held
from kindred_common.messaging.intake import Intake
from kindred_common.messaging.subscription import Subscription, one_by_one

HERE = [(CRM_CUSTOMERS.name, 0)]
HIGHEST = 10**18 - 1
BARE_NULL = "null"


class Seen(list[str | None]):
    """What reached the handler, by given name; None for a removal."""

    async def handle(self, _transaction: Transaction, record: Received[CrmCustomer]) -> None:
        self.append(None if record.data is None else record.data.given_name)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def intake(bench: Bench, seen: Seen) -> Intake:
    return bench.intake(Subscription(CRM_CUSTOMERS, one_by_one(seen.handle)))


def state(offset: int, version: int, **changes: Any) -> RawRecord:
    body = CrmCustomer(
        source="crm", external_id="1", given_name=f"v{version}", family_name="x"
    ).to_json()
    identity = str(new_id())
    envelope = Envelope(
        identity, "crm", CrmCustomer.record_type, NOON, "", Cause(identity), None, version
    )
    values: dict[str, Any] = {"value": body, "headers": to_headers(envelope)} | changes
    return RawRecord(
        topic=CRM_CUSTOMERS.name, partition=0, offset=offset, key=b"crm:1", timestamp_ms=0, **values
    )


def removal(offset: int) -> RawRecord:
    return state(offset, 0, value=None, headers=())


async def one_at_a_time(intake: Intake, records: list[RawRecord]) -> None:
    positions = await intake.stand(HERE)
    for record in records:
        positions = await intake.take([record], positions)


async def test_an_older_version_changes_nothing(intake: Intake, seen: Seen) -> None:
    await one_at_a_time(intake, [state(0, 2), state(1, 1), state(2, 2), state(3, 3)])
    assert seen == ["v2", "v3"]


async def test_a_version_far_too_high_can_be_corrected(intake: Intake, seen: Seen) -> None:
    await one_at_a_time(intake, [state(0, HIGHEST), state(1, 5), removal(2), state(3, 5)])
    assert seen == [f"v{HIGHEST}", None, "v5"]


async def test_it_can_be_corrected_within_one_batch_too(intake: Intake, seen: Seen) -> None:
    await one_at_a_time(intake, [state(0, HIGHEST)])
    positions = await intake.stand(HERE)
    await intake.take([state(1, 4), removal(2), state(3, 5), state(4, 4)], positions)
    assert seen == [f"v{HIGHEST}", "v5"]


async def test_a_heartbeat_of_another_system_is_a_record_like_any_other(
    bench: Bench, intake: Intake
) -> None:
    identity = str(new_id())
    heartbeat = Envelope(identity, "crm", HEARTBEAT_TYPE, NOON, "", Cause(identity))
    await one_at_a_time(intake, [state(0, 1, value=b"{}", headers=to_headers(heartbeat))])
    assert await held(bench, Held.DEAD) == ["is not carried by crm-customers"]
