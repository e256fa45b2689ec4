from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.matching.tests.worlds import (
    NOW,
    a_customer,
    an_event,
    an_interest,
    customer_id,
    event_id,
    some_world,
)

from kindred_common.contracts.vocabulary import DeclineReason, InvitationStep, Manner
from kindred_matching.domain.beliefs import (
    Bearing,
    Belief,
    Joint,
    expected,
    message_of,
    taught,
    taught_together,
)
from kindred_matching.domain.events import EventTable, EventView
from kindred_matching.domain.exploration import SHARE, draw, optimism
from kindred_matching.domain.exposures import Asked, Exposure, exposed
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.learning import Learner
from kindred_matching.domain.lens import Lens, Outlook
from kindred_matching.domain.replies import Reply, credit_of
from kindred_matching.domain.rules import Coefficients
from kindred_matching.domain.scoring import ABSENT, ACCOMPANIED, ALONE, score
from kindred_matching.domain.shadow import CORE

PLAIN, PRIOR = Lens.of(), Coefficients()
OPERA = an_event(1, themes=(("opera", 1.0), ("wine", 0.5)), kind="culture", companion_allowed=True)

ALONE_AS_USUAL = Asked()


def viewed(*events: Event) -> EventView:
    table = EventTable()
    return table.view([table.put(event, NOW) for event in events])


def invited(
    customer: Customer,
    event: Event = OPERA,
    asked: Asked = ALONE_AS_USUAL,
    learner: Learner | None = None,
) -> Exposure:
    lessons = learner.lessons_of(customer.id) if learner else ()
    return exposed(customer, event, viewed(event), asked, Outlook(PLAIN, lessons))


def after(*replies: tuple[Customer, Reply, str | None]) -> Learner:
    learner = Learner()
    for customer, reply, reason in replies:
        learner.teach(invited(customer, learner=learner), reply, reason, PLAIN, NOW)
    return learner


def lesson(learner: Learner, subject: str) -> float:
    found = [x.mean for x in learner.lessons_of(customer_id(1)) if x.subject == subject]
    return found[0] if found else 0.0


@given(st.floats(-4, 4), st.floats(0.01, 4), st.floats(-2, 2), st.sampled_from([0.0, 1.0]))
def test_a_reply_moves_a_belief_its_way_and_makes_it_surer(
    mean: float, variance: float, feature: float, reply: float
) -> None:
    message = message_of(mean * feature, variance * feature**2, reply)
    belief = taught(Bearing(Belief(mean, variance), feature), message)
    assert (belief.mean - mean) * feature * (reply - 0.5) >= 0
    assert 0 < belief.variance <= variance
    joint = Joint.independent([Belief(mean, variance)])
    alone = taught_together(joint, joint.towards([feature]), message)
    assert alone.means[0] == pytest.approx(belief.mean)
    assert alone.covariance[0][0] == pytest.approx(belief.variance)


def test_beliefs_find_the_weights_that_replies_were_drawn_with() -> None:
    """Also where features go together, as they do in what was chosen: nobody is invited whom we expect to decline."""
    random = np.random.default_rng(5)
    truth = np.array([-0.8, 1.5, 0.7, -1.0])
    joint = Joint.independent([Belief(0.0, 1.0)] * 4)
    for _ in range(4000):
        x = [1.0, abs(random.normal(0, 1)), *random.normal(0, 1, 2).tolist()]
        reply = float(random.random() < expected(float(truth @ x), 0.0))
        towards = joint.towards(x)
        log_odds = sum(m * v for m, v in zip(joint.means, x, strict=True))
        variance = sum(c * v for c, v in zip(towards, x, strict=True))
        joint = taught_together(joint, towards, message_of(log_odds, variance, reply))
    errors = np.sqrt(np.diag(joint.covariance))
    assert errors.max() < 0.1
    assert (np.abs(joint.means - truth) < 4 * errors).all()
    assert joint.covariance[0][1] < 0, "a lower base would need a higher weight"


def test_what_a_customer_accepts_he_will_be_offered_more_of() -> None:
    learner = after(*[(a_customer(1), Reply.ACCEPTED, None)] * 3)
    lessons = learner.lessons_of(customer_id(1))
    before, now = (
        score(a_customer(1), viewed(OPERA), PLAIN),
        score(a_customer(1), viewed(OPERA), PLAIN, lessons),
    )
    assert now.weight[0, ALONE] > before.weight[0, ALONE]
    assert now.variance[0] < before.variance[0], "and we are surer of it"
    told = {part.name: part.amount for part in now.contributions(0, ALONE)}
    assert told["experience:theme:opera"] > told["experience:theme:wine"] > 0
    assert told["experience:openness"] > 0
    assert sum(told.values()) == now.log_odds[0, ALONE]
    assert not learner.lessons_of(customer_id(2)), "nobody else is moved before a model epoch"


def test_a_full_agenda_says_nothing_of_taste_and_the_topic_much() -> None:
    reasons = ("topic", "kind", "distance", "date", "employer_rules", None)
    after_each = {reason: after((a_customer(1), Reply.DECLINED, reason)) for reason in reasons}
    opera = {reason: lesson(learner, "theme:opera") for reason, learner in after_each.items()}
    culture = {reason: lesson(learner, "kind:culture") for reason, learner in after_each.items()}
    assert opera["topic"] < opera[None] < opera["kind"] < opera["distance"] < 0
    assert culture["kind"] < culture[None] < culture["topic"] < 0
    shifts = {reason: dict(each.shifts(PRIOR)) for reason, each in after_each.items()}
    for hindered in ("date", "employer_rules"):
        assert not after_each[hindered].lessons_of(customer_id(1))
        assert set(shifts[hindered]) == {"free"}
        assert shifts[hindered]["free"] < 0 < shifts["topic"]["free"]
    assert shifts["topic"] == shifts["distance"] == shifts[None], "the chance falls in any case"


def test_who_stays_away_teaches_about_himself_only() -> None:
    accepted, stayed_away = after((a_customer(1), Reply.ACCEPTED, None)), Learner()
    exposure = invited(a_customer(1))
    stayed_away.teach(exposure, Reply.ACCEPTED, None, PLAIN, NOW)
    stayed_away.teach(exposure, Reply.NO_SHOW, None, PLAIN, NOW)
    assert stayed_away.shifts(PRIOR) == accepted.shifts(PRIOR)
    assert stayed_away.tally == accepted.tally
    assert lesson(stayed_away, "theme:opera") < lesson(accepted, "theme:opera")


def test_each_manner_and_company_is_learned_apart() -> None:
    guest = a_customer(1, companion_wish="partner", manner="phone")
    asked = {term for term, _ in invited(guest).terms}
    by_card = {term for term, _ in invited(guest, asked=Asked(ACCOMPANIED, "card")).terms}
    assert {"manner:phone", "without_company"} <= asked
    assert {"manner:card", "in_company"} <= by_card
    learner = Learner()
    for number in range(200):
        for manner, reply in (("phone", Reply.ACCEPTED), ("email", Reply.DECLINED)):
            exposure = invited(a_customer(number, manner=manner))
            learner.teach(exposure, reply, None, PLAIN, NOW)
    shifts = dict(learner.shifts(PRIOR))
    assert shifts["manner:phone"] > 0.5
    assert shifts["manner:email"] < -0.5
    lens = Lens.of(shifts=learner.shifts(PRIOR))
    by_phone, by_mail = (
        score(a_customer(1, manner=m), viewed(OPERA), lens).log_odds[0, ALONE]
        for m in ("phone", None)
    )
    assert by_phone > by_mail + 1.0


def test_everybodys_replies_shift_what_an_epoch_begins_with() -> None:
    learner = after(*[(a_customer(n), Reply.ACCEPTED, None) for n in range(60)])
    shifted = score(a_customer(99), viewed(OPERA), Lens.of(shifts=learner.shifts(PRIOR)))
    told = {part.name: part.amount for part in shifted.contributions(0, ALONE)}
    assert told["general:theme:opera"] > 0
    assert told["general:kind:culture"] > 0
    assert learner.tally.replies == 60
    assert learner.tally.calibration == pytest.approx(invited(a_customer(1)).probability, abs=0.05)


def test_days_of_the_week_and_what_is_new_are_learned_from_everybody() -> None:
    monday = replace(OPERA, weekdays=(0,))
    weekend = replace(OPERA, id=event_id(2), weekdays=(5, 6))
    terms = dict(invited(a_customer(1), weekend).terms)
    days = {term: feature for term, feature in terms.items() if term.startswith("day:")}
    assert days["day:saturday"] == days["day:sunday"] == pytest.approx(1 / 2 - 1 / 7)
    assert days["day:monday"] == pytest.approx(-1 / 7)
    assert sum(days.values()) == pytest.approx(0.0), "what all days have in common is the base's"
    learner = Learner()
    for number in range(200):
        for event, reply in ((monday, Reply.DECLINED), (weekend, Reply.ACCEPTED)):
            learner.teach(invited(a_customer(number), event), reply, None, PLAIN, NOW)
    lens = Lens.of(shifts=learner.shifts(PRIOR))
    told = [
        {
            part.name: part.amount
            for part in score(a_customer(1), viewed(e), lens).contributions(0, 0)
        }
        for e in (monday, weekend)
    ]
    assert told[0]["day"] < 0 < told[1]["day"]
    assert not any(name.startswith("day:") for each in told for name in each)
    fits = [score(a_customer(1), viewed(e), lens).fit[0] for e in (monday, weekend)]
    assert fits[0] == fits[1], "a day changes who comes, not how well it suits him"


def test_what_an_earlier_release_learned_stands_beside_what_this_one_learns_too() -> None:
    learned = after(*[(a_customer(n), Reply.ACCEPTED, None) for n in range(5)]).learned()
    core, fewer = learned.shadow.core, len(CORE) - 1
    earlier = Joint(core.means[:fewer], tuple(row[:fewer] for row in core.covariance[:fewer]))
    resumed = Learner(replace(learned, shadow=replace(learned.shadow, core=earlier))).learned()
    assert resumed.shadow.core.means == (*core.means[:fewer], 0.0)
    assert [len(row) for row in resumed.shadow.core.covariance] == [len(CORE)] * len(CORE)
    assert resumed.shadow.core.covariance[-1][-1] == CORE["novelty"] ** 2


def test_what_is_new_to_a_customer_is_so_to_who_knows_something_else_until_it_is_forgotten() -> (
    None
):
    known = after((a_customer(1), Reply.ACCEPTED, None))
    dinner = replace(OPERA, id=event_id(2), kind="dinner")
    late = replace(OPERA, starts_at=NOW + timedelta(days=365), ends_at=NOW + timedelta(days=366))

    def novelty(event: Event, learner: Learner) -> float | None:
        return dict(invited(a_customer(1), event, learner=learner).terms).get("novelty")

    assert novelty(dinner, known) == 1.0
    assert novelty(OPERA, known) == pytest.approx(0.0, abs=0.01)
    assert novelty(late, known) == pytest.approx(0.5, abs=0.01)
    assert novelty(dinner, Learner()) is None, "nothing is known of him to compare it with"
    learner = Learner()
    for number in range(100):
        learner.teach(invited(a_customer(number)), Reply.ACCEPTED, None, PLAIN, NOW)
        exposure = invited(a_customer(number), dinner, learner=learner)
        learner.teach(exposure, Reply.DECLINED, None, PLAIN, NOW)
    assert dict(learner.shifts(PRIOR))["novelty"] < 0


def test_lessons_fade() -> None:
    learner = after(*[(a_customer(1), Reply.ACCEPTED, None)] * 3)
    later = replace(OPERA, starts_at=NOW + timedelta(days=365), ends_at=NOW + timedelta(days=366))
    lessons = learner.lessons_of(customer_id(1))
    soon, late = (score(a_customer(1), viewed(e), PLAIN, lessons) for e in (OPERA, later))
    amounts = [{p.name: p.amount for p in s.contributions(0, ALONE)} for s in (soon, late)]
    assert amounts[1]["experience:openness"] == pytest.approx(
        amounts[0]["experience:openness"] / 2, rel=0.01
    )


def test_the_same_replies_in_the_same_order_teach_the_same_bits() -> None:
    def run(restart: bool) -> Learner:
        random, learner = Random(4), Learner()  # noqa: S311 - a test world, not a secret
        customers, events = some_world(8, 6, 3)
        for _ in range(80):
            customer, event = random.choice(customers), random.choice(events)
            exposure = invited(customer, event, learner=learner)
            reason = random.choice([None, *map(str, DeclineReason)])
            learner.teach(exposure, random.choice(list(Reply)), reason, PLAIN, NOW)
            if restart:
                learner = Learner(learner.learned())
        return learner

    assert run(restart=False).learned() == run(restart=True).learned()
    learner = run(restart=False)
    learner.forget(customer_id(1))
    assert customer_id(1) not in {who for who, _ in learner.learned().lessons}


def test_our_replies_and_reasons_are_those_of_the_records() -> None:
    assert {str(reply) for reply in Reply} - {"silent"} <= {str(step) for step in InvitationStep}
    for reason in DeclineReason:
        credit = credit_of(Reply.DECLINED, str(reason))
        assert 0 <= min(credit.themes, credit.kind) <= max(credit.themes, credit.kind) <= 1
    assert {f"manner:{manner}" for manner in Manner} <= set(CORE)
    assert set(CORE) - {f"manner:{manner}" for manner in Manner} < {f.name for f in fields(PRIOR)}


def test_draws_are_the_same_for_everybody_and_as_rare_as_told() -> None:
    events = [event_id(n) for n in range(7)]
    drawn = [draw(customer_id(n), "2026-W10", events, SHARE) for n in range(20_000)]
    pairs = [each for each in drawn if each is not None]
    assert len(pairs) / len(drawn) == pytest.approx(SHARE, rel=0.15)
    assert pairs[0] == draw(pairs[0].customer_id, "2026-W10", events[::-1], SHARE)
    counts = [sum(pair.event_id == event for pair in pairs) for event in events]
    assert min(counts) > len(pairs) / len(events) * 0.6
    assert {pair.propensity for pair in pairs} == {SHARE / 7}
    assert draw(customer_id(1), "2026-W10", [], 1.0) is None
    assert draw(customer_id(1), "2026-W10", events, 1.0) is not None


def test_optimism_goes_to_what_is_uncertain() -> None:
    asked = a_customer(1, interests=(an_interest("opera", 0.5), an_interest("wine", 0.5)))
    bonus = [optimism(score(c, viewed(OPERA), PLAIN), PLAIN, 1.0) for c in (a_customer(1), asked)]
    assert bonus[0][0, ALONE] > bonus[1][0, ALONE] >= 0
    assert score(asked, viewed(OPERA), PLAIN).weight[0, ACCOMPANIED] == ABSENT
    assert bonus[0][0, ACCOMPANIED] == 0
