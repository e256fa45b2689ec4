"""The first half of the loop: from an answer to a draft."""

from dataclasses import dataclass
from time import perf_counter

from kindred_cli.demo.show.cast import Cast, Extra
from kindred_cli.demo.show.stage import Stage
from kindred_cli.demo.show.words import changes, matches_in_short, reasons
from kindred_cli.following import Seen
from kindred_common.contracts.invitations import InvitationChanged
from kindred_common.contracts.matching import CustomerMatches, Match
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.survey import AnswersRecorded
from kindred_common.contracts.vocabulary import InvitationStep, Service

PASSION = 5


@dataclass(frozen=True, slots=True)
class Drafted:
    """How far the first half got."""

    answer: Seen
    profile: CustomerProfile
    matched: Seen
    invitation: InvitationChanged


async def answer(stage: Stage, cast: Cast, extra: Extra) -> Drafted:
    """The customer answers one question, and is the right guest."""
    stage.telling.step(f"{cast.name} ({cast.customer.account.name}) answers a question")
    page = await _personal_page(stage, cast)
    stage.telling.say(f'"{cast.question}" Until now 1 of 5, today {PASSION} of 5, at {page}')
    before = await _profile_now(stage, cast)
    began = perf_counter()
    path = f"/v1/links/{page.rsplit('/', 1)[1]}/answers/{cast.question_id}"
    await stage.apis[Service.SURVEY].call("PUT", path, json={"value": PASSION})
    recorded, _ = await stage.expect("the answer's record", AnswersRecorded)
    stage.show(recorded, began, f"{cast.question_id}: {PASSION} of 5")
    profiled, profile = await stage.expect(
        "the new profile", CustomerProfile, lambda _, data: data.version > before.version
    )
    stage.show(profiled, began, f"version {profile.version}: {changes(before, profile)}")
    matched, matches = await stage.expect(
        "the new match", CustomerMatches, lambda _, data: chosen(data, extra) is not None
    )
    stage.show(matched, began, matches_in_short(matches))
    if (match := chosen(matches, extra)) is not None:
        stage.telling.detail(f"{extra.body.title}, score {match.score:.2f}: {reasons(match)}")
    drafted, invitation = await stage.expect(
        "the draft of the invitation",
        InvitationChanged,
        lambda _, data: data.event_id == extra.id and data.step is InvitationStep.DRAFTED,
    )
    stage.show(drafted, began, f"drafted: {extra.body.title}")
    took = (matched.at - began) * 1000
    stage.telling.say(f"From the answer to the new match: {took:.0f} ms.")
    return Drafted(recorded, profile, matched, invitation)


def chosen(matches: CustomerMatches, extra: Extra) -> Match | None:
    """The match with the event, if there is one."""
    return next((one for one in matches.matches if one.event_id == extra.id), None)


async def _personal_page(stage: Stage, cast: Cast) -> str:
    made = await stage.apis[Service.SURVEY].post(
        f"/v1/surveys/{cast.survey_id}/links", json={"customer_ids": [str(cast.id)]}
    )
    return str(made["items"][0]["url"])


async def _profile_now(stage: Stage, cast: Cast) -> CustomerProfile:
    found = await stage.apis[Service.PROFILE].get(f"/v1/customers/{cast.id}/profile")
    return CustomerProfile.model_validate(found["profile"])
