import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka.admin import NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)
from pydantic import SecretStr

from kindred_cli.kafka_access import access_rules, principal_of
from kindred_cli.kafka_acls import apply_access
from kindred_cli.servers.errors import ServerError
from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.kafka_settings import SecureListener
from kindred_cli.servers.tls import write_certificate
from kindred_common.contracts.topics import CUSTOMER_MATCHES, EXTERNAL_ANSWERS, SURVEY_ANSWERS
from kindred_common.contracts.vocabulary import Service
from kindred_common.messaging.kafka import (
    create_admin,
    create_consumer,
    create_producer,
    create_reader,
)
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import apply_topics
from kindred_common.testing.ports import free_port


@pytest.fixture
async def broker(tmp_path: Path, kafka_classpath_on_disk: str) -> AsyncIterator[EmbeddedKafka]:
    server = EmbeddedKafka(tmp_path / "kafka", free_port(), free_port(), kafka_classpath_on_disk)
    async with server as running:
        yield running


async def make_topic(settings: KafkaSettings, name: str) -> None:
    admin = create_admin(settings)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1)])
    await admin.close()


async def publish(settings: KafkaSettings, topic: str, value: bytes) -> None:
    producer = create_producer(settings, client_id="test")
    try:
        await producer.start()
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def first(settings: KafkaSettings, topic: str) -> bytes | None:
    reader = create_reader(settings, client_id="test")
    reader.subscribe([topic])
    await reader.start()
    try:
        value: bytes | None = (await reader.getone()).value
        return value
    finally:
        await reader.stop()


async def test_acknowledged_records_outlive_a_kill_and_a_stop(broker: EmbeddedKafka) -> None:
    settings = KafkaSettings(bootstrap=broker.bootstrap)
    await make_topic(settings, "kept")
    await publish(settings, "kept", b"three megabytes fit: " + bytes(3_000_000))
    broker.kill()
    await broker.start()
    value = await first(settings, "kept")
    assert value is not None
    assert len(value) > 3_000_000
    await broker.stop()
    await broker.start()
    assert await first(settings, "kept") == value


async def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    port = free_port()
    server = EmbeddedKafka(tmp_path / "kafka", port, port, "unused")
    busy = rf"^port {port} \(Kafka\) is in use"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(ServerError, match=busy):
        await server.start()


async def test_a_failed_start_is_one_clear_line_and_leaves_no_process(tmp_path: Path) -> None:
    server = EmbeddedKafka(tmp_path / "kafka", free_port(), free_port(), "no-such.jar")
    with pytest.raises(ServerError, match=r"Making the Kafka data failed: .*StorageTool"):
        await server.start()
    assert server.pid is None


async def test_the_secure_door_wants_the_password_and_an_acl(
    tmp_path: Path, kafka_classpath_on_disk: str
) -> None:
    key_and_certificate, authority = write_certificate(tmp_path)
    users = {"writer": "right", principal_of(Service.SURVEY): "right"}
    door = SecureListener(free_port(), key_and_certificate, users)
    broker = EmbeddedKafka(
        tmp_path / "kafka", free_port(), free_port(), kafka_classpath_on_disk, secure=door
    )
    async with broker:
        await make_topic(KafkaSettings(bootstrap=broker.bootstrap), "closed")
        with pytest.raises(KafkaConnectionError):
            await publish(secure_settings(door, authority, "wrong"), "closed", b"1")
        with pytest.raises(ClusterAuthorizationFailedError):
            await publish(secure_settings(door, authority, "right"), "closed", b"1")
        await each_service_has_its_topics_only(broker, door, authority)


async def each_service_has_its_topics_only(
    broker: EmbeddedKafka, door: SecureListener, authority: Path
) -> None:
    administrator = KafkaSettings(bootstrap=broker.bootstrap, prefix="acme-")
    await apply_topics(administrator, [SURVEY_ANSWERS, CUSTOMER_MATCHES, EXTERNAL_ANSWERS])
    for _ in range(2):  # a second time changes nothing
        await apply_access(administrator, access_rules(administrator))
    survey = secure_settings(door, authority, "right", principal_of(Service.SURVEY))
    await publish(survey, administrator.name(SURVEY_ANSWERS), b"1")
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(survey, administrator.name(CUSTOMER_MATCHES), b"1")
    await publish(administrator, administrator.name(EXTERNAL_ANSWERS), b"2")
    consumer = create_consumer(
        survey.model_copy(update={"prefix": administrator.prefix}), group="kindred-survey"
    )
    consumer.subscribe([administrator.name(EXTERNAL_ANSWERS)])
    await consumer.start()
    try:
        assert (await consumer.getone()).value == b"2"
        await consumer.commit()
    finally:
        await consumer.stop()


def secure_settings(
    door: SecureListener, authority: Path, password: str, user: str = "writer"
) -> KafkaSettings:
    return KafkaSettings(
        bootstrap=f"127.0.0.1:{door.port}",
        security_protocol="SASL_SSL",
        sasl_username=user,
        sasl_password=SecretStr(password),
        tls_ca=authority,
    )
