"""The broker's configuration, as a properties file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kindred_cli.servers.machine import HOST

MESSAGE_LIMIT_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SecureListener:
    """A second door for clients: TLS, SCRAM-SHA-512 and access by ACL.

    `key_and_certificate` is a PEM file with both; `users` maps names to passwords and is read when the data
    directory is made.
    """

    port: int
    key_and_certificate: Path
    users: Mapping[str, str]


def broker_settings(
    data: Path, port: int, controller_port: int, secure: SecureListener | None
) -> dict[str, str]:
    """Settings of one node that is broker and controller."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "BROKER",
        "listeners": f"BROKER://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(MESSAGE_LIMIT_BYTES),
        "replica.fetch.max.bytes": str(MESSAGE_LIMIT_BYTES),
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "5",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "5",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "num.recovery.threads.per.data.dir": "2",
        # After kill -9 the new process is let in only when the session of the old one has ended.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
    }
    return settings | (_secure_settings(port, controller_port, secure) if secure else {})


def _secure_settings(port: int, controller_port: int, secure: SecureListener) -> dict[str, str]:
    doors = f"BROKER://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}"
    return {
        "listeners": f"{doors},SECURE://{HOST}:{secure.port}",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.secure.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(secure.key_and_certificate),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The local door stays open to those who run the broker.
        "super.users": "User:ANONYMOUS",
    }


def as_properties(settings: Mapping[str, str]) -> str:
    """The text of a Java properties file."""
    return "".join(f"{name}={_escaped(value)}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").encode("ascii", "backslashreplace").decode()
