"""A survey through its versions: a draft is changed until it is published, then it stands for ever."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from kindred_survey.domain.definition_rules import check_definition
from kindred_survey.domain.errors import NothingToPublish
from kindred_survey.domain.questions import Definition

SURVEYS = UUID("0b9f3a52-6c1e-5b7a-8d24-3f5e7c9a1b01")
RESPONSES = UUID("0b9f3a52-6c1e-5b7a-8d24-3f5e7c9a1b02")


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey at its latest ``version``, whose ``definition`` is a draft until ``published_version`` reaches it.

    ``revision`` counts every change, so that two editors cannot overwrite each other.
    """

    id: UUID
    name: str
    revision: int
    version: int
    definition: Definition
    published_version: int | None
    created_at: datetime
    changed_at: datetime

    @property
    def is_draft(self) -> bool:
        return self.published_version != self.version


def new_survey(survey_id: UUID, name: str, definition: Definition, now: datetime) -> Survey:
    """A survey whose first version is a draft.

    Raises:
        WrongDefinition: it could not be asked.
    """
    check_definition(definition)
    return Survey(survey_id, name, 1, 1, definition, None, now, now)


def change(survey: Survey, name: str, definition: Definition, now: datetime) -> Survey:
    """The survey with another draft; a published version stays as it is and the draft becomes the next version.

    Raises:
        WrongDefinition: it could not be asked.
    """
    check_definition(definition)
    return replace(
        survey,
        name=name,
        revision=survey.revision + 1,
        version=survey.version if survey.is_draft else survey.version + 1,
        definition=definition,
        changed_at=now,
    )


def publish(survey: Survey, now: datetime) -> Survey:
    """The survey with its latest version frozen and open for answers.

    Raises:
        NothingToPublish: it is published already.
    """
    if not survey.is_draft:
        raise NothingToPublish
    return replace(
        survey, revision=survey.revision + 1, published_version=survey.version, changed_at=now
    )


def survey_id_of(source: str, name: str) -> UUID:
    """The survey that another system or an import calls ``name``: UUIDv5 of both."""
    return uuid5(SURVEYS, f"{source}:{name}")


def response_id_of(survey_id: UUID, version: int, customer_id: UUID) -> UUID:
    """One person's set of answers to one version of a survey."""
    return uuid5(RESPONSES, f"{survey_id}:{version}:{customer_id}")
