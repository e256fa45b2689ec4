"""`kindred import`: answered surveys with the people who answered."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated
from uuid import UUID

import typer

from kindred_cli.errors import one_clear_line
from kindred_cli.following import following
from kindred_cli.imports.mapping import FileMapping, shipped
from kindred_cli.imports.running import (
    Fault,
    Half,
    import_answers,
    import_people,
    write_faults,
)
from kindred_cli.imports.table import AnsweredSurveys, Themes, people_in
from kindred_cli.launcher.settings import LaunchSettings
from kindred_cli.local_system import LocalSystem
from kindred_cli.settling import TOPICS, Complete, Settling, settle
from kindred_common.contracts.profile import CustomerProfile
from kindred_common.contracts.vocabulary import Service

FAULTS_SHOWN = 5
PATIENCE = 30.0

People = Mapping[int, tuple[UUID, Themes]]


def import_surveys(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, one row a person.")],
    mapping: Annotated[
        str,
        typer.Option(
            help=f"A mapping file, or one that comes with Kindred: {', '.join(shipped())}."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Where to write every row that was refused.")
    ] = None,
    wait: Annotated[
        bool, typer.Option(help="Wait until everybody is matched; reads the records in Kafka.")
    ] = True,
) -> None:
    """Import answered surveys with the people who answered them; the same file again changes nothing."""
    with one_clear_line():
        meant = FileMapping.read(mapping)
        table = AnsweredSurveys.read(file)
        run = _import(table, meant, dry_run=dry_run, wait=wait and not dry_run)
        faults, still_open = asyncio.run(run)
        if errors is not None:
            write_faults(faults, errors)
    _tell_faults(faults, errors)
    if faults or still_open:
        raise typer.Exit(1)


async def _import(
    table: AnsweredSurveys, mapping: FileMapping, *, dry_run: bool, wait: bool
) -> tuple[Sequence[Fault], int]:
    """Imports, tells what came of it, and returns the faults and how many people have no matches yet."""
    system, people = LocalSystem.of(LaunchSettings()), people_in(table, mapping)
    started = perf_counter()
    async with system.apis() as apis:
        known = await import_people(apis[Service.PROFILE], table, mapping, dry_run=dry_run)
        answered, answers = await import_answers(
            apis[Service.SURVEY], table, mapping, dry_run=dry_run
        )
    _tell(mapping, known, answered, answers, dry_run=dry_run)
    still_open = 0
    if wait and (known.news or answered.news):
        still_open = await _until_matched(system, _expected(people, known, answered), started)
    return [*known.faults, *answered.faults], still_open


async def _until_matched(
    system: LocalSystem, expected: Mapping[UUID, Complete], started: float
) -> int:
    keys, settling = frozenset(str(customer) for customer in expected), Settling(expected)
    async with following(system.kafka, TOPICS, keys.__contains__, state=True) as follower:
        ended = await settle(follower, settling, typer.echo, patience=PATIENCE)
    _tell_matches(settling, ended - started)
    return settling.open


def _expected(people: People, known: Half, answered: Half) -> dict[UUID, Complete]:
    """Who must be matched, by what: whom profile took, with the answers that survey took."""
    strangers = {fault.row for fault in known.faults}
    silent = {fault.row for fault in answered.faults}
    return {
        customer: _knows(frozenset() if row in silent else themes)
        for row, (customer, themes) in people.items()
        if row not in strangers
    }


def _knows(themes: Themes) -> Complete:
    def complete(profile: CustomerProfile) -> bool:
        return themes <= {interest.theme for interest in profile.interests}

    return complete


def _tell(
    mapping: FileMapping, known: Half, answered: Half, answers: int, *, dry_run: bool
) -> None:
    would = " (nothing is done: this is what would happen)" if dry_run else ""
    typer.echo(f"{mapping.name}: {known.rows} rows{would}")
    typer.echo(
        f"  people   {known.new} new, {known.changed} changed, {known.unchanged} unchanged, {known.refused} refused"
    )
    typer.echo(
        f"  answers  {answered.new} rows new, {answered.unchanged} unchanged, {answered.refused} refused;"
        f" {answers} answers"
    )


def _tell_matches(settling: Settling, seconds: float) -> None:
    typer.echo(
        f"  matches  {settling.matched} of {settling.expected} people have their matches,"
        f" {settling.with_events} of them at least one event ({seconds:.1f} s)"
    )
    if settling.open:
        typer.echo(f"  {settling.open} people are not matched yet; look at: kindred status")


def _tell_faults(faults: Sequence[Fault], errors: Path | None) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        place = f"{fault.place} " if fault.place else ""
        typer.echo(f"  row {fault.row}: {place}{fault.reason} (said {fault.service})", err=True)
    if errors is not None:
        typer.echo(f"  all {len(faults)} faults are in {errors}", err=True)
    elif len(faults) > FAULTS_SHOWN:
        typer.echo(f"  {len(faults)} faults in all; --errors FILE writes them to a file", err=True)
