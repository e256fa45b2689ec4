"""What is told of one world, once and for all: whoever scores or allocates otherwise must raise ``RELEASE``."""

import json
from dataclasses import asdict
from hashlib import sha256

from services.matching.tests.test_filling import fill
from services.matching.tests.worlds import an_engine, some_world

from kindred_matching.domain.rules import RELEASE

KNOWN = (5, "8ba14066eff43b027da5e51accceda2d7fba7908c48fee542524e15a63f2d672")
"""A release, and the digest of what it tells. Replace both when this test fails and the change was meant."""


def test_what_is_told_changes_with_the_release_only() -> None:
    customers, events = some_world(300, 20, seed=11)
    engine = fill(an_engine(*events), customers)
    told = [asdict(proposal) for proposal in engine.describe(sorted(engine.customers))]
    digest = sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()
    assert (RELEASE, digest) == KNOWN
