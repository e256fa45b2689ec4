"""Tells a database that is away or busy from a request that is wrong."""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_TRANSIENT_CLASSES = ("08", "40", "53", "57")
"""SQLSTATE classes: connection, transaction rollback (deadlock, serialization), resources, operator intervention."""

_TRANSIENT = frozenset({"55P03", "25P03", "25P04"})
"""A lock that was not to be had, and sessions that the server ended because a transaction lasted too long."""

_LOST = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: the server has rolled back, and says so."""

_UNWRITABLE = frozenset({"22021", "22P05"})
"""What the server says of texts with zero bytes, which JSON can carry and no table can."""


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed later without anyone changing it."""
    if isinstance(error, (OSError, TimeoutError, PoolTimeoutError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state[:2] in _TRANSIENT_CLASSES or state in _TRANSIENT or _lost_connection(error)


def is_unwritable(error: BaseException) -> bool:
    """Whether a value was given that no table can hold: a zero byte, half a character, a number or moment far off."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    driver = error.orig.__cause__
    beyond = driver.__cause__ if driver else None
    unwritable = getattr(error.orig, "sqlstate", None) in _UNWRITABLE
    return unwritable or isinstance(beyond, OverflowError | UnicodeEncodeError)


def lost_to_another(error: BaseException) -> bool:
    """Whether the server undid the transaction in favour of another one (deadlock), so that it may simply be run again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _LOST


def _lost_connection(error: DBAPIError) -> bool:
    """The driver reports a connection that broke in mid-use without a SQLSTATE."""
    return getattr(error.orig, "sqlstate", None) is None and isinstance(
        error.orig.__cause__ if error.orig else None, OSError
    )
