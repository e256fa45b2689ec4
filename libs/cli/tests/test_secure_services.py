"""Processes of a real service behind the broker's secure door, with the rights that the registry gives them and no others."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import kindred_profile
from kindred_cli.kafka_access import access_rules, principal_of
from kindred_cli.kafka_acls import apply_access
from kindred_cli.servers.child import Child, Program
from kindred_cli.servers.kafka import EmbeddedKafka
from kindred_cli.servers.kafka_settings import SecureListener
from kindred_cli.servers.machine import HOST
from kindred_cli.servers.tls import write_certificate
from kindred_cli.settings import inherited_environment
from kindred_common.clock import SystemClock, new_id
from kindred_common.contracts.codec import Received
from kindred_common.contracts.envelope import Envelope
from kindred_common.contracts.external import CrmCustomer
from kindred_common.contracts.identity import customer_id_of
from kindred_common.contracts.profile import SignalInput
from kindred_common.contracts.record import Cause, Record
from kindred_common.contracts.topics import (
    CHANGELOGS,
    CRM_CUSTOMERS,
    CUSTOMER_PROFILES,
    LIVE_SIGNALS,
    SIGNAL_INPUTS,
    TOPICS,
    Topic,
)
from kindred_common.contracts.vocabulary import LegalGround, Service
from kindred_common.messaging.settings import KafkaSettings
from kindred_common.messaging.topic_admin import apply_topics
from kindred_common.testing.cluster import read_all, write
from kindred_common.testing.databases import fresh_database
from kindred_common.testing.ports import free_port
from kindred_common.testing.waiting import eventually
from kindred_common.web.probes import READY

pytestmark = pytest.mark.timeout(600)

PATIENCE = 150.0
USER, PASSWORD = principal_of(Service.PROFILE), "right"
KNOWN = [t for t in TOPICS if Service.PROFILE in (*t.producers, *t.consumers)]


@dataclass(frozen=True, slots=True)
class House:
    """A broker with topics and rules, seen by who runs it, and what a service needs to know to enter by the secure door."""

    folder: Path
    administrator: KafkaSettings
    environment: Mapping[str, str]

    @asynccontextmanager
    async def running(self, mode: str) -> AsyncIterator[None]:
        """A process of profile, ready, until the block ends."""
        port = free_port()
        settings = {**inherited_environment(), **self.environment, "KINDRED_HTTP__PORT": str(port)}
        argv = (sys.executable, "-m", "kindred_profile", mode)
        child = Child(Program(mode, argv, self.folder / f"{mode}.log", settings))

        async def ready() -> bool:
            assert child.running, child.output()
            try:
                answer = await client.get(f"http://{HOST}:{port}{READY}")
            except httpx.TransportError:
                return False
            return answer.is_success

        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                await eventually(ready, within=PATIENCE)
            yield
        finally:
            await child.stop()

    async def tell(self, topic: Topic, key: str, body: Record) -> None:
        identity, now = str(new_id()), SystemClock().now()
        version = 1 if topic.external else None
        envelope = Envelope(
            identity, "crm", body.record_type, now, key, Cause(identity), None, version
        )
        await write(self.administrator, topic, [(key, envelope, body)])

    async def told(self, topic: Topic) -> list[Received[Record]]:
        """What comes on the topic, as soon as there is something."""
        return await eventually(lambda: read_all(self.administrator, topic), within=PATIENCE)


@pytest.fixture
async def house(
    tmp_path: Path, postgres_server: str, kafka_classpath_on_disk: str
) -> AsyncIterator[House]:
    key_and_certificate, authority = write_certificate(tmp_path)
    door = SecureListener(free_port(), key_and_certificate, {USER: PASSWORD})
    ports = free_port(), free_port()
    broker = EmbeddedKafka(tmp_path / "kafka", *ports, kafka_classpath_on_disk, secure=door)
    async with broker, fresh_database(postgres_server, kindred_profile) as database:
        administrator = KafkaSettings(bootstrap=broker.bootstrap, prefix="acme-")
        await apply_topics(administrator, [*KNOWN, *CHANGELOGS])
        await apply_access(administrator, access_rules(administrator))
        environment = {
            "KINDRED_DATABASE__URL": database.url,
            "KINDRED_KAFKA__BOOTSTRAP": f"{HOST}:{door.port}",
            "KINDRED_KAFKA__PREFIX": administrator.prefix,
            "KINDRED_KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
            "KINDRED_KAFKA__SASL_USERNAME": USER,
            "KINDRED_KAFKA__SASL_PASSWORD": PASSWORD,
            "KINDRED_KAFKA__TLS_CA": str(authority),
        }
        yield House(tmp_path, administrator, environment)


async def test_a_worker_and_a_stream_work_behind_the_secure_door(house: House) -> None:
    async with house.running("worker"), house.running("stream"):
        mira = CrmCustomer(
            source="crm",
            external_id="mira",
            given_name="Mira",
            family_name="Jansen",
            legal_ground=LegalGround.EXISTING_RELATION,
        )
        await house.tell(CRM_CUSTOMERS, "crm:mira", mira)
        [profile] = await house.told(CUSTOMER_PROFILES)
        assert profile.key == str(customer_id_of("crm", "mira"))

        seen = SignalInput(
            signal="acceptance-rate",
            customer_id=customer_id_of("crm", "mira"),
            value=1.0,
            observed_at=SystemClock().now(),
        )
        await house.tell(SIGNAL_INPUTS, seen.signal, seen)
        [signal] = await house.told(LIVE_SIGNALS)
        assert signal.key == seen.signal
