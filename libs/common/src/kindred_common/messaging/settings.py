"""How a service reaches Kafka."""

import ssl
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from kindred_common.contracts.topics import Changelog, Topic

METADATA_MS = 5_000
"""How old what a client knows of the topics may be. A broker that has just come up may know of none yet: a group that shares them out
at that moment gives nobody anything until it asks again."""


class KafkaSettings(BaseModel):
    """Address, security and naming of the Kafka cluster.

    ``prefix`` stands before every topic and group name, so that several systems can share a cluster.
    """

    model_config = ConfigDict(frozen=True)

    bootstrap: str = "127.0.0.1:9092"
    prefix: str = ""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    tls_ca: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    session_timeout_ms: int = 10_000
    replication_factor: int = 1

    def name(self, topic: Topic | Changelog) -> str:
        """The topic's name on this cluster."""
        return f"{self.prefix}{topic.name}"

    def tls(self) -> ssl.SSLContext | None:
        """The TLS context, or None on a plain connection."""
        if "SSL" not in self.security_protocol:
            return None
        context = ssl.create_default_context(cafile=str(self.tls_ca) if self.tls_ca else None)
        if self.tls_certificate is not None:
            context.load_cert_chain(self.tls_certificate, self.tls_key)
        return context
