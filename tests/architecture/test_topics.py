from dataclasses import replace
from datetime import timedelta

import pytest
from tests.architecture import registry, rules
from tests.architecture.sources import imports, python_sources

from kindred_common.contracts import topics as module
from kindred_common.contracts.flows import FLOWS, Closing, Flow, may_cause
from kindred_common.contracts.record import Record
from kindred_common.contracts.topics import (
    CRM_ACCOUNTS,
    CRM_CUSTOMERS,
    CUSTOMER_MATCHES,
    CUSTOMER_PROFILES,
    INVITATION_RECORDS,
    LIVE_SIGNALS,
    SURVEY_ANSWERS,
    TOPICS,
    Kind,
    Topic,
)
from kindred_common.contracts.vocabulary import Service


class Nameless(Record):
    """A record whose type has a name that none may have."""

    record_type = "AnswerRecorded"


WRONG_TOPICS: dict[str, tuple[Topic, ...]] = {
    "name": (replace(SURVEY_ANSWERS, name="survey.answers"),),
    "no producer": (replace(SURVEY_ANSWERS, producers=()),),
    "no consumer": (replace(SURVEY_ANSWERS, consumers=()),),
    "two producers": (replace(SURVEY_ANSWERS, producers=(Service.SURVEY, Service.PROFILE)),),
    "no records": (replace(SURVEY_ANSWERS, records=()),),
    "another retention": (replace(SURVEY_ANSWERS, retention=timedelta(days=7)),),
    "facts compacted": (replace(SURVEY_ANSWERS, retention=None),),
    "state expiring": (replace(CUSTOMER_PROFILES, retention=timedelta(days=30)),),
    "personal": (replace(CUSTOMER_PROFILES, personal=True),),
    "a stranger's heartbeat": (replace(CUSTOMER_PROFILES, heartbeat=Service.SURVEY),),
    "no description": (replace(SURVEY_ANSWERS, description=""),),
    "no key": (replace(SURVEY_ANSWERS, key=""),),
    "two states": (replace(CRM_CUSTOMERS, records=CRM_CUSTOMERS.records + CRM_ACCOUNTS.records),),
    "type without version": (replace(SURVEY_ANSWERS, records=(Nameless,)),),
    "a topic twice": (SURVEY_ANSWERS, replace(SURVEY_ANSWERS, records=CUSTOMER_PROFILES.records)),
    "a type twice": (SURVEY_ANSWERS, replace(SURVEY_ANSWERS, name="other")),
}

WRONG_FLOWS: dict[str, tuple[Flow, ...]] = {
    "not drawn": FLOWS[1:],
    "drawn twice": (*FLOWS, FLOWS[0]),
    "read by another": (*FLOWS, Flow(Service.OUTREACH, CUSTOMER_MATCHES)),
    "written by another": (replace(FLOWS[0], writes=(CUSTOMER_MATCHES,)), *FLOWS[1:]),
    "closed by nothing": (replace(FLOWS[0], closing=Closing.PERSON), *FLOWS[1:]),
}


def test_the_registry_keeps_the_rules() -> None:
    assert registry.topic_faults(TOPICS) == []


@pytest.mark.parametrize("topics", WRONG_TOPICS.values(), ids=WRONG_TOPICS)
def test_a_wrong_topic_is_found(topics: tuple[Topic, ...]) -> None:
    assert registry.topic_faults(topics)


def test_every_topic_has_a_constant_of_its_name_and_stands_in_the_list() -> None:
    constants = {name: value for name, value in vars(module).items() if isinstance(value, Topic)}

    assert constants == rules.topics_by_constant()
    assert set(constants.values()) == set(TOPICS)


def test_exceptions_to_the_rules_are_still_needed() -> None:
    several = {topic.name for topic in TOPICS if len(topic.producers) > 1}

    assert several == registry.SEVERAL_PRODUCERS
    assert {topic.name for topic in TOPICS if topic.personal} == registry.PERSONAL
    assert {topic.retention for topic in TOPICS} == registry.RETENTIONS


@pytest.mark.parametrize("service", [s for s in Service if s is not Service.OUTSIDE])
def test_a_service_uses_every_topic_it_is_said_to_use(service: Service) -> None:
    constants = rules.topics_by_constant()
    used = {
        constants[name].name
        for source in python_sources()
        if source.service == service
        for _, imported, name in imports(source)
        if imported.endswith("contracts.topics") and name in constants
    }
    declared = {
        t.name
        for t in TOPICS
        if service in t.producers + t.consumers and t.name != "ingest-receipts"
    }

    assert used - {"ingest-receipts"} == declared


def test_what_leads_to_what_is_drawn_in_full() -> None:
    assert registry.flow_faults(FLOWS, TOPICS) == []


@pytest.mark.parametrize("flows", WRONG_FLOWS.values(), ids=WRONG_FLOWS)
def test_a_wrong_drawing_is_found(flows: tuple[Flow, ...]) -> None:
    assert registry.flow_faults(flows, TOPICS)


def test_every_loop_is_closed_by_a_person_or_a_timer() -> None:
    assert registry.open_loop(FLOWS) == []
    assert registry.needless_closings(FLOWS) == []


def test_an_open_loop_is_found() -> None:
    opened = [replace(flow, closing=None) for flow in FLOWS]
    back = Flow(Service.MATCHING, CUSTOMER_MATCHES, (CUSTOMER_PROFILES,))

    assert "invitation-records" in registry.open_loop(opened)
    assert registry.open_loop([*FLOWS, back])


def test_a_needless_closing_is_found() -> None:
    closed = Flow(Service.INVITATIONS, LIVE_SIGNALS, (), Closing.PERSON, "why")

    assert registry.needless_closings([*FLOWS, closed]) == ["invitations, live-signals"]


def test_the_drawing_answers_what_may_cause_what() -> None:
    assert may_cause(Service.MATCHING, CUSTOMER_PROFILES, CUSTOMER_MATCHES)
    assert not may_cause(Service.INVITATIONS, CUSTOMER_PROFILES, INVITATION_RECORDS)


def test_a_topic_of_state_keeps_only_the_latest() -> None:
    for topic in TOPICS:
        compacted = topic.configuration()["cleanup.policy"] == "compact"
        assert compacted == (topic.kind is Kind.STATE)
