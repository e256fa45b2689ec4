"""The one factory of Kafka clients: safe settings only.

aiokafka's own defaults commit by themselves, start at the latest record, read aborted transactions and produce without
idempotence; none of these may ever be used here.
"""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from kindred_common.contracts.topics import BROKER_LIMIT_BYTES
from kindred_common.messaging.fetched_records import read_whatever_was_written
from kindred_common.messaging.settings import METADATA_MS, KafkaSettings

GATHER_BYTES = 65_536
LONG_POLL_MS = 500

KafkaConsumer = AIOKafkaConsumer
KafkaProducer = AIOKafkaProducer
KafkaAdmin = AIOKafkaAdminClient


def connection_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """The arguments with which any aiokafka client reaches the cluster."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "security_protocol": settings.security_protocol,
    }
    if (tls := settings.tls()) is not None:
        arguments["ssl_context"] = tls
    if settings.security_protocol.startswith("SASL"):
        arguments["sasl_mechanism"] = settings.sasl_mechanism
        arguments["sasl_plain_username"] = settings.sasl_username
        password = settings.sasl_password
        arguments["sasl_plain_password"] = password.get_secret_value() if password else None
    return arguments


def create_producer(settings: KafkaSettings, *, client_id: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all in-sync replicas and adds no delay."""
    return AIOKafkaProducer(
        **connection_arguments(settings),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_request_size=BROKER_LIMIT_BYTES,
        request_timeout_ms=15_000,
        retry_backoff_ms=100,
    )


def create_consumer(settings: KafkaSettings, *, group: str, gather_ms: int = 0) -> AIOKafkaConsumer:
    """A member of ``group`` that never commits by itself, without topics yet.

    With ``gather_ms`` the broker keeps back what is new for so long, so that it comes together.
    """
    read_whatever_was_written()
    return AIOKafkaConsumer(
        **connection_arguments(settings),
        client_id=group,
        group_id=f"{settings.prefix}{group}",
        fetch_min_bytes=GATHER_BYTES if gather_ms else 1,
        fetch_max_wait_ms=gather_ms or LONG_POLL_MS,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=settings.session_timeout_ms,
        heartbeat_interval_ms=min(3000, settings.session_timeout_ms // 3),
        max_partition_fetch_bytes=BROKER_LIMIT_BYTES,
        metadata_max_age_ms=METADATA_MS,
    )


def create_reader(settings: KafkaSettings, *, client_id: str) -> AIOKafkaConsumer:
    """A consumer without a group, for tools and tests that look at topics without taking part."""
    read_whatever_was_written()
    return AIOKafkaConsumer(
        **connection_arguments(settings),
        client_id=client_id,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=BROKER_LIMIT_BYTES,
    )


def create_admin(settings: KafkaSettings) -> AIOKafkaAdminClient:
    """A client for creating and describing topics."""
    return AIOKafkaAdminClient(**connection_arguments(settings), client_id="kindred-admin")


async def close_client(client: AIOKafkaConsumer | AIOKafkaProducer, within: float) -> None:
    """Stops a client; after so many seconds it is left to itself.

    While the broker is away aiokafka lets the cancellation of a task of its own out of ``stop``, where it would pass for that of
    whoever closes the client, and end his loop without a word; or it does not end at all.
    """
    stopping = asyncio.create_task(client.stop())
    try:
        await asyncio.wait({stopping}, timeout=within)
    finally:
        if not stopping.done():
            stopping.cancel()
    if stopping.cancelled() or not stopping.done():
        return
    error = stopping.exception()
    if error is not None and not isinstance(error, KafkaError):
        raise error
