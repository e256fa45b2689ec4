"""Stable identifiers for people and companies that other systems name in their own way."""

from uuid import UUID, uuid5

CUSTOMERS = UUID("5f0c8e53-2a54-5d6c-9b39-5a1c6f0f3c01")
ACCOUNTS = UUID("5f0c8e53-2a54-5d6c-9b39-5a1c6f0f3c02")
EVENTS = UUID("5f0c8e53-2a54-5d6c-9b39-5a1c6f0f3c03")


def customer_id_of(source: str, external_id: str) -> UUID:
    """The customer that ``source`` calls ``external_id``: UUIDv5 (RFC 9562) of both."""
    return uuid5(CUSTOMERS, f"{source}:{external_id}")


def account_id_of(source: str, external_id: str) -> UUID:
    """The account that ``source`` calls ``external_id``."""
    return uuid5(ACCOUNTS, f"{source}:{external_id}")


def event_id_of(source: str, external_id: str) -> UUID:
    """The event that ``source`` calls ``external_id``."""
    return uuid5(EVENTS, f"{source}:{external_id}")
