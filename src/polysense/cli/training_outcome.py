"""What commands that teach a space tell at the end: recall, what was written, how it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polysense.train.run.card import Card


def outcome(card: Card, folder: Path, spec: str, *, is_written: bool) -> dict[str, Any]:
    """For programs; spec is the encoder that what was taught is used by."""
    return {
        "folder": str(folder),
        "written": is_written,
        "encoder": spec,
        "metrics": card.metrics,
        "seconds": card.seconds,
    }


def recall_lines(figures: Mapping[str, Any], width: int) -> Iterator[str]:
    """A line for each of the figures that is a recall, and for each plain number."""
    for name, values in figures.items():
        if isinstance(values, dict) and "recall@1" in values:
            recall = values["recall@10"]
            yield (
                f"  {name:<{width}} recall@1 {values['recall@1']:.3f}, recall@10 "
                f"{recall['value']:.3f} ({recall['low']:.3f} to {recall['high']:.3f}) of "
                f"{values['pool']}"
            )
        elif isinstance(values, float):
            yield f"  {name:<{width}} {values:.3f}"


def written_lines(folder: Path, spec: str) -> Iterator[str]:
    """Where it lies, and the line of settings that uses it."""
    yield f"Written to {folder}; to use it, in polysense.toml:"
    yield f'  encoders = ["{spec}"]'


def unwritten_line(card_folder: Path, reason: str = "") -> str:
    """Why nothing was written, if not for lack of a gain, where the card is, what may be done."""
    why = reason or "the interval of the change includes no gain"
    cure = "" if reason else "more pairs may help, and "
    return (
        f"Not written: {why}. The card is in {card_folder}; {cure}--anyway writes it all the same."
    )
