"""Postgres, Kafka and mail for one system: ours, or those the settings name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from aiokafka.errors import KafkaError

from kindred_cli.launcher.addresses import Addresses
from kindred_cli.launcher.concurrency import beside
from kindred_cli.launcher.home import Home
from kindred_cli.launcher.mail_pages import mail_pages
from kindred_cli.launcher.mail_sink import MailSink
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.launcher.supervision import ServerWatch
from kindred_cli.servers.databases import (
    SERVICES,
    closed_to_services,
    database_script,
    role_of,
    with_passwords,
)
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.machine import HOST
from kindred_cli.servers.postgres import EmbeddedPostgres, run_script
from kindred_cli.servers.stores import kafka_classpath
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import apply_topics
from kindred_common.runtime.server import serve
from kindred_common.runtime.settings import HttpSettings


@asynccontextmanager
async def databases(
    settings: LaunchSettings, home: Home, port: int, watch: ServerWatch
) -> AsyncIterator[dict[Service, str]]:
    """Runs Postgres with one database per service, and gives their addresses."""
    script = with_passwords(database_script(), home.passwords())
    if settings.postgres_admin is not None:
        watch.tell("Postgres: the one you named")
        await run_script(settings.postgres_admin, script, home.folder)
        yield {service: database_url(settings.postgres_admin, service) for service in SERVICES}
        return
    watch.tell("Postgres: starting")
    server = EmbeddedPostgres(home.folder / "postgres", port)
    async with server:
        await server.psql(script + closed_to_services())
        watch.add("Postgres", server)
        try:
            yield {service: database_url(server.admin_url, service) for service in SERVICES}
        finally:
            watch.tell("Postgres: stopping")


@asynccontextmanager
async def kafka(
    settings: LaunchSettings, home: Home, addresses: Addresses, watch: ServerWatch
) -> AsyncIterator[str]:
    """Runs Kafka with all topics, and gives its bootstrap address."""
    if not settings.has_own_kafka:
        watch.tell("Kafka: the one you named")
        await make_topics(settings.kafka)
        yield settings.kafka.bootstrap
        return
    watch.tell("Kafka: starting")
    classpath = await asyncio.to_thread(kafka_classpath)
    ports = (addresses.kafka, addresses.kafka_controller)
    server = EmbeddedKafka(home.folder / "kafka", *ports, classpath)
    async with server:
        await make_topics(settings.kafka.model_copy(update={"bootstrap": server.bootstrap}))
        watch.add("Kafka", server)
        try:
            yield server.bootstrap
        finally:
            watch.tell("Kafka: stopping")


@asynccontextmanager
async def mail(home: Home, addresses: Addresses) -> AsyncIterator[None]:
    """Catches all mail and shows it."""
    sink = MailSink(home.mail, addresses.smtp)
    await sink.start()
    http = HttpSettings(host=HOST, port=addresses.mail_pages)
    try:
        async with beside(partial(serve, mail_pages(home.mail), http)):
            yield
    finally:
        await sink.stop()


async def make_topics(settings: KafkaSettings) -> None:
    """Makes the topics that are missing.

    Raises:
        ServerError: Kafka refused or could not be reached.
    """
    try:
        await apply_topics(settings)
    except (KafkaError, ValueError, TimeoutError) as error:
        raise ServerError(f"Kafka at {settings.bootstrap}: {error}") from error


def database_url(admin_url: str, service: Service) -> str:
    """The address of a service's database on the administrator's server, without password."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    role = role_of(service)
    return urlunsplit(parts._replace(netloc=f"{role}@{host}", path=f"/{role}"))
