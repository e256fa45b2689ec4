"""What a run of the chaos tests can be told."""

from random import Random, SystemRandom

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChaosSettings(BaseSettings):
    """``KINDRED_CHAOS_SEED`` repeats a run: the same customers, answers, bad records and times of faults.

    ``KINDRED_CHAOS_ANSWERS`` and ``KINDRED_CHAOS_PER_SECOND`` say how many answers are given and how fast.
    """

    model_config = SettingsConfigDict(env_prefix="KINDRED_CHAOS_")

    seed: int = Field(default_factory=lambda: SystemRandom().randrange(1_000_000))
    answers: int = 5000
    per_second: float = 60.0

    @property
    def seconds(self) -> float:
        """How long the answers come in."""
        return self.answers / self.per_second

    def random(self, purpose: str) -> Random:
        """A source of chance for one purpose, the same in every run with this seed."""
        return Random(f"{self.seed}/{purpose}")  # noqa: S311 - to be repeatable is its point
