"""The second half of the loop: from a draft to what the guest says afterwards, and what all of it taught."""

import asyncio
from dataclasses import dataclass
from time import perf_counter

import httpx

from kindred_cli.demo.show.cast import Cast, Extra
from kindred_cli.demo.show.first_half import Drafted
from kindred_cli.demo.show.post import Letter
from kindred_cli.demo.show.stage import Stage
from kindred_cli.demo.show.words import changes, matches_in_short
from kindred_cli.errors import CommandError
from kindred_cli.following import Seen
from kindred_cli.servers.machine import HOST
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import EventListed, InvitationChanged
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.outreach import MessageOutcome, MessageRequested
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import (
    InvitationStep,
    MessagePurpose,
    MessageResult,
    Service,
)
from kindred_common.security.principals import Role

ENJOYED = {"rating": "5", "all_as_wished": "yes", "expectation": "more", "fitted": "yes"}


@dataclass(slots=True)
class Guest:
    """The guest on his way through the second half, and his profile as it stood last."""

    stage: Stage
    cast: Cast
    extra: Extra
    invitation: InvitationChanged
    profile: CustomerProfile

    @classmethod
    def of(cls, stage: Stage, cast: Cast, extra: Extra, drafted: Drafted) -> "Guest":
        return cls(stage, cast, extra, drafted.invitation, drafted.profile)

    async def approve(self) -> Letter:
        """The account manager approves: a seat is given and the invitation goes out."""
        account = self.cast.customer.account
        self.stage.telling.step(f"{account.manager_name}, account manager, approves the draft")
        after, began = self.stage.post.latest(), perf_counter()
        async with self.stage.system.api(
            Service.INVITATIONS, Role.ACCOUNT_MANAGER, account.manager_id
        ) as invitations:
            await invitations.post(
                f"/v1/invitations/{self.invitation.invitation_id}/approve", json={}
            )
        await self._step(InvitationStep.APPROVED, began)
        seen, listed = await self.stage.expect(
            "the giving of the seat",
            EventListed,
            lambda seen, data: seen.at > began and data.seats_to_allocate < data.seats,
        )
        self.stage.show(seen, began, f"{listed.seats_to_allocate} of {listed.seats} seats left")
        letter = await self._letter(MessagePurpose.EVENT_INVITATION, "r", after, began)
        await self._step(InvitationStep.SENT, began)
        return letter

    async def accept(self, invitation: Letter) -> None:
        """The guest opens his page, which changes nothing, and says yes."""
        self.stage.telling.step(f"{self.cast.name} opens the page and accepts")
        if self.stage.clock.now() >= self.extra.body.starts_at:
            raise CommandError(
                "the event began before it could be accepted; give it more time: --starts-in 60"
            )
        after, began = self.stage.post.latest(), perf_counter()
        await self._send(invitation.page, {"answer": "accept"})
        await self._step(InvitationStep.ACCEPTED, began)
        await self._learned("accepting", began)
        await self._letter(MessagePurpose.EVENT_CONFIRMATION, "r", after, began)

    async def check_in(self) -> Letter:
        """The event begins, the guest is there, and is asked how it was when it is over."""
        starts_at = self.extra.body.starts_at
        left = (starts_at - self.stage.clock.now()).total_seconds()
        self.stage.telling.step(
            f"The event begins in {max(0.0, left):.0f} s and lasts some seconds"
        )
        await asyncio.sleep(max(0.0, left))
        after, began = self.stage.post.latest(), perf_counter()
        path = f"/v1/invitations/{self.invitation.invitation_id}/attendance"
        await self.stage.apis[Service.INVITATIONS].post(path, json={"attended": True})
        self.stage.telling.say(f"{self.cast.name} is checked in.")
        await self._step(InvitationStep.ATTENDED, began)
        await self._learned("checking in", began)
        return await self._letter(MessagePurpose.FEEDBACK_REQUEST, "f", after, began)

    async def give_feedback(self, request: Letter) -> Seen:
        """The guest says how it was; returns the last matches."""
        self.stage.telling.step(f"{self.cast.name} says how it was: 5 of 5, more than expected")
        began = perf_counter()
        await self._send(request.page, ENJOYED)
        seen, given = await self.stage.expect("the feedback's record", FeedbackGiven)
        self.stage.show(
            seen,
            began,
            f"rated {given.rating} of 5, {given.expectation}, suited: {_yes(given.fitted)}",
        )
        return await self._learned("the feedback", began)

    async def _step(self, step: InvitationStep, since: float) -> Seen:
        seen, _ = await self.stage.expect(
            f"the step '{step}' of the invitation",
            InvitationChanged,
            lambda _, data: data.event_id == self.extra.id and data.step is step,
        )
        self.stage.show(seen, since, str(step))
        return seen

    async def _learned(self, what: str, since: float) -> Seen:
        """What the customer did changes his profile, and the profile his matches."""
        before = self.profile
        seen, self.profile = await self.stage.expect(
            f"the profile after {what}",
            CustomerProfile,
            lambda _, data: data.version > before.version,
        )
        version = self.profile.version
        self.stage.show(seen, since, f"version {version}: {changes(before, self.profile)}")
        seen, matches = await self.stage.expect(
            f"the matches after {what}",
            CustomerMatches,
            lambda _, data: data.profile_version >= version,
        )
        self.stage.show(seen, since, matches_in_short(matches))
        return seen

    async def _letter(self, purpose: MessagePurpose, path: str, after: str, since: float) -> Letter:
        stage, what = self.stage, str(purpose).replace("_", " ")
        seen, request = await stage.expect(
            f"the request for the {what}",
            MessageRequested,
            lambda _, data: data.purpose is purpose,
        )
        stage.show(seen, since, what)
        seen, outcome = await stage.expect(
            f"the sending of the {what}",
            MessageOutcome,
            lambda _, data: data.message_id == request.message_id,
        )
        stage.show(seen, since, str(outcome.result))
        if outcome.result is not MessageResult.SENT:
            raise CommandError(f"the {what} was not sent: {outcome.result}, rule {outcome.rule}")
        letter = await stage.post.letter(
            self.cast.customer.email, path, after=after, within=stage.patience
        )
        if letter is None:
            raise stage.missing(f"the arrival of the {what} at the mail server of this machine")
        pages = f"http://{HOST}:{stage.system.addresses.mail_pages}"
        stage.telling.say(f'Mail: "{letter.subject}", to be read at {pages}/mails/{letter.name}')
        stage.telling.say(f"It leads to {letter.page}")
        return letter

    async def _send(self, page: str, form: dict[str, str]) -> None:
        try:
            async with httpx.AsyncClient(
                trust_env=False, follow_redirects=True, timeout=30
            ) as browser:
                (await browser.get(page)).raise_for_status()
                (await browser.post(page, data=form)).raise_for_status()
        except httpx.HTTPError as error:
            raise CommandError(f"the page {page} does not work: {error}") from error


def _yes(fitted: bool | None) -> str:
    return "yes" if fitted else "no"
