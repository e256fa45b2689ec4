"""Outreach's settings, read from the environment: ``KINDRED_SMTP__HOST`` and so on."""

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from kindred_common.runtime.settings import ServiceSettings


class SmtpSettings(BaseModel):
    """The mail server that takes our messages. ``timeout_seconds`` is for each of its answers."""

    model_config = ConfigDict(frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    tls_ca: Path | None = None
    username: str | None = None
    password: SecretStr | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=60)
    senders: int = Field(default=4, ge=1, le=50, description="Messages on their way at once.")


class SenderSettings(BaseModel):
    """Where mail comes from (SPF and DKIM must know the address's domain), and what stands at the foot of a letter."""

    model_config = ConfigDict(frozen=True)

    address: str = Field(default="relations@kindred.example", pattern=r"^[^@\s]+@[^@\s]+$")
    postal_address: str | None = None


class ContactSettings(BaseModel):
    """How often a customer may be approached; confirmations and the like do not count."""

    model_config = ConfigDict(frozen=True)

    relationship_per_week: int = Field(default=1, ge=1)
    relationship_per_month: int = Field(default=3, ge=1)
    surveys_per_month: int = Field(default=1, ge=1)


class QuietSettings(BaseModel):
    """When no invitation or survey goes out; ``enabled`` false lets them out at any hour."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = True
    opens: time = time(8)
    closes: time = time(20)
    zone: str = "Europe/Amsterdam"
    sunday: bool = Field(default=False, description="Whether messages go out on Sundays.")


class OutreachSettings(ServiceSettings):
    """All of outreach's settings; ``company`` is in whose name we write."""

    company: str = "Kindred"

    smtp: SmtpSettings = SmtpSettings()
    sender: SenderSettings = SenderSettings()
    contact: ContactSettings = ContactSettings()
    quiet_hours: QuietSettings = QuietSettings()
