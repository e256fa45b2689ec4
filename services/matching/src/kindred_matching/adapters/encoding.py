"""The engine's values as JSON text, for the journal, the snapshot and the projections; the market's arrays beside them."""

import io
import zlib
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from pydantic import TypeAdapter

from kindred_matching.domain import inputs
from kindred_matching.domain.commitments import Commitment
from kindred_matching.domain.facts import Customer, Event
from kindred_matching.domain.inputs import Input
from kindred_matching.domain.learning import Tally
from kindred_matching.domain.lens import Shifts
from kindred_matching.domain.lessons import Lesson
from kindred_matching.domain.rules import Rules
from kindred_matching.domain.state import EngineState, Snapshot
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
_FACTS = "facts"
_ARCHIVE = b"PK"
"""How an archive begins; what was kept before was compressed as a whole."""

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
    "wish-made": TypeAdapter(inputs.WishMade),
    "wish-ended": TypeAdapter(inputs.WishEnded),
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
    inputs.WishMade: "wish-made",
    inputs.WishEnded: "wish-ended",
}


def encode_input(happening: Input) -> tuple[str, str]:
    """The kind of an input, and its body."""
    kind = _KINDS[type(happening)]
    return kind, _INPUTS[kind].dump_json(happening).decode()


def decode_input(kind: str, body: str) -> Input:
    """The input that was written so."""
    happening: Input = _INPUTS[kind].validate_json(body)
    return happening


def encode_snapshot(snapshot: Snapshot) -> memoryview:
    """A snapshot's bytes: an archive of arrays as numpy's, what the engine knows as one more.

    Array by array, as a large market has to be in memory beside what is written of it.
    """
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        facts = np.frombuffer(_STATE.dump_json(snapshot.state), dtype=np.uint8)
        for name, array in ((_FACTS, facts), *snapshot.market.items()):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return written.getbuffer()


def decode_snapshot(body: bytes | memoryview) -> Snapshot:
    """The snapshot that was written so."""
    if bytes(body[: len(_ARCHIVE)]) != _ARCHIVE:
        body = zlib.decompress(body)
    with np.load(io.BytesIO(body), allow_pickle=False) as read:
        state = _STATE.validate_json(read[_FACTS].tobytes())
        return Snapshot(state, {name: read[name] for name in read.files if name != _FACTS})
