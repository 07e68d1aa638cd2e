"""How long work tells how far it is."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

_BAR_WIDTH, _LINE_WIDTH = 20, 118
_SECONDS_PER_DRAWING = 0.1


class Progress(Protocol):
    """Hears of each step; must be quick."""

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """`done` of `total` in this stage; what `detail` names is safe on disk."""
        ...

    def note(self, text: str) -> None:
        """Something that the user should know."""
        ...


class SilentProgress:
    """Says nothing."""

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class ProgressLine:
    """One line on a terminal, rewritten: stage, bar, count, rate, time left.

    Where it is no terminal, only notes are written.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._live, self._is_drawn = self._out.isatty(), False
        self._stage, self._since, self._last_drawing, self._done_at_start = "", 0.0, 0.0, 0

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        now = time.monotonic()
        if stage != self._stage:
            self.end()
            self._stage, self._since, self._done_at_start = stage, now, done
        if not self._live or (now - self._last_drawing < _SECONDS_PER_DRAWING and done < total):
            return
        self._last_drawing = now
        rate = (done - self._done_at_start) / max(now - self._since, 1e-3)
        time_left = (
            f"{_format_time((total - done) / rate)} left" if rate > 0 and done < total else ""
        )
        bar_cells = round(_BAR_WIDTH * done / max(total, 1))
        bar = "━" * bar_cells + "·" * (_BAR_WIDTH - bar_cells)
        line = f"{stage:<16} {bar} {done}/{total}  {rate:.0f}/s  {time_left}  {detail}"
        self._out.write("\r\x1b[2K" + line[:_LINE_WIDTH])
        self._out.flush()
        self._is_drawn = True
        if done >= total:
            self.end()

    def note(self, text: str) -> None:
        self.end()
        self._out.write(text + "\n")
        self._out.flush()

    def end(self) -> None:
        """Leave the line as it is: what is written next has one of its own."""
        if self._is_drawn:
            self._out.write("\n")
            self._out.flush()
        self._stage, self._is_drawn = "", False


def _format_time(seconds: float) -> str:
    rounded = int(seconds + 0.5)
    return (
        f"{rounded} s"
        if rounded < 90
        else f"{rounded // 60} min"
        if rounded < 5400
        else f"{rounded / 3600:.1f} h"
    )
