from copy import deepcopy
from typing import Any

from kindred_common.contracts.asyncapi import asyncapi_document
from kindred_common.contracts.compatibility import Effect, breaks
from kindred_common.contracts.topic_compatibility import compare_topics

BEFORE: dict[str, Any] = asyncapi_document()


def changed() -> tuple[dict[str, Any], dict[str, Any]]:
    document = deepcopy(BEFORE)
    return document, document["channels"]["survey-answers"]


def test_the_same_topics_change_nothing() -> None:
    assert compare_topics(BEFORE, deepcopy(BEFORE)) == []


def test_a_removed_topic_breaks_and_a_new_one_does_not() -> None:
    document, _ = changed()
    del document["channels"]["survey-answers"]

    assert [str(c) for c in compare_topics(BEFORE, document)] == [
        "BREAKS: survey-answers: the topic was removed"
    ]
    assert [c.effect for c in compare_topics(document, BEFORE)] == [Effect.ADDS]


def test_another_key_kind_or_number_of_partitions_breaks() -> None:
    document, channel = changed()
    channel |= {"x-kindred-key": "survey_id", "x-kindred-kind": "state"}
    channel["bindings"]["kafka"]["partitions"] = 24

    assert len(breaks(compare_topics(BEFORE, document))) == 3


def test_a_type_that_leaves_its_topic_breaks() -> None:
    document, channel = changed()
    del channel["messages"]["kindred.answers-withdrawn.v1"]

    (found,) = compare_topics(BEFORE, document)
    assert found.what == "it no longer carries kindred.answers-withdrawn.v1"
    assert compare_topics(document, BEFORE) == []
