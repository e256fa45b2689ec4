"""The one Faust application, with the only settings that are safe.

Faust 0.15.3 loses records with concurrency above one, acknowledges what its handlers failed on, and is not exactly-once when
told to be (docs/streaming.md). So it decides here only *when* to look at a customer again, from raw bytes, and what it loses
the sweep in the database finds.
"""

from pathlib import Path
from tempfile import gettempdir

import faust
from faust.types.auth import CredentialsT

from kindred_common.contracts.topics import STREAM_CHANGELOG, Topic
from kindred_common.messaging.settings import METADATA_MS, KafkaSettings

APPLICATION = "kindred-profile-stream"
SIGNALS = "signals"


def create_app(settings: KafkaSettings) -> faust.App:
    """The application, connected to nothing yet.

    The topics, the table's changelog among them, must exist; the application never makes any.
    """
    return faust.App(
        f"{settings.prefix}{APPLICATION}",
        broker=";".join(f"kafka://{address}" for address in settings.bootstrap.split(",")),
        broker_credentials=_credentials(settings),
        broker_session_timeout=settings.session_timeout_ms / 1000,
        broker_heartbeat_interval=min(3.0, settings.session_timeout_ms / 3000),
        broker_commit_interval=1.0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=STREAM_CHANGELOG.partitions,
        table_standby_replicas=0,
        store="memory://",
        datadir=Path(gettempdir()) / APPLICATION,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=METADATA_MS,
        producer_acks=-1,
        stream_wait_empty=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )


def raw_topic(app: faust.App, settings: KafkaSettings, topic: Topic) -> faust.TopicT:
    """A topic as bytes: what is in them is read by our own codec, which never crashes the agent."""
    return app.topic(
        settings.name(topic),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )


def _credentials(settings: KafkaSettings) -> CredentialsT | None:
    tls = settings.tls()
    if settings.security_protocol.startswith("SASL"):
        password = settings.sasl_password
        return faust.SASLCredentials(
            mechanism=settings.sasl_mechanism,
            username=settings.sasl_username,
            password=password.get_secret_value() if password else None,
            ssl_context=tls,
        )
    return None if tls is None else faust.SSLCredentials(context=tls)
