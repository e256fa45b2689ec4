"""Updates that change only what the client has seen: versions as entity tags."""

import re

from kindred_common.web.problems import Problem

_TAG = re.compile(r'"(\d{1,15})"')


def etag(version: int) -> str:
    """The ``ETag`` header of a thing at this version."""
    return f'"{version}"'


def required_version(if_match: str | None) -> int:
    """The version that the ``If-Match`` header names.

    Raises:
        Problem: 428 without the header, 412 when it can match no version.
    """
    if if_match is None:
        raise Problem(
            428,
            "precondition-required",
            "Say which version you change",
            "Send the ETag of what you read in If-Match.",
        )
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise stale_version()
    return int(tag[1])


def stale_version() -> Problem:
    """412 for an update of something that changed since the client read it."""
    return Problem(
        412,
        "precondition-failed",
        "It has changed since you read it",
        "Read it again, then repeat.",
    )
