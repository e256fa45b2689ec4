"""What the recommendation question says about a customer."""

from enum import StrEnum


class LoyaltyClass(StrEnum):
    """The Net Promoter classes, and those who were never asked."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"
    UNKNOWN = "unknown"


def loyalty_class(nps: int | None) -> LoyaltyClass:
    """9-10 promotes, 7-8 is passive, 0-6 detracts."""
    if nps is None:
        return LoyaltyClass.UNKNOWN
    if nps >= 9:
        return LoyaltyClass.PROMOTER
    return LoyaltyClass.PASSIVE if nps >= 7 else LoyaltyClass.DETRACTOR


NPS_RANGES = {
    LoyaltyClass.PROMOTER: (9, 10),
    LoyaltyClass.PASSIVE: (7, 8),
    LoyaltyClass.DETRACTOR: (0, 6),
}
"""The answers that make up each class; those who were never asked have none."""
