"""What long work shows."""

from __future__ import annotations

import io

from polysense.ingest.progress import ProgressLine, SilentProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_there_is_no_terminal_only_notes_are_written() -> None:
    """Logs and pipes must not fill with bars."""
    out = io.StringIO()
    line = ProgressLine(out)
    for n in range(5):
        line.step("reading", n, 4)
    line.note("ocr: not installed")
    assert out.getvalue() == "ocr: not installed\n"


def test_on_a_terminal_one_line_is_rewritten_and_ends() -> None:
    """The last state of each stage stays, on a line of its own and no wider than a terminal."""
    out = Terminal()
    line = ProgressLine(out)
    line.step("reading", 0, 2, "x" * 500)
    line.step("reading", 2, 2, "b.txt")
    line.step("vectors", 0, 0)
    output = out.getvalue()
    assert "reading          ━━━━━━━━━━━━━━━━━━━━ 2/2" in output
    assert output.count("\n") == 2
    assert all(len(piece) <= 118 for piece in output.replace("\n", "").split("\r\x1b[2K"))


def test_notes_end_the_line_they_interrupt() -> None:
    """A note in mid-stage must not be glued to the bar."""
    out = Terminal()
    line = ProgressLine(out)
    line.step("reading", 0, 2)
    line.note("careful")
    assert "\ncareful\n" in out.getvalue()


def test_silence() -> None:
    """The default of the library says nothing."""
    SilentProgress().step("reading", 1, 2)
    SilentProgress().note("x")
