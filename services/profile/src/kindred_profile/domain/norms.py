"""What a customer may accept: the strictest of what is known holds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """Most euro per invitation (None: no limit), whether the content must be business, and who says so."""

    max_value: float | None
    business_only: bool
    stated_by: str


@dataclass(frozen=True, slots=True)
class OwnNorm:
    """What the customer himself said; None where he was not asked."""

    max_value: float | None = None
    business_only: bool | None = None


def effective_norm(own: OwnNorm, recorded: Norm | None, *, public_sector: bool) -> Norm | None:
    """The norm that counts, or None when nothing limits.

    His own norm beats a looser one. In the public sector what nobody was asked is forbidden.
    """
    max_value, business_only = _strictest(own, recorded)
    if public_sector:
        max_value = 0.0 if max_value is None else max_value
        business_only = True if business_only is None else business_only
    if max_value is None and business_only is None:
        return None
    return Norm(max_value, bool(business_only), _stated_by(own, recorded))


def _strictest(own: OwnNorm, recorded: Norm | None) -> tuple[float | None, bool | None]:
    if recorded is None:
        return own.max_value, own.business_only
    limits = [v for v in (own.max_value, recorded.max_value) if v is not None]
    content = recorded.business_only or bool(own.business_only)
    return min(limits, default=None), content


def _stated_by(own: OwnNorm, recorded: Norm | None) -> str:
    if own != OwnNorm():
        return "self"
    return "crm" if recorded is None else recorded.stated_by
