"""The settings of the matching service."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from kindred_common.i18n.translator import AMSTERDAM
from kindred_common.runtime.settings import ServiceSettings
from kindred_matching.domain.kinship import ThemeTree
from kindred_matching.domain.rules import RELEASE, Rules


class MatchmakingSettings(BaseModel):
    """How matching matches; a change counts from the next start of the writer, for all customers.

    ``cap`` open invitations per customer, ``hospitality_per_year`` euro per customer and calendar year. ``tick_seconds``
    between looks at the clock. A writer that shows no life for ``lease_seconds`` is replaced. A snapshot is taken after
    ``snapshot_every`` inputs, or before if they made much work. ``themes`` names a file with themes of your own. ``regions`` one with
    regions beside the Dutch provinces, and evenings begin in ``zone``. ``learn`` tells whether replies teach
    anything; a model epoch begins at night when ``epoch_after`` first replies or more came. ``stability`` is how much more a
    proposal that stands is worth than one that would take its place, as a share of a proposal's mean score. ``budget`` euro are what
    the hospitality of all events on offer may cost together. ``per_account`` guests of one account may come to an event, and
    ``account_hospitality_per_year`` euro may be spent on all its customers in a calendar year. ``draws`` is the chance at which a
    customer is proposed for an event by lot in a week, so that the company learns what it would not have tried; 0 is never. ``hold_out`` is the
    share of customers to whom nothing is ever proposed, for comparison; whoever is held out at a share is so at each larger one.
    """

    model_config = ConfigDict(frozen=True)

    cap: int = Field(default=3, ge=1, le=100)
    hospitality_per_year: float = Field(default=500.0, ge=0, le=1e6)
    tick_seconds: float = Field(default=60.0, gt=0)
    lease_seconds: float = Field(default=15.0, ge=1)
    snapshot_every: int = Field(default=2000, ge=1)

    themes: Path | None = None
    learn: bool = True
    regions: Path | None = None
    zone: ZoneInfo = ZoneInfo(AMSTERDAM)
    stability: float = Field(default=0.1, ge=0, le=1)
    budget: float | None = Field(default=None, ge=0, le=1e9)
    per_account: int | None = Field(default=None, ge=1, le=100_000)
    account_hospitality_per_year: float | None = Field(default=None, ge=0, le=1e9)
    epoch_after: int = Field(default=100, ge=1)
    draws: float = Field(default=0.0, ge=0, le=0.1)
    hold_out: float = Field(default=0.0, ge=0, le=0.5)

    def rules(self, themes: ThemeTree) -> Rules:
        """The rules with this tree of themes."""
        return Rules(
            cap=self.cap,
            hospitality_per_year=round(self.hospitality_per_year * 100),
            themes=themes,
            learn=self.learn,
            stability=self.stability,
            budget=_cents(self.budget),
            per_account=self.per_account,
            account_hospitality_per_year=_cents(self.account_hospitality_per_year),
            draws=self.draws,
            hold_out=self.hold_out,
            release=RELEASE,
        )

    @property
    def tick(self) -> timedelta:
        return timedelta(seconds=self.tick_seconds)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)


def _cents(euro: float | None) -> int | None:
    return None if euro is None else round(euro * 100)


class MatchingSettings(ServiceSettings):
    """The service's settings: ``KINDRED_MATCHING__CAP`` sets ``matching.cap``."""

    matching: MatchmakingSettings = MatchmakingSettings()
