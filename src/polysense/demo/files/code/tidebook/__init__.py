"""The tide display of Wrenholm: fetches the gauge's readings and works out when the mill can grind."""

from .fetch import GaugeSilent, read_gauge
from .tides import grinding_hours, height

__all__ = ["GaugeSilent", "grinding_hours", "height", "read_gauge"]
