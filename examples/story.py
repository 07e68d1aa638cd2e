"""Words and a reference video -> a new clip, cut from the films of the library."""

from __future__ import annotations

import sys
from pathlib import Path

from _pictures import boat, film, market

from polysense import Library, Video

SUBTITLES = {
    "harbour": "At dawn the little boat leaves the harbour.",
    "storm": "In the storm the waves lift the boat high.",
    "island": "At noon the boat lands on the island of birds.",
}


def films(folder: Path) -> Path:
    """Four films, each with its subtitles: three of a boat, one of something else."""
    folder.mkdir(parents=True, exist_ok=True)
    for weather, subtitle in SUBTITLES.items():
        film(folder / f"{weather}.mp4", boat(weather), subtitle)
    film(folder / "market.mp4", market(), "Apples are sold at the market on Friday.")
    return folder


def main(folder: Path = Path("polysense-examples/story")) -> None:
    """Film, index, ask with words and a short, small, dark film of a boat."""
    shots = films(folder / "films")
    reference = film(
        folder / "reference.mp4",
        (shot.resize((320, 180)).point(lambda v: v * 0.8) for shot in boat("harbour", seconds=2)),
    )
    question = (
        "The story of the boat in several scenes: from the harbour to the island of birds, and "
        "through a storm"
    )
    with Library(folder / "kb") as kb:
        kb.index(shots)
        answer = kb.ask(question, Video(reference), to="video")
    print(f"asked: {question} (with reference.mp4)\n{answer}\n")
    clip = answer.parts[0].part
    print(f"got:   {answer.save(folder / 'story.mp4').name}, {clip.meta['seconds']} s")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
