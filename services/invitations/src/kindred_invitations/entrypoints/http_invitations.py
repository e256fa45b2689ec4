"""Reads invitations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kindred_common.contracts.vocabulary import InvitationStep
from kindred_common.web.paging import (
    DEFAULT_LIMIT,
    Cursor,
    Limit,
    Page,
    after,
    cut,
    encode_cursor,
    identity,
)
from kindred_invitations.application.queries import InvitationFilter
from kindred_invitations.application.views import Track
from kindred_invitations.entrypoints.access import Audit, Reader, require_invitation, sight_of
from kindred_invitations.entrypoints.desk import Desk
from kindred_invitations.entrypoints.schemas_invitations import InvitationItem, TrackOut


def invitations_router(desk: Desk, audit: Audit) -> APIRouter:
    """Invitations, each only for those who may see its guest."""
    router = APIRouter(prefix="/v1/invitations", tags=["invitations"])

    @router.get("", summary="Invitations, by event, customer and step")
    async def list_invitations(
        reader: Reader,
        event_id: UUID | None = None,
        customer_id: UUID | None = None,
        step: Annotated[list[InvitationStep] | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = DEFAULT_LIMIT,
    ) -> Page[InvitationItem]:
        wanted = InvitationFilter(
            event_id=event_id, customer_id=customer_id, steps=tuple(step or ())
        )
        async with desk.transactions.begin() as transaction:
            found = await desk.reading(transaction).lists.lines(
                sight_of(reader), wanted, after(cursor, identity), limit + 1
            )
            shown, last = cut(found, limit)
            subject = ("event", str(event_id)) if event_id else ("invitations", "list")
            await audit.note(transaction, reader, "invitations.list", subject, shown=len(shown))
        following = last and encode_cursor(str(last.invitation.id))
        items = [InvitationItem.of_line(line) for line in shown]
        return Page(items=items, next_cursor=following)

    @router.get("/{invitation_id}", summary="One invitation with each step it took")
    async def read_invitation(reader: Reader, invitation_id: UUID) -> TrackOut:
        async with desk.transactions.begin() as transaction:
            lists = desk.reading(transaction).lists
            line = await require_invitation(lists, reader, invitation_id)
            steps = await lists.steps_of([invitation_id])
            subject = ("invitation", str(invitation_id))
            await audit.note(transaction, reader, "invitation.read", subject)
        return TrackOut.of_track(Track(line, steps.get(invitation_id, [])))

    return router
