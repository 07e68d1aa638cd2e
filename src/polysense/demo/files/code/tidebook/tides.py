"""Two cosines make a tide good enough for millers."""

import math

MEAN_LEVEL = 2.1  # metres above the sill
CONSTITUENTS = ((1.46, 12.4206, 0.0), (0.49, 12.0, 1.1))  # amplitude in metres, period in hours, phase: moon, sun
HEAD_TO_GRIND = 1.0  # metres the sea must fall before the wheel turns


def height(hours: float) -> float:
    """Sea level, in metres above the sill, so many hours after a spring high water."""
    return MEAN_LEVEL + sum(a * math.cos(math.tau * hours / period - phase) for a, period, phase in CONSTITUENTS)


def grinding_hours(high_water: float, step: float = 0.05) -> tuple[float, float]:
    """(start, end) of grinding on the ebb after a high water, in hours: from one metre of head, for 2 h 40 min."""
    full = height(high_water)
    start = high_water
    while full - height(start) < HEAD_TO_GRIND:
        start += step
    return start, start + 2 + 40 / 60
