"""Chance that is settled by identifiers: whoever asks, and however often, gets the same answer."""

from hashlib import blake2b
from uuid import UUID


def unit(question: str, customer_id: UUID, period: str = "") -> float:
    """A number in 0..1 (1 excluded) that anybody can work out again, as if drawn evenly."""
    text = f"{question} {customer_id} {period}"
    digest = blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) * 2.0**-53


def is_held_out(customer_id: UUID, share: float) -> bool:
    """Whether the customer belongs to the hold-out of this ``share`` of all customers: for good, and in any larger one too."""
    return unit("hold-out", customer_id) < share
