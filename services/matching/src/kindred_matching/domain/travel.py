"""Distances, and which events one person cannot both attend."""

import numpy as np
from numpy.typing import NDArray

from kindred_matching.domain.exact import Floats
from kindred_matching.domain.facts import Place

EARTH_RADIUS_KM = 6371.0088
SPEED_KM_H = 60.0
"""As the crow flies: roads are longer than that, and driving is faster."""

Bools = NDArray[np.bool_]
Seconds = NDArray[np.int64]


def distances_km(place: Place | None, latitudes: Floats, longitudes: Floats) -> Floats:
    """Great-circle distances, to the nearest 1/1024 km; not a number where a place is unknown."""
    if place is None:
        return np.full(latitudes.shape, np.nan)
    here = np.array([place.latitude]), np.array([place.longitude])
    km: Floats = great_circles_km(*here, latitudes, longitudes)[0]
    return km


def great_circles_km(
    from_latitudes: Floats, from_longitudes: Floats, latitudes: Floats, longitudes: Floats
) -> Floats:
    """The same from several places (rows) to others (columns), by the haversine."""
    here, there = np.radians(from_latitudes)[:, None], np.radians(latitudes)
    across = np.radians(longitudes - from_longitudes[:, None])
    across /= 2
    half_chord = np.sin(across) ** 2
    half_chord *= np.cos(here) * np.cos(there)
    half_chord += np.sin((there - here) / 2) ** 2
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))
    rounded: Floats = np.rint(km * 1024) / 1024
    return rounded


def travel_seconds(km: Floats) -> Seconds:
    """Whole seconds on the road; none where the distance is unknown."""
    seconds: Seconds = np.nan_to_num(np.ceil(km / SPEED_KM_H * 3600), nan=0.0).astype(np.int64)
    return seconds


def clashes(start: int, end: int, starts: Seconds, ends: Seconds, travel: Seconds) -> Bools:
    """Which of the events in [starts, ends) cannot be attended beside the one in [start, end), travel included.

    Intervals are half-open: what ends at three and what begins at three go together when there is nothing to travel.
    """
    together: Bools = (starts < end + travel) & (start < ends + travel)
    return together
