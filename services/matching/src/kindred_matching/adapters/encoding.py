"""The engine's values as JSON text, for the journal, the snapshot and the projections."""

import zlib
from typing import Any

from pydantic import TypeAdapter

from kindred_matching.domain import inputs
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.learning import Tally
from kindred_matching.domain.lens import Shifts
from kindred_matching.domain.lessons import Lesson
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import EngineState
from kindred_matching.domain.teaching import ModelInUse

CUSTOMER = TypeAdapter(Customer)
EVENT = TypeAdapter(Event)
COMMITMENTS = TypeAdapter(tuple[Commitment, ...])
RULES = TypeAdapter(Rules)
LESSONS = TypeAdapter(tuple[Lesson, ...])
MODEL = TypeAdapter(ModelInUse)
SHIFTS = TypeAdapter(Shifts)
TALLY = TypeAdapter(Tally)
_STATE = TypeAdapter(EngineState)

# The names stand in journals: they stay when a class is renamed.
_INPUTS: dict[str, TypeAdapter[Any]] = {
    "customer-replaced": TypeAdapter(inputs.CustomerReplaced),
    "customer-removed": TypeAdapter(inputs.CustomerRemoved),
    "event-replaced": TypeAdapter(inputs.EventReplaced),
    "event-removed": TypeAdapter(inputs.EventRemoved),
    "invitation-stepped": TypeAdapter(inputs.InvitationStepped),
    "rematch-asked": TypeAdapter(inputs.RematchAsked),
    "clock-ticked": TypeAdapter(inputs.ClockTicked),
    "rules-replaced": TypeAdapter(inputs.RulesReplaced),
    "epoch-begun": TypeAdapter(inputs.EpochBegun),
    "slice-scored": TypeAdapter(inputs.SliceScored),
}
_KINDS: dict[type, str] = {
    inputs.CustomerReplaced: "customer-replaced",
    inputs.CustomerRemoved: "customer-removed",
    inputs.EventReplaced: "event-replaced",
    inputs.EventRemoved: "event-removed",
    inputs.InvitationStepped: "invitation-stepped",
    inputs.RematchAsked: "rematch-asked",
    inputs.ClockTicked: "clock-ticked",
    inputs.RulesReplaced: "rules-replaced",
    inputs.EpochBegun: "epoch-begun",
    inputs.SliceScored: "slice-scored",
}


def encode_input(happening: Input) -> tuple[str, str]:
    """The kind of an input, and its body."""
    kind = _KINDS[type(happening)]
    return kind, _INPUTS[kind].dump_json(happening).decode()


def decode_input(kind: str, body: str) -> Input:
    """The input that was written so."""
    happening: Input = _INPUTS[kind].validate_json(body)
    return happening


def encode_state(state: EngineState) -> bytes:
    """A snapshot's bytes."""
    return zlib.compress(_STATE.dump_json(state), level=3)


def decode_state(body: bytes) -> EngineState:
    """The state that a snapshot holds."""
    return _STATE.validate_json(zlib.decompress(body))
