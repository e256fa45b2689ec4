from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.invitations.tests.house import House
from services.invitations.tests.test_reply_page import ACCEPT, link_of, reply
from services.invitations.tests.test_responses import outcome

from kindred_common.clock import new_id
from kindred_common.contracts.examples import examples
from kindred_common.contracts.feedback import FeedbackGiven
from kindred_common.contracts.matching import CustomerMatches
from kindred_common.contracts.profile import (
    ConsentChanged,
    CustomerDetails,
    CustomerProfile,
    LiveSignal,
)
from kindred_common.contracts.topics import (
    CONSENT_RECORDS,
    CUSTOMER_DETAILS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    EXPERIENCE_FEEDBACK,
    LIVE_SIGNALS,
)


def feedback(
    customer: UUID, event: UUID, invitation: UUID, at: datetime, rating: int
) -> FeedbackGiven:
    return FeedbackGiven.model_validate(
        {
            "customer_id": customer,
            "event_id": event,
            "invitation_id": invitation,
            "event_kind": "seminar",
            "rating": rating,
            "all_as_wished": rating > 2,
            "expectation": "as_expected",
            "given_at": at,
        }
    )


async def test_one_on_one_tells_everything_about_a_customer(house: House) -> None:
    now = house.clock.now()
    event, other = await house.event(), await house.event(title="Museum night", kind="culture")
    customer = await house.customer(
        loyalty={"nps": 4, "answered_at": now.isoformat()},
        interests=[
            {
                "theme": theme,
                "value": value,
                "confidence": 0.9,
                "source": "self",
                "observed_at": now.isoformat(),
            }
            for theme, value in (("chess", 0.3), ("robotics", 0.9))
        ],
        norm={"max_value": 75, "stated_by": "self"},
        manner="card",
    )
    matches = {
        "customer_id": customer,
        "profile_version": 1,
        "matches": [
            {
                "event_id": event,
                "seats": 1,
                "score": 0.7,
                "reasons": [{"name": "interest:robotics", "amount": 1.2}],
                "propensity": 0.0025,
            }
        ],
        "candidates": [{"event_id": other, "score": 0.2, "not_chosen": "seats"}],
        "refusals": [{"event_id": new_id(), "reasons": ["distance", "norm"]}],
        "priced_at": now,
    }
    await house.receive(CUSTOMER_MATCHES, customer, CustomerMatches.model_validate(matches))
    invitation = (await house.get("/v1/invitations"))["items"][0]["id"]
    await house.post(f"/v1/invitations/{invitation}/approve")
    await reply(house, await link_of(house, UUID(invitation)), ACCEPT)
    given = feedback(customer, event, UUID(invitation), now, 2)
    await house.receive(EXPERIENCE_FEEDBACK, customer, given)
    consent = {
        "customer_id": customer,
        "purpose": "invitations",
        "state": "granted",
        "stated_at": now,
        "channel": "page",
    }
    await house.receive(CONSENT_RECORDS, customer, ConsentChanged.model_validate(consent))

    seen = await house.get(f"/v1/customers/{customer}")

    assert (seen["person"]["family_name"], seen["person"]["account_name"]) == (
        "Jansen",
        "Bakkerij Noord",
    )
    assert (seen["loyalty"]["loyalty"], seen["loyalty"]["nps"]) == ("detractor", 4)
    assert [one["theme"] for one in seen["interests"]] == ["robotics", "chess"]
    assert seen["preferences"]["norm"]["max_value"] == 75
    assert seen["consents"][0]["state"] == "granted"
    assert seen["matches"][0]["event"]["title"] == "Robots in the bakery"
    assert seen["matches"][0]["reasons"][0]["name"] == "interest:robotics"
    assert seen["matches"][0]["propensity"] == 0.0025
    assert seen["candidates"][0]["not_chosen"] == "seats"
    assert seen["refusals"][0]["reasons"] == ["distance", "norm"]
    (track,) = seen["invitations"]
    assert [step["step"] for step in track["steps"]] == ["drafted", "approved", "accepted"]
    assert [step["actor"] for step in track["steps"]] == ["matching", "manager-1", "customer"]
    assert seen["feedback"][0]["rating"] == 2
    assert [one["kind"] for one in seen["next"]] == ["detractor", "low_feedback"]


async def test_every_example_of_the_other_services_is_shown(house: House) -> None:
    for profile in examples(CustomerProfile):
        assert await house.receive(CUSTOMER_PROFILES, profile.customer_id, profile) is None
    for details in examples(CustomerDetails):
        assert await house.receive(CUSTOMER_DETAILS, details.customer_id, details) is None
    for consent in examples(ConsentChanged):
        assert await house.receive(CONSENT_RECORDS, consent.customer_id, consent) is None
    for given in examples(FeedbackGiven):
        assert await house.receive(EXPERIENCE_FEEDBACK, given.customer_id, given) is None
    for signal in examples(LiveSignal):
        assert await house.receive(LIVE_SIGNALS, signal.signal, signal) is None

    listed = (await house.get("/v1/customers", house.planner))["items"]
    assert listed
    for line in listed:
        await house.get(f"/v1/customers/{line['customer_id']}", house.planner)
    assert len((await house.get("/v1/signals"))["items"]) == len(
        {signal.signal for signal in examples(LiveSignal)}
    )


async def test_customers_are_listed_by_name_found_and_filtered(house: House) -> None:
    nps = {"nps": 10, "answered_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}
    for name in ("Cohen", "Akkerman", "Öztürk", "de Boer"):
        loyalty = {"loyalty": nps} if name == "Cohen" else {}
        await house.customer(family_name=name, **loyalty)

    first = await house.get("/v1/customers", params={"limit": 3})
    rest = await house.get("/v1/customers", params={"cursor": first["next_cursor"]})
    promoters = await house.get("/v1/customers", params={"loyalty": "promoter"})
    unasked = await house.get("/v1/customers", params={"loyalty": "unknown"})
    found = await house.post("/v1/customers/search", {"text": "anna ÖZTÜRK"})
    by_account = await house.post("/v1/customers/search", {"text": "bakkerij"})
    joker = await house.post("/v1/customers/search", {"text": "%"})

    names = [one["family_name"] for one in first["items"] + rest["items"]]
    assert names == ["Akkerman", "Cohen", "de Boer", "Öztürk"]
    assert [one["family_name"] for one in promoters["items"]] == ["Cohen"]
    assert len(unasked["items"]) == 3
    assert [one["family_name"] for one in found["items"]] == ["Öztürk"]
    assert len(by_account["items"]) == 4
    assert joker["items"] == []


async def test_a_customer_who_is_erased_leaves_neither_name_nor_link(house: House) -> None:
    customer, event = await house.customer(), await house.event()
    await house.draft(customer, event)
    invitation = (await house.get("/v1/invitations"))["items"][0]["id"]
    await house.post(f"/v1/invitations/{invitation}/approve")
    path = await link_of(house, UUID(invitation))

    await house.receive(CUSTOMER_DETAILS, customer, None)
    await house.receive(CUSTOMER_PROFILES, customer, None)

    assert (await house.client.get(path)).status_code == 404
    gone = await house.client.get(f"/v1/customers/{customer}", headers=house.planner)
    assert gone.status_code == 404
    assert await house.rows("SELECT * FROM customer") == []


async def test_my_day_brings_the_ten_most_valuable_decisions_in_order(house: House) -> None:
    now = house.clock.now()
    event = await house.event(seats=100)
    for score in range(12):
        await house.match(await house.customer(), event, score=score / 100)
    unhappy = await house.customer(
        account_value=5.0, loyalty={"nps": 0, "answered_at": now.isoformat()}
    )
    by_phone = await house.draft(await house.customer(account_value=4.0), event)
    await house.post(f"/v1/invitations/{by_phone}/approve", {"manner": "phone"})
    held_back = await house.draft(await house.customer(account_value=3.0), event)
    await house.post(f"/v1/invitations/{held_back}/approve")
    await outcome(house, "skipped", rule="weekly_cap")

    day = (await house.get("/v1/my-day", house.manager | {"Accept-Language": "nl"}))["items"]

    assert len(day) == 10
    values = [item["value"] for item in day]
    assert values == sorted(values, reverse=True)
    assert [item["kind"] for item in day[:4]] == ["detractor", "call", "not_sent", "approve_draft"]
    assert day[0]["customer_id"] == str(unhappy)
    assert day[0]["reason"].startswith("Deze klant zou ons niet aanbevelen: 0 van 10")
    assert "Bel deze klant" in day[1]["reason"]
    assert "nog geen week geleden" in day[2]["reason"]
    assert day[0]["family_name"] == "Jansen"


async def test_what_was_done_leaves_the_day_and_comes_back_when_it_happens_again(
    house: House,
) -> None:
    now = house.clock.now()
    loyalty = {"nps": 2, "answered_at": now.isoformat()}
    customer = await house.customer(loyalty=loyalty)
    await house.match(customer, await house.event())
    unhappy, draft = (await house.get("/v1/my-day"))["items"]
    done = f"/v1/customers/{customer}/decisions"

    await house.post(f"{done}/{unhappy['id']}/done", status=204)
    await house.post(f"{done}/{unhappy['id']}/done", status=404)
    await house.post(f"{done}/{draft['id']}/done", status=404)

    assert [one["id"] for one in (await house.get("/v1/my-day"))["items"]] == [draft["id"]]
    later = {"nps": 2, "answered_at": (now + timedelta(days=1)).isoformat()}
    await house.customer(customer_id=customer, loyalty=later)
    assert len((await house.get("/v1/my-day"))["items"]) == 2


async def test_follow_ups_after_the_event_are_part_of_the_day(house: House) -> None:
    event = await house.event(starts_at=house.clock.now() + timedelta(hours=5))
    absent, present = await house.approved(event), await house.approved(event)
    await house.post(f"/v1/invitations/{absent}/reply", {"accepts": True})
    await house.post(f"/v1/invitations/{absent}/attendance", {"attended": False})
    await house.post(f"/v1/invitations/{present}/attendance", {"attended": True})
    rows = await house.rows("SELECT customer_id FROM invitation WHERE id = :i", i=present)
    customer = rows[0]["customer_id"]
    at = house.clock.now()
    await house.receive(EXPERIENCE_FEEDBACK, customer, feedback(customer, event, present, at, 1))

    day = (await house.get("/v1/my-day", house.manager | {"Accept-Language": "en"}))["items"]

    assert [item["kind"] for item in day] == ["low_feedback", "no_show"]
    assert "fell short for this customer: 1 of 5" in day[0]["reason"]
    better = feedback(customer, event, present, at + timedelta(minutes=1), 5)
    await house.receive(EXPERIENCE_FEEDBACK, customer, better)
    assert [item["kind"] for item in (await house.get("/v1/my-day"))["items"]] == ["no_show"]
    house.clock.leap(timedelta(days=31))
    assert (await house.get("/v1/my-day"))["items"] == []
