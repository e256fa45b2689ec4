"""Where everything of one Kindred system listens, all from one base port."""

from dataclasses import dataclass

from kindred_cli.servers.databases import SERVICES
from kindred_cli.servers.machine import HOST
from kindred_common.contracts.vocabulary import Service

BASE_PORT = 8100


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ports as offsets from `base_port`: services 1-6, the profile stream 12, mail 25 and 26, Postgres 32, Kafka 92."""

    base_port: int = BASE_PORT

    def port(self, service: Service) -> int:
        return self.base_port + 1 + SERVICES.index(service)

    def url(self, service: Service) -> str:
        return f"http://{HOST}:{self.port(service)}"

    @property
    def stream(self) -> int:
        return self.base_port + 12

    @property
    def mail_pages(self) -> int:
        return self.base_port + 25

    @property
    def smtp(self) -> int:
        return self.base_port + 26

    @property
    def postgres(self) -> int:
        return self.base_port + 32

    @property
    def kafka(self) -> int:
        return self.base_port + 92

    @property
    def kafka_controller(self) -> int:
        return self.base_port + 93

    def purposes(self) -> dict[int, str]:
        """What each port of the services and the mail sink is for."""
        return {
            **{self.port(service): str(service) for service in SERVICES},
            self.stream: "profile stream",
            self.mail_pages: "mail pages",
            self.smtp: "mail",
        }
