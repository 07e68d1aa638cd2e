"""What a training tells at its end."""

from __future__ import annotations

from pathlib import Path

from polysense.cli.training_outcome import recall_lines, unwritten_line, written_lines


def test_recall_and_plain_numbers() -> None:
    """A line each; what is neither, none."""
    recall = {"value": 0.5, "low": 0.4, "high": 0.6}
    figures = {
        "text -> image": {"recall@1": 0.25, "recall@10": recall, "pool": 80},
        "share": 0.125,
        "gain": {"before": {}},
        "over what": "chance",
    }
    assert list(recall_lines(figures, 16)) == [
        "  text -> image    recall@1 0.250, recall@10 0.500 (0.400 to 0.600) of 80",
        "  share            0.125",
    ]


def test_what_to_do_next() -> None:
    """The line of settings; where nothing was written, why, and how it is written all the same."""
    assert list(written_lines(Path("a"), "mesh:model=a"))[1] == '  encoders = ["mesh:model=a"]'
    assert "more pairs may help" in unwritten_line(Path("a"))
    line = unwritten_line(Path("a/training"), "it is no better than chance")
    assert line.startswith("Not written: it is no better than chance. The card is in a/training;")
    assert "--anyway" in line
    assert "more pairs" not in line
