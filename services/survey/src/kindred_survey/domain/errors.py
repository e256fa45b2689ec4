"""What can be wrong with a request to this service.

::

    SurveyError
    ├── UnknownSurvey      there is no such survey (or no such version of it)
    ├── NotPublished       the survey cannot be answered yet
    ├── StaleRevision      the survey changed since the client read it
    ├── NothingToPublish   the latest version is published already
    ├── UnknownCustomer    the caller may not see this customer
    └── WrongFieldError    one field is wrong
        ├── WrongDefinition    a survey that could not be asked as it is defined
        ├── WrongAnswer        an answer that the survey's version does not allow
        │   └── UnknownQuestion    there is no such question in that version
        └── WrongMapping       an import mapping that does not fit its file
"""


class SurveyError(Exception):
    """A request that cannot be met as it stands."""


class UnknownSurvey(SurveyError):  # noqa: N818 - named for what the caller is told
    """There is no such survey, or no such version of it."""


class NotPublished(SurveyError):  # noqa: N818 - as above
    """The survey has no published version, so nobody can answer it."""


class StaleRevision(SurveyError):  # noqa: N818 - as above
    """The survey is not at the revision that the change was made for."""


class NothingToPublish(SurveyError):  # noqa: N818 - as above
    """The latest version of the survey is published already."""


class UnknownCustomer(SurveyError):  # noqa: N818 - as above
    """There is no such customer among those the caller may see."""


class WrongFieldError(SurveyError):
    """A fault of one field; neither ``field`` nor ``reason`` repeats what a person wrote."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class WrongDefinition(WrongFieldError):  # noqa: N818 - as above
    """A survey that could not be asked as it is defined: ``field`` says where (``questions.3.theme``)."""


class WrongAnswer(WrongFieldError):  # noqa: N818 - as above
    """An answer that the survey's version does not allow: ``field`` is the question's id."""


class UnknownQuestion(WrongAnswer):
    """The survey's version has no such question."""

    def __init__(self, question_id: str) -> None:
        super().__init__(question_id, "is not a question of this version")


class WrongMapping(WrongFieldError):  # noqa: N818 - as above
    """An import mapping that does not fit its file."""
