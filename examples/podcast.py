"""A question to a podcast -> the seconds in which it is answered, and the answer spoken."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from polysense import Library, Part
from polysense.demo import FILES

QUESTION = "Where did Maren Oake keep the spare key?"


def main(folder: Path = Path("polysense-examples/podcast")) -> None:
    """Index the recordings of the demo, each with its subtitles, and ask."""
    shutil.copytree(FILES / "sounds", folder / "podcast", dirs_exist_ok=True)
    with Library(folder / "kb") as kb:
        kb.index(folder / "podcast")
        answer = kb.ask(QUESTION, to=("text", "audio"))
        sources = {str(e.n): f"{e.hit.chunk.asset.name}, {e.span}" for e in answer.evidence}
        best = Part("text", answer.text.splitlines()[0], meta={"sources": sources})
        (speech,) = kb.kit.converters["speech"].convert(best)
    print(f"asked: {QUESTION}\n{answer}\n")
    print("got:  ", answer.save(folder / "seconds.mp3").name)
    (folder / "spoken.wav").write_bytes(speech.data)
    print("got:   spoken.wav,", " ".join(words for _, _, words in speech.meta["cues"]))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
