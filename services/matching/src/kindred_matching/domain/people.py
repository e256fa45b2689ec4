"""Customers in flat arrays, as events are in theirs, so that many are compared with all events at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.facts import Customer, Norm
from kindred_matching.domain.naming import Names
from kindred_matching.domain.slots import Places
from kindred_matching.domain.vocabulary import COMPANY

_WEEK = range(7)

MOST_COST = 2**62
"""Cents that nothing costs."""

PUBLIC_SECTOR_NORM = Norm(max_value=0, business_only=True)
"""What holds for a public servant who has not been asked what he may accept."""

NO_NORM = Norm(max_value=None, business_only=False)

PERSON = np.dtype(
    [
        ("active", "?"),
        ("objected", "?"),
        ("invitable", "?"),
        ("open_case", "?"),
        ("account_value", "f8"),
        ("latitude", "f8"),  # not a number where it is not known, and so on
        ("longitude", "f8"),
        ("farthest", "f8"),  # km, without end for who named no distance
        ("blocked", "u1"),  # weekdays, a bit each
        ("language", "u8"),  # one bit, none for a language that no event ever spoke
        ("most_cost", "i8"),
        ("business_only", "?"),
        ("company", "?"),
        ("nps", "f8"),  # not a number for who was not asked
        ("birth_year", "f8"),
        ("last_moment", "f8"),  # seconds since 1970, before all time for who had none
    ]
)


class Excluded(NamedTuple):
    """Themes that customers want nothing of: rows of people, and numbers of themes that some event ever had."""

    person: Places
    theme: Places


@dataclass(frozen=True, slots=True)
class People:
    """Some customers, in this order; each column of ``PERSON`` is an array."""

    rows: dict[str, NDArray[Any]]
    excluded: Excluded

    @classmethod
    def of(cls, customers: Sequence[Customer], themes: Names, languages: Names) -> "People":
        """These customers, to be compared with events whose names have these numbers."""
        rows = np.array([_row(each, languages) for each in customers], dtype=PERSON)
        columns = {name: np.ascontiguousarray(rows[name]) for name in PERSON.names or ()}
        found = [
            (row, number)
            for row, customer in enumerate(customers)
            for theme in customer.excluded_themes
            if (number := themes.find(theme)) >= 0
        ]
        return cls(columns, Excluded(*np.array(found, dtype=np.int64).reshape(-1, 2).T))

    def __len__(self) -> int:
        return len(self.rows["active"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of that name, as one: a row for each customer."""
        return self.rows[name][:, None]


def _row(customer: Customer, languages: Names) -> tuple[Any, ...]:
    home, last, norm = customer.home, customer.last_attended_at, norm_of(customer)
    spoken = languages.find(customer.language)
    return (
        customer.active,
        customer.objected,
        customer.may_be_invited,
        customer.open_case,
        customer.account_value,
        *((np.nan, np.nan) if home is None else (home.latitude, home.longitude)),
        _known(customer.max_distance_km, np.inf),
        sum(1 << day for day in _WEEK if day in customer.blocked_weekdays),
        0 if spoken < 0 else 1 << spoken,
        _known(norm.max_value, MOST_COST),
        norm.business_only,
        customer.companion_wish in COMPANY,
        _known(customer.nps, np.nan),
        _known(customer.birth_year, np.nan),
        -np.inf if last is None else last.timestamp(),
    )


def _known(amount: float | None, otherwise: float) -> float:
    """The amount, or what stands for one that nobody told."""
    return otherwise if amount is None else amount


def norm_of(customer: Customer) -> Norm:
    """What the customer may accept."""
    return customer.norm or (PUBLIC_SECTOR_NORM if customer.public_sector else NO_NORM)
