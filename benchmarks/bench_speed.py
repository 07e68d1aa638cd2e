"""How long a search takes in 5,000 chunks, how large its process grows, and what the library adds
to its encoder and its store.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import lancedb

from common import command
from polysense import Library, Part
from polysense.encoders.minilm import MiniLM
from polysense.evaluate.bench import Row
from polysense.read.language.analysis import analyse_query
from polysense.registry import kit

CHUNKS, QUERIES, FRESH = 5_000, 100, 5
PASSAGES, ROUNDS = 600, 3
WORDS = 185


def run(data: Path, work: Path) -> Iterator[Row]:
    """Searching, then indexing."""
    cranfield = data / "text-cranfield"
    abstracts = re.findall(
        r"\.W\n(.*?)(?=^\.I |\Z)", (cranfield / "cran.all.1400").read_text("utf-8"), re.S | re.M
    )
    sentences = [s for text in abstracts for s in re.findall(r"[^.]+\.", text) if s.count(" ") < 60]
    texts = passages(sentences, CHUNKS)
    queries = [
        " ".join(q.split())
        for q in re.split(
            r"^\.I \d+\n\.W\n", (cranfield / "cran.qry").read_text("utf-8"), flags=re.M
        )[1:]
    ]
    yield from searching(texts, queries[:QUERIES], work / "large")
    yield from indexing(texts[:PASSAGES], work / "small")


def passages(sentences: Sequence[str], count: int) -> list[str]:
    """Abstracts' sentences, mixed: each passage nearly as long as a chunk may be, no two alike."""
    chance = random.Random(1)
    texts = []
    for _ in range(count):
        words: list[str] = []
        while len(words) + len(more := " ".join(chance.choice(sentences).split()).split()) <= WORDS:
            words += more
        texts.append(" ".join(words))
    return texts


def save_files(texts: Sequence[str], folder: Path, each: int) -> Path:
    """Files of so many passages."""
    folder.mkdir(parents=True)
    for n in range(0, len(texts), each):
        (folder / f"{n:05}.txt").write_text("\n\n".join(texts[n : n + each]), "utf-8")
    return folder


def searching(texts: Sequence[str], queries: Sequence[str], work: Path) -> Iterator[Row]:
    """A fresh process, then a warm one, then against what it is made of."""
    files = save_files(texts, work / "files", each=25)
    with Library(work / "kb") as kb:
        kb.index(files)
        size = f"{kb.store.count()} chunks"
    runs = [command("search", query, library=work / "kb") for query in queries[:FRESH]]
    wall, memory = median(r.seconds for r in runs), max(r.megabytes for r in runs)
    yield Row(
        "search, fresh process, seconds",
        f"{wall:.2f}",
        "< 1.6",
        wall < 1.6,
        f"{size}; median of {FRESH}",
    )
    yield Row("search, fresh process, peak memory", f"{memory:.0f} MB", "< 400", memory < 400)
    with Library(work / "kb") as kb:
        whole, bare = compare(kb.search, raw(work / "kb" / "store"), queries)
    p50, p95 = median(whole), quantiles(whole, n=20)[-1]
    yield Row(
        "search, warm, p50 ms", f"{p50:.1f}", "< 15", p50 < 15, f"{size}, {len(queries)} queries"
    )
    yield Row("search, warm, p95 ms", f"{p95:.1f}")
    ratio = p50 / median(bare)
    yield Row(
        "search, warm, against encode + raw LanceDB",
        f"{ratio:.2f}x",
        "<= 1.5",
        ratio <= 1.5,
        f"{median(bare):.1f} ms raw, p50",
    )


def raw(store: Path) -> Callable[[str], object]:
    """A question as LanceDB's own user would put it: encoded, nearest vectors, full-text search,
    both with their rows.
    """
    database, encoder = lancedb.connect(store), MiniLM()
    vectors, chunks = database.open_table("vectors_minilm"), database.open_table("chunks")

    def search(question: str) -> object:
        vector = encoder.encode([Part("text", question)], "query")[0]
        nearest = vectors.search(vector).distance_type("cosine").limit(10).to_list()
        text_hits = (
            chunks.search(analyse_query(question), query_type="fts", fts_columns="words")
            .limit(10)
            .to_list()
        )
        return nearest, text_hits

    return search


def compare(
    one: Callable[[str], object], other: Callable[[str], object], queries: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each call of both, in turns, after a few that do not count."""
    for query in queries[-3:]:
        one(f"{query} again")
        other(f"{query} again")
    times = [(clock(partial(one, q)), clock(partial(other, q))) for q in queries]
    return [a for a, _ in times], [b for _, b in times]


def clock(call: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def indexing(texts: Sequence[str], work: Path) -> Iterator[Row]:
    """The library, with every encoder of the profile, against its text encoder alone on the same
    words, in turns.
    """
    files = save_files(texts, work / "files", each=3)
    models = kit()
    encoder = models.encoders["minilm"]
    encoder.encode([Part("text", "wake up")])
    whole, bare = [], []
    for n in range(ROUNDS):
        with Library(work / str(n), kit=models) as kb:
            whole.append(clock(partial(kb.index, files)))
            words = [Part("text", c.words) for asset in kb.assets() for c in kb.chunks(asset.id)]
        bare.append(clock(partial(encoder.encode, words, "document")))
    ratio = median(whole) / median(bare)
    rates = " against ".join(f"{1000 * len(words) / median(times):.0f}" for times in (whole, bare))
    note = f"{rates} passages/s, {len(words)} passages"
    yield Row(
        "indexing, against the bare text encoder", f"{ratio:.2f}x", "<= 1.25", ratio <= 1.25, note
    )
