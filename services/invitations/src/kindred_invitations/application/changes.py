"""The changes one use case makes to invitations, gathered and then written and published together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from kindred_common.contracts.codec import Outgoing
from kindred_common.contracts.outreach import MessageRequested
from kindred_common.contracts.record import Cause
from kindred_invitations.application.because import Because
from kindred_invitations.application.ports import Ports, SentMessage, StepNote
from kindred_invitations.application.records import (
    event_listed,
    invitation_changed,
    message_requested,
    messages_withdrawn,
)
from kindred_invitations.domain.event import Event
from kindred_invitations.domain.invitation import Invitation, held_by
from kindred_invitations.domain.steps import Step

T = TypeVar("T")


@dataclass(slots=True)
class Changes:
    """Gathers steps and messages; seats are given at once, all else is written by :meth:`finish`.

    Everything is published in one call at the end, so that transactions that touch the same customers and events meet at
    the outbox in the same order.
    """

    ports: Ports
    because: Because
    _steps: list[tuple[StepNote, Event]] = field(default_factory=list)
    _quiet: list[Invitation] = field(default_factory=list)
    _messages: list[tuple[MessageRequested, UUID]] = field(default_factory=list)
    _taken_back: list[Invitation] = field(default_factory=list)
    _events: dict[UUID, Event] = field(default_factory=dict)
    _causes: dict[UUID, Cause] = field(default_factory=dict)

    async def seat(self, before: Invitation | None, after: Invitation) -> None:
        """Gives the seats that a step needs, or frees those it no longer holds.

        Raises:
            NoSeatLeft: too few are free; nothing was given.
        """
        seats = after.held - held_by(before)
        if seats:
            self.list_event(await self.ports.events.give(after.event_id, seats))

    def step(self, after: Invitation, event: Event, *, rule: str | None = None) -> None:
        """Lets an invitation take a step, for which its seats were given."""
        cause = self.because.following(after)
        self._causes[after.id] = cause
        named = replace(after, record_id=self.ports.ids(), correlation_id=cause.correlation_id)
        self._steps.append((StepNote(named, self.because.actor, rule), event))

    def keep(self, invitation: Invitation) -> None:
        """Writes what changed in an invitation without a step."""
        self._quiet.append(invitation)

    def list_event(self, event: Event) -> None:
        """Publishes the event, once, as it stood last."""
        self._events[event.id] = event

    def ask(self, message: MessageRequested, invitation_id: UUID) -> None:
        """Requests a message to the customer."""
        self._messages.append((message, invitation_id))

    def take_back(self, invitation: Invitation) -> None:
        """Withdraws the messages about the event that have not reached the customer."""
        self._taken_back.append(invitation)

    async def finish(self) -> None:
        """Writes and publishes all of it."""
        await finish_all(self.ports, [self])

    def notes(self) -> list[StepNote]:
        return [note for note, _ in self._steps]

    def saved(self) -> list[Invitation]:
        return [note.invitation for note, _ in self._steps] + self._quiet

    def sent(self) -> list[SentMessage]:
        return [
            SentMessage(message.message_id, invitation_id, message.purpose, self.because.at)
            for message, invitation_id in self._messages
        ]

    def outgoing(self) -> list[Outgoing]:
        first = next(iter(self._causes.values()), self.because.cause)
        return [
            *(
                invitation_changed(note.invitation, event, self._causes[note.invitation.id])
                for note, event in self._steps
            ),
            *(event_listed(event, first) for event in self._events.values()),
            *(
                message_requested(message, self._causes.get(invitation_id, first))
                for message, invitation_id in self._messages
            ),
            *(
                messages_withdrawn(invitation, self._causes.get(invitation.id, first))
                for invitation in self._taken_back
            ),
        ]


async def finish_all(ports: Ports, all_changes: Sequence[Changes]) -> None:
    """Writes and publishes what several causes in one transaction led to."""
    if saved := _all(all_changes, Changes.saved):
        await ports.invitations.save(saved)
        await ports.invitations.note_steps(_all(all_changes, Changes.notes))
    if sent := _all(all_changes, Changes.sent):
        await ports.messages.add(sent)
    await ports.publish(_all(all_changes, Changes.outgoing))


def _all(all_changes: Sequence[Changes], part: Callable[[Changes], Sequence[T]]) -> list[T]:
    return [one for changes in all_changes for one in part(changes)]


def new_invitation(
    ports: Ports, because: Because, customer_id: UUID, event_id: UUID, step: Step
) -> Invitation:
    """The first step of an invitation that did not exist."""
    return Invitation(
        id=ports.ids(),
        customer_id=customer_id,
        event_id=event_id,
        step=step,
        step_at=because.at,
        source=because.source,
    )


def next_entry(invitation: Invitation) -> Invitation:
    """The invitation with the number of its next calendar entry."""
    return replace(invitation, calendar_sequence=invitation.calendar_sequence + 1)
