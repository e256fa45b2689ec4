from datetime import timedelta

from services.profile.tests.world import MIRA, World, answers, interest, mira, noord

from kindred_common.contracts.external import CrmTransaction, TransactionKind
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.invitations import EventTheme, InvitationChanged
from kindred_common.contracts.profile import ConsentChanged, CustomerDetails, SignalInput
from kindred_common.contracts.survey import Answer, AnswerKind, AnswersWithdrawn
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CRM_TRANSACTIONS,
    CUSTOMER_DETAILS,
    EXPERIENCE_FEEDBACK,
    INGEST_RECEIPTS,
    INVITATION_RECORDS,
    SIGNAL_INPUTS,
    SURVEY_ANSWERS,
)
from kindred_common.contracts.vocabulary import (
    ConsentPurpose,
    ConsentState,
    EventKind,
    Expectation,
    InvitationStep,
)
from kindred_common.testing.waiting import eventually

KEY = str(MIRA)


async def test_what_changes_nothing_is_not_published(world: World) -> None:
    await world.know_mira()
    now = world.clock.now()
    await world.publish(SURVEY_ANSWERS, KEY, answers(now, interest("opera", 4)))
    await world.publish(SURVEY_ANSWERS, KEY, answers(now, interest("opera", 4)))  # told again
    await world.publish(CRM_CUSTOMERS, "crm:mira", mira(), version=2)
    await world.publish(SURVEY_ANSWERS, KEY, answers(now - timedelta(days=1), interest("opera", 1)))
    await world.publish(SURVEY_ANSWERS, KEY, answers(now, interest("wine", 3)))
    profile = await world.profile(lambda p: len(p.interests) == 2)
    assert profile.version == 3
    assert profile.changed == ("interests",)
    details = [r for r in await world.read(CUSTOMER_DETAILS) if r.data is not None]
    assert len(details) == 1


async def test_the_longest_name_that_crm_may_send_reaches_everybody(world: World) -> None:
    await world.know_mira()
    long = "Van Zeer Lange " * 13
    name = f"{long}Naam"[-200:].strip()
    await world.publish(CRM_CUSTOMERS, "crm:mira", mira(family_name=name), version=2)

    async def names() -> list[str]:
        details = [record.data for record in await world.read(CUSTOMER_DETAILS)]
        return [one.family_name for one in details if isinstance(one, CustomerDetails)]

    assert len(name) > 190
    assert (await eventually(names, lambda seen: len(seen) == 2))[-1] == name


async def test_withdrawn_answers_count_no_longer(world: World) -> None:
    await world.know_mira()
    now = world.clock.now()
    nps = Answer(question_id="nps", kind=AnswerKind.NPS, number=9)
    await world.publish(SURVEY_ANSWERS, KEY, answers(now, interest("opera", 4), nps))
    await world.profile(lambda p: p.loyalty is not None)
    withdrawal = AnswersWithdrawn(
        customer_id=MIRA,
        survey_id=answers(now, nps).survey_id,
        response_id=answers(now, nps).response_id,
        withdrawn_at=now + timedelta(seconds=1),
        question_ids=("nps",),
    )
    await world.publish(SURVEY_ANSWERS, KEY, withdrawal, model=AnswersWithdrawn)
    profile = await world.profile(lambda p: p.loyalty is None)
    assert [i.theme for i in profile.interests] == ["opera"]


async def test_a_wrong_answer_is_rejected_with_its_field(world: World) -> None:
    await world.know_mira()
    wrong = Answer(question_id="q", kind=AnswerKind.INTEREST, number=3, scale_min=1, scale_max=5)
    await world.publish(SURVEY_ANSWERS, KEY, answers(world.clock.now(), wrong))
    listed = (await world.call("GET", "/v1/dead-letters")).json()["items"]
    assert [(item["field"], item["topic"]) for item in listed] == [
        ("answers.0.theme", "survey-answers")
    ]


def step(world: World, what: InvitationStep, number: int = 1) -> InvitationChanged:
    now = world.clock.now()
    return InvitationChanged(
        invitation_id=MIRA,
        customer_id=MIRA,
        event_id=MIRA,
        step=what,
        at=now + timedelta(seconds=number),
        event_kind=EventKind.CULTURE,
        event_starts_at=now + timedelta(days=20),
        event_ends_at=now + timedelta(days=20, hours=3),
        themes=(EventTheme(theme="opera", weight=1.0),),
    )


async def test_reactions_change_the_profile_and_our_own_acts_do_not(world: World) -> None:
    await world.know_mira()
    for what in (InvitationStep.DRAFTED, InvitationStep.APPROVED, InvitationStep.SENT):
        await world.publish(INVITATION_RECORDS, KEY, step(world, what))
    assert [p.version for p in await world.profiles()] == [1]
    await world.publish(INVITATION_RECORDS, KEY, step(world, InvitationStep.ACCEPTED, 2))
    accepted = await world.profile(lambda p: p.version == 2)
    await world.publish(INVITATION_RECORDS, KEY, step(world, InvitationStep.ATTENDED, 3))
    attended = await world.profile(lambda p: p.version == 3)
    feedback = FeedbackGiven(
        customer_id=MIRA,
        event_id=MIRA,
        invitation_id=MIRA,
        event_kind=EventKind.CULTURE,
        themes=(EventTheme(theme="opera", weight=1.0),),
        rating=5,
        all_as_wished=True,
        expectation=Expectation.MORE,
        fitted=True,
        given_at=world.clock.now() + timedelta(seconds=4),
    )
    await world.publish(EXPERIENCE_FEEDBACK, KEY, feedback)
    liked = await world.profile(lambda p: p.version == 4)
    values = [p.interests[0].value for p in (accepted, attended, liked)]
    assert 0.5 < values[0] < values[1] < values[2]
    assert all(p.interests[0].confidence <= 0.5 for p in (accepted, attended, liked))
    assert attended.last_attended_at is not None
    assert attended.last_attended_at > world.clock.now() + timedelta(days=19)
    signals = [r.data for r in await world.read(SIGNAL_INPUTS) if isinstance(r.data, SignalInput)]
    assert sorted((s.signal, s.value) for s in signals) == [
        ("acceptance-rate", 1.0),
        ("attendance-rate", 1.0),
        ("rating", 1.0),
        ("response-rate", 1.0),
    ]


async def test_an_objection_takes_effect_at_once_wherever_it_lands(world: World) -> None:
    await world.know_mira()
    objection = ConsentChanged(
        customer_id=MIRA,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.OBJECTED,
        stated_at=world.clock.now(),
        channel="unsubscribe",
    )
    await world.publish(CONSENT_RECORDS, KEY, objection)
    profile = await world.profile(lambda p: p.objected)
    assert not profile.may_be_invited


async def test_an_open_complaint_is_an_open_case_until_it_is_solved(world: World) -> None:
    await world.know_mira()

    async def report(*, is_open: bool, customer: str | None) -> None:
        ticket = CrmTransaction(
            source="crm",
            external_id=f"T-{customer}",
            account_external_id="noord",
            customer_external_id=customer,
            kind=TransactionKind.SERVICE_TICKET,
            at=world.clock.now(),
            complaint=True,
            open=is_open,
        )
        await world.publish(CRM_TRANSACTIONS, "crm:noord", ticket)

    for customer in ("mira", None):
        await report(is_open=True, customer=customer)
        opened = await world.profile(lambda p: p.open_case)
        await report(is_open=False, customer=customer)
        solved = await world.profile(lambda p: not p.open_case)
        assert solved.version == opened.version + 1


async def test_a_transaction_from_the_future_is_rejected(world: World) -> None:
    await world.know_mira()
    later = world.clock.now() + timedelta(days=3)
    visit = CrmTransaction(
        source="crm",
        external_id="V-1",
        account_external_id="noord",
        kind=TransactionKind.VISIT,
        at=later,
    )
    await world.publish(CRM_TRANSACTIONS, "crm:noord", visit, at=later)
    listed = (await world.call("GET", "/v1/dead-letters")).json()["items"]
    assert [(item["field"], item["topic"]) for item in listed] == [("time", "crm-transactions")]


async def test_nobody_waits_behind_another_systems_transaction(world: World) -> None:
    """One that waits for what is unknown holds up what comes later under its key, for a day."""
    await world.know_mira()
    order = CrmTransaction(
        source="elsewhere",
        external_id="O-1",
        account_external_id="nowhere",
        kind=TransactionKind.ORDER,
        at=world.clock.now(),
    )
    await world.publish(CRM_TRANSACTIONS, "crm:noord", order)
    listed = (await world.call("GET", "/v1/dead-letters")).json()["items"]
    assert [(item["field"], item["topic"]) for item in listed] == [("key", "crm-transactions")]


async def test_an_account_that_changes_changes_its_customers(world: World) -> None:
    await world.know_mira()
    await world.publish(
        CRM_ACCOUNTS, "crm:noord", noord(public_sector=True, account_value=3), version=2
    )
    profile = await world.profile(lambda p: p.version == 2)
    assert profile.changed == ("account_value", "norm", "public_sector")
    assert profile.norm is not None
    assert (profile.norm.max_value, profile.norm.business_only) == (0, True)


async def test_a_customer_that_crm_removes_is_inactive(world: World) -> None:
    await world.know_mira()
    await world.publish(CRM_CUSTOMERS, "crm:mira", None, version=2)
    profile = await world.profile(lambda p: not p.active)
    assert profile.changed == ("active",)

    async def details() -> list[bool]:
        found = await world.read(CUSTOMER_DETAILS)
        return [r.data.active for r in found if isinstance(r.data, CustomerDetails)]

    await eventually(details, lambda states: states == [True, False])


async def test_other_systems_get_receipts(world: World) -> None:
    await world.know_mira()
    await world.publish(CRM_CUSTOMERS, "crm:somebody", mira(), version=9)

    async def statuses() -> list[tuple[str, str | None]]:
        receipts = [r.data for r in await world.read(INGEST_RECEIPTS)]
        return sorted((str(r.status), r.field) for r in receipts)  # type: ignore[union-attr]  # of this topic

    found = await eventually(statuses, lambda s: len(s) == 3)
    assert found[0] == ("accepted", None)
    assert found[2] == ("rejected", "key")
