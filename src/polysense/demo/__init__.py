"""A small mixed folder that ships with the package, and questions with known answers to ask of it.

Everything in it is invented and made by `tools/make_demo.py`; see `files/README.md`.

>>> all((FILES / q.expect).is_file() for q in QUESTIONS)
True
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FILES: Path = Path(__file__).parent / "files"
"""The collection."""

QUERIES: Path = Path(__file__).parent / "queries"
"""Files to ask with; they are not part of the collection."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and where its answer is.

    with_ names a file of QUERIES. expect is the file of FILES that must be cited; also are others
    that are as right. place is where in it, as `str(Span)` says it: the cited span lies in, or
    holds, "p. 2", "00:20", "Cash flow!H6", "L13-14"; "whole" is anywhere. answer is the value
    that a worded answer must say in its first sentence, "" where the file itself is the answer.
    """

    ask: str
    query_file: str | None
    expect: str
    place: str
    note: str = ""
    answer: str = ""
    alternatives: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        """The file that must be cited."""
        return FILES / self.expect

    @property
    def query_path(self) -> Path | None:
        """The file to ask with."""
        return QUERIES / self.query_file if self.query_file else None


QUESTIONS: tuple[Question, ...] = (
    Question(
        "How tall is the lighthouse tower?",
        None,
        "documents/handbook.pdf",
        "p. 2",
        "words of a PDF page",
        "23 metres",
    ),
    Question(
        "1953年的收据合计是多少元？",
        None,
        "letters/receipt-1953.jpg",
        "x 9-92 %, y 59-66 %",
        "a scan, read by OCR",
        "61.00",
    ),
    Question(
        "What was the net cash flow in 2023?",
        None,
        "documents/accounts.xlsx",
        "Cash flow!H6",
        "a formula's value in a sheet",
        "15,786",
    ),
    Question(
        "水轮有多少块叶片？", None, "guide.zh.md", "L14", "a line of the Chinese guide", "三十二"
    ),
    Question(
        "Where did Maren Oake keep the spare key?",
        None,
        "sounds/keeper-remembers.mp3",
        "00:20",
        "speech, by its subtitles",
        "biscuit tin",
    ),
    Question(
        "How many sacks of flour are on the ferry?",
        None,
        "video/a-day-at-the-mill.mp4",
        "00:20",
        "a film, by the subtitles inside it",
        "fourteen",
    ),
    Question(
        "Who made the lighthouse lens?",
        None,
        "graph/people.tsv",
        "L5",
        "a triple of a graph",
        "Oriel Corbel",
    ),
    Question(
        "Where is retry handled?",
        None,
        "code/tidebook/fetch.py",
        "L16-30",
        "a function",
        "with_retry",
    ),
    Question(
        "What does this error mean, and what do I do?",
        "error.png",
        "documents/handbook.pdf",
        "p. 4",
        "a photographed message",
        "boat hook",
    ),
    Question(
        "Which picture shows this bicycle?",
        "snapshot.jpg",
        "pictures/red-bicycle-basket.jpg",
        "whole",
        "a crooked, dull snapshot; its twin has no basket",
    ),
    Question(
        "Which bell is this?",
        "a-bell-in-the-fog.ogg",
        "sounds/bell-1954.ogg",
        "00:02",
        "two seconds of it, in hiss; the old bell is cracked",
    ),
    Question(
        "Which of our models is this?",
        "found-in-the-attic.ply",
        "models/keepers-chair.glb",
        "whole",
        "the same chair turned, scaled and worn",
        alternatives=("models/keepers-chair.stl", "models/keepers-chair.obj"),
    ),
)
"""Each is answered at exactly one place of FILES."""
