"""Records as the command line sees them come, for its tests."""

from uuid import UUID

from kindred_cli.following import Seen
from kindred_common.clock import SystemClock
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import CustomerProfile, Interest
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import CUSTOMER_MATCHES, CUSTOMER_PROFILES, Topic
from kindred_common.contracts.vocabulary import FactSource

CUSTOMER = UUID(int=1)
NOW = SystemClock().now()


def seen(
    record_id: str, data: Record, cause: str | None = None, *, topic: Topic = CUSTOMER_PROFILES
) -> Seen:
    envelope = Envelope(record_id, "test", data.record_type, NOW, "", Cause("first", cause))
    return Seen(Received(topic, str(CUSTOMER), envelope, data), at=0.0)


def profile(version: int, **interests: float) -> CustomerProfile:
    return CustomerProfile(
        customer_id=CUSTOMER,
        version=version,
        active=True,
        interests=tuple(
            Interest(
                theme=theme, value=value, confidence=0.9, source=FactSource.SELF, observed_at=NOW
            )
            for theme, value in interests.items()
        ),
        changed=("interests",),
    )


def matches(version: int) -> CustomerMatches:
    return CustomerMatches(customer_id=CUSTOMER, profile_version=version, priced_at=NOW)


def matched(record_id: str, version: int, cause: str | None = None) -> Seen:
    return seen(record_id, matches(version), cause, topic=CUSTOMER_MATCHES)
