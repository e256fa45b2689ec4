from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert

from kindred_common.clock import Clock
from kindred_common.db.transactions import Transaction
from kindred_survey.adapters.tables import foreign_survey, survey, survey_version
from kindred_survey.application.ports import ForeignSurvey, PublishedVersion
from kindred_survey.domain.errors import NotPublished, UnknownSurvey
from kindred_survey.domain.questions import Definition
from kindred_survey.domain.survey import Survey

REMEMBERED_FOR = timedelta(seconds=1)
MOST_REMEMBERED = 1000

_definitions = TypeAdapter(Definition)

_latest = sa.select(survey, survey_version.c.definition).join_from(
    survey,
    survey_version,
    sa.and_(
        survey_version.c.survey_id == survey.c.id, survey_version.c.version == survey.c.version
    ),
)


@dataclass(slots=True)
class PublishedVersions:
    """Published versions this process has read. They never change; which is the latest is asked again each second."""

    clock: Clock
    versions: dict[tuple[UUID, int], PublishedVersion] = field(default_factory=dict)
    latest: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)

    def find(self, survey_id: UUID, version: int | None) -> PublishedVersion | None:
        if version is None:
            known, until = self.latest.get(survey_id, (0, self.clock.now()))
            version = known if self.clock.now() < until else 0
        return self.versions.get((survey_id, version))

    def remember(self, published: PublishedVersion, *, is_latest: bool) -> None:
        if len(self.versions) >= MOST_REMEMBERED:
            self.versions.clear()
            self.latest.clear()
        self.versions[published.survey_id, published.version] = published
        if is_latest:
            until = self.clock.now() + REMEMBERED_FOR
            self.latest[published.survey_id] = (published.version, until)

    def forget_latest(self, survey_id: UUID) -> None:
        self.latest.pop(survey_id, None)


class PostgresSurveys:
    """Surveys and their versions in Postgres."""

    def __init__(self, transaction: Transaction, published: PublishedVersions) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._published = published

    async def add(self, new: Survey) -> bool:
        statement = insert(survey).values(**_row(new)).on_conflict_do_nothing()
        added = (await self._connection.execute(statement)).rowcount == 1
        if added:
            await self._keep_version(new)
        return added

    async def get(self, survey_id: UUID, *, lock: bool = False) -> Survey:
        if lock:
            # On its own: a join that waits for the lock would go on with the version it saw before.
            alone = sa.select(survey.c.id).where(survey.c.id == survey_id).with_for_update()
            await self._connection.execute(alone)
        statement = _latest.where(survey.c.id == survey_id)
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        if row is None:
            raise UnknownSurvey
        return _survey(row)

    async def save(self, changed: Survey) -> None:
        await self._connection.execute(
            sa.update(survey).where(survey.c.id == changed.id).values(**_row(changed))
        )
        await self._keep_version(changed)

        async def forget() -> None:
            self._published.forget_latest(changed.id)

        self._transaction.after_commit(f"published:{changed.id}", forget)

    async def page(self, after: UUID | None, limit: int) -> Sequence[Survey]:
        statement = _latest.order_by(survey.c.id).limit(limit)
        if after is not None:
            statement = statement.where(survey.c.id > after)
        return [_survey(row) for row in (await self._connection.execute(statement)).mappings()]

    async def published(self, survey_id: UUID, version: int | None = None) -> PublishedVersion:
        known = self._published.find(survey_id, version)
        if known is not None:
            return known
        wanted = survey.c.published_version if version is None else sa.literal(version)
        statement = (
            sa.select(survey.c.id, survey_version.c.version, survey_version.c.definition)
            .join_from(
                survey,
                survey_version,
                sa.and_(
                    survey_version.c.survey_id == survey.c.id,
                    survey_version.c.version == wanted,
                    survey_version.c.published_at.is_not(None),
                ),
                isouter=True,
            )
            .where(survey.c.id == survey_id)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None or (row.version is None and version is not None):
            raise UnknownSurvey
        if row.version is None:
            raise NotPublished
        found = PublishedVersion(
            survey_id, row.version, _definitions.validate_python(row.definition)
        )
        self._published.remember(found, is_latest=version is None)
        return found

    async def note_foreign(self, surveys: Sequence[ForeignSurvey]) -> None:
        if surveys:
            statement = insert(foreign_survey).values([asdict(foreign) for foreign in surveys])
            await self._connection.execute(statement.on_conflict_do_nothing())

    async def foreign(self, after: UUID | None, limit: int) -> Sequence[ForeignSurvey]:
        statement = sa.select(foreign_survey).order_by(foreign_survey.c.id).limit(limit)
        if after is not None:
            statement = statement.where(foreign_survey.c.id > after)
        rows = (await self._connection.execute(statement)).mappings()
        return [ForeignSurvey(**row) for row in rows]

    async def exists(self, survey_id: UUID) -> bool:
        ours = sa.select(survey.c.id).where(survey.c.id == survey_id)
        foreign = sa.select(foreign_survey.c.id).where(foreign_survey.c.id == survey_id)
        return bool(await self._connection.scalar(sa.select(ours.exists() | foreign.exists())))

    async def _keep_version(self, kept: Survey) -> None:
        """A published version is never touched again: its row only takes a definition while it is a draft."""
        values = {
            "definition": _definitions.dump_python(kept.definition, mode="json"),
            "published_at": None if kept.is_draft else kept.changed_at,
        }
        statement = insert(survey_version).values(survey_id=kept.id, version=kept.version, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["survey_id", "version"],
                set_=values,
                where=survey_version.c.published_at.is_(None),
            )
        )


def _row(kept: Survey) -> dict[str, object]:
    return {
        "id": kept.id,
        "name": kept.name,
        "revision": kept.revision,
        "version": kept.version,
        "published_version": kept.published_version,
        "created_at": kept.created_at,
        "changed_at": kept.changed_at,
    }


def _survey(row: sa.RowMapping) -> Survey:
    values: dict[str, Any] = dict(row)
    values["definition"] = _definitions.validate_python(values["definition"])
    return Survey(**values)
