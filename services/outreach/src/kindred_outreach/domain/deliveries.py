"""What a mail server did with a message, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kindred_outreach.domain.messages import TAKEN_BACK, Message, State

MOST_REFUSALS = 10
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
UNREACHABLE_WAIT = timedelta(seconds=15)


class Delivery(StrEnum):
    """How an attempt ended.

    Accepted: the server has taken responsibility. No such address: it refused the recipient for good. Refused: it refused the
    message for good. Put off: it said "later", and has not taken it. Unreachable: it could not be spoken to, and has not
    taken it. Unknown: it may have taken it. Lost: someone else works on the message now; nothing was handed over.
    """

    ACCEPTED = "accepted"
    NO_SUCH_ADDRESS = "no_such_address"
    REFUSED = "refused"
    PUT_OFF = "put_off"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a message after an attempt."""

    state: State
    rule: str | None = None
    due_at: datetime | None = None
    refusals: int = 0

    @property
    def counts_as_contact(self) -> bool:
        """Whether the customer has, or may have, got the message."""
        return self.state in (State.SENT, State.UNCERTAIN)


def settle(message: Message, delivery: Delivery, now: datetime) -> Settlement:
    """Decides by how the attempt ended; a message put off too often bounces, one taken back meanwhile does not wait again.

    Raises:
        ValueError: the attempt was lost, so there is nothing to settle.
    """
    settlement = _by_answer(message, delivery, now)
    if settlement.state is State.WAITING and message.rule in TAKEN_BACK:
        return Settlement(State.SKIPPED, message.rule)
    return settlement


def _by_answer(message: Message, delivery: Delivery, now: datetime) -> Settlement:
    match delivery:
        case Delivery.ACCEPTED:
            return Settlement(State.SENT)
        case Delivery.NO_SUCH_ADDRESS | Delivery.REFUSED:
            return Settlement(State.BOUNCED, delivery.value)
        case Delivery.UNKNOWN:
            return Settlement(State.UNCERTAIN, message.rule)
        case Delivery.UNREACHABLE:
            due = now + UNREACHABLE_WAIT
            return Settlement(State.WAITING, delivery.value, due, message.refusals)
        case Delivery.PUT_OFF:
            return _put_off(message, now)
        case Delivery.LOST:
            raise ValueError("a lost attempt settles nothing")


def _put_off(message: Message, now: datetime) -> Settlement:
    refusals = message.refusals + 1
    if refusals >= MOST_REFUSALS:
        return Settlement(State.BOUNCED, Delivery.PUT_OFF.value, refusals=refusals)
    wait = min(FIRST_WAIT * 2 ** (refusals - 1), LONGEST_WAIT)
    return Settlement(State.WAITING, Delivery.PUT_OFF.value, now + wait, refusals)
