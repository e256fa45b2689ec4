"""What invitations teach: remembers what was expected of each that is open, and learns from what becomes of it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from kindred_matching.domain.epochs import Epochs
from kindred_matching.domain.events import EventView
from kindred_matching.domain.exposures import Asked, Exposure, exposed
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.inputs import InvitationStepped
from kindred_matching.domain.learning import Learned, Learner, Tally
from kindred_matching.domain.lens import Lens, Outlook, Shifts
from kindred_matching.domain.lessons import Lesson
from kindred_matching.domain.replies import Reply
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.scoring import ACCOMPANIED, ALONE

ASKING = frozenset({"approved", "sent", "not_sent"})
SENT = "sent"
REPLIES = {reply.value: reply for reply in (Reply.ACCEPTED, Reply.DECLINED)}
AFTER = {Reply.ATTENDED.value: Reply.ATTENDED, Reply.NO_SHOW.value: Reply.NO_SHOW}
"""Steps that tell what became of a guest; of one who never replied, they tell that too."""
UNASKED = {Reply.ATTENDED: Reply.ACCEPTED, Reply.NO_SHOW: Reply.SILENT}
TAKEN_BACK = frozenset({"withdrawn", "cancelled"})

KEPT = timedelta(days=60)
"""How long after its event an invitation is remembered, for who comes to tell that the guest was there."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Everything that teaching goes on from."""

    learned: Learned = field(default_factory=Learned)
    exposures: tuple[Exposure, ...] = ()
    epochs: Epochs = field(default_factory=Epochs)


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """The epochs as they stand, and how well the present one has foretold replies.

    ``drawn`` counts the replies to what was drawn by lot, in all epochs: how well the model does where it did not choose.
    """

    epochs: Epochs = field(default_factory=Epochs)
    tally: Tally = field(default_factory=Tally)
    drawn: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class Pair:
    """A customer and an event as they are known when an invitation takes a step; the view shows this event alone.

    ``drawn`` tells that the pair was drawn by lot.
    """

    customer: Customer
    event: Event
    view: EventView
    drawn: bool = False


class Teaching:
    """Learns for one engine. Whatever happens here happens in the order of the inputs."""

    def __init__(self, rules: Rules, taught: Taught | None = None) -> None:
        taught = taught or Taught()
        self.epochs = taught.epochs
        self._learner = Learner(taught.learned)
        self._open: dict[UUID, dict[UUID, Exposure]] = {}
        for exposure in taught.exposures:
            self._remember(exposure)
        self._lenses: dict[Shifts, Lens] = {}
        self._rules = rules

    def taught(self) -> Taught:
        exposures = (own[event] for _, own in sorted(self._open.items()) for event in sorted(own))
        return Taught(self._learner.learned(), tuple(exposures), self.epochs)

    @property
    def model(self) -> ModelInUse:
        """What is in use, and how well it has foretold replies so far."""
        return ModelInUse(self.epochs, self._learner.tally, self._learner.drawn)

    def lessons_of(self, customer_id: UUID) -> tuple[Lesson, ...]:
        """What the customer's own replies have taught."""
        return tuple(self._learner.lessons_of(customer_id))

    def outlook(self, customer_id: UUID) -> Outlook:
        """How the customer is seen."""
        lens = self._lens(self.epochs.shifts_of(customer_id))
        return Outlook(lens, self._learner.lessons_of(customer_id))

    def change_rules(self, rules: Rules) -> None:
        """Other coefficients to begin from, or other themes: what was learned is learned beside them."""
        self._rules = rules
        self._lenses.clear()

    def begin_epoch(self, customers: Collection[UUID]) -> set[UUID]:
        """Brings into use what was learned; returns who had not even been scored for the epoch before."""
        waiting = self.epochs.waiting(customers)
        self.epochs = self.epochs.next(self._learner.shifts(self._rules.coefficients))
        self._learner.count_anew()
        self._lenses.clear()
        return waiting

    def is_scoring(self) -> bool:
        """Whether customers still wait to be scored for the present epoch."""
        return self.epochs.scored_to is not None

    def next_slice(self, customers: Collection[UUID], most: int) -> list[UUID]:
        """Whom to score anew now."""
        self.epochs, turn = self.epochs.slice(customers, most)
        return turn

    def take(self, step: InvitationStepped, pair: Pair | None, now: datetime) -> bool:
        """Takes a step of an invitation; tells whether it has changed how its customer is seen."""
        if not self._rules.learn:
            return False
        if step.step in ASKING:
            self._ask(step, pair)
        known = self._open.get(step.customer_id, {}).get(step.event_id)
        if known is None:
            return False
        if step.step in TAKEN_BACK:
            self._drop(known)
        elif step.step in REPLIES and not known.decided:
            return self._reply(known, REPLIES[step.step], step.reason, now)
        elif step.step in AFTER:
            return self._after(known, AFTER[step.step], now)
        return False

    def tick(self, now: datetime) -> set[UUID]:
        """Hears the silence of invitations whose events have begun; returns whose it is."""
        past = [each for own in self._open.values() for each in own.values() if _past(each, now)]
        silent = [each for each in past if each.sent and not each.decided]
        for each in sorted(silent, key=lambda e: (e.customer_id, e.event_id)):
            self._learner.teach(each, Reply.SILENT, None, self._own_lens(each), now)
            self._drop(each)
        for each in past:
            if each.starts_at < now - KEPT:
                self._drop(each)
        return {each.customer_id for each in silent}

    def forget(self, customer_id: UUID) -> None:
        """Drops what is kept about a customer."""
        self._open.pop(customer_id, None)
        self._learner.forget(customer_id)

    def _ask(self, step: InvitationStepped, pair: Pair | None) -> None:
        if pair is None:
            return
        asked = Asked(ACCOMPANIED if step.seats > 1 else ALONE, step.manner)
        outlook = self.outlook(step.customer_id)
        exposure = exposed(pair.customer, pair.event, pair.view, asked, outlook)
        self._remember(replace(exposure, sent=step.step == SENT, drawn=pair.drawn))

    def _reply(self, known: Exposure, reply: Reply, reason: str | None, now: datetime) -> bool:
        self._learner.teach(known, reply, reason, self._own_lens(known), now)
        if reply is Reply.ACCEPTED:
            self._remember(replace(known, decided=True))
        else:
            self._drop(known)
        return True

    def _after(self, known: Exposure, reply: Reply, now: datetime) -> bool:
        told = reply if known.decided else UNASKED[reply]
        self._learner.teach(known, told, None, self._own_lens(known), now)
        self._drop(known)
        return True

    def _own_lens(self, exposure: Exposure) -> Lens:
        return self._lens(self.epochs.shifts_of(exposure.customer_id))

    def _lens(self, shifts: Shifts) -> Lens:
        if shifts not in self._lenses:
            self._lenses[shifts] = Lens.under(self._rules, shifts)
        return self._lenses[shifts]

    def _remember(self, exposure: Exposure) -> None:
        self._open.setdefault(exposure.customer_id, {})[exposure.event_id] = exposure

    def _drop(self, exposure: Exposure) -> None:
        own = self._open.get(exposure.customer_id, {})
        own.pop(exposure.event_id, None)
        if not own:
            self._open.pop(exposure.customer_id, None)


def _past(exposure: Exposure, now: datetime) -> bool:
    return exposure.starts_at <= now
