"""Every embedded store on the same 10,000 vectors: how long a search takes, against the default
one's in the same run, and how many of the true neighbours it gives.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

from polysense import Part, registry
from polysense.encoders.minilm import MiniLM
from polysense.evaluate.bench import Row, mean
from polysense.protocols import Match, Store, Vectors
from polysense.types import Asset, Chunk, Space, Span

CHUNKS, QUERIES, K, DEEP, BATCH = 10_000, 100, 10, 200, 1000

STORES = {
    "lancedb": ("lancedb", "lancedb://{}"),
    "faiss Flat": ("faiss", "faiss://{}"),
    "faiss HNSW32": ("faiss", "faiss://{}?index=HNSW32"),
    "faiss IVF128,Flat": ("faiss", "faiss://{}?index=IVF128,Flat"),
    "faiss IVF128,SQ8": ("faiss", "faiss://{}?index=IVF128,SQ8"),
    "chroma": ("chromadb", "chroma://{}"),
}
"""Name -> the package that it needs, its address."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Sentences of abstracts, and the questions about them."""
    chunks, vectors, questions, query_vectors = sentences(data / "text-cranfield")
    space = MiniLM().space
    truth = [set(np.argsort(-(vectors @ q))[:K].tolist()) for q in query_vectors]
    base: dict[str, float] = {}
    for name, (package, address) in STORES.items():
        if not find_spec(package):
            yield Row(f"{name}: not measured", "", "", None, f"{package} is not installed")
            continue
        store = registry.store(address.format(work / re.sub(r"\W", "-", name)))
        begin = time.process_time()
        for i in range(0, len(chunks), BATCH):
            store.add(chunks[i : i + BATCH])
            store.add_vectors(space, chunks[i : i + BATCH], vectors[i : i + BATCH])
        store.optimize()
        filling = time.process_time() - begin
        yield from measure(
            name,
            store,
            space,
            list(zip(questions, query_vectors, strict=True)),
            truth,
            filling,
            base,
        )
        store.close()


def sentences(cranfield: Path) -> tuple[list[Chunk], Vectors, list[str], Vectors]:
    """Chunks of one sentence, with real vectors; questions, with theirs."""
    abstracts = re.findall(
        r"\.W\n(.*?)(?=^\.I |\Z)", (cranfield / "cran.all.1400").read_text("utf-8"), re.S | re.M
    )
    texts = [" ".join(s.split()) for a in abstracts for s in re.findall(r"[^.]{30,}\.", a)]
    texts = list(dict.fromkeys(texts))[:CHUNKS]
    chunks = [
        Chunk(
            Asset(f"{n:032x}", f"/cranfield/{n}.txt", "text/plain", "text", n, {}),
            Span(lines=(1, 1)),
            "text",
            text=text,
        )
        for n, text in enumerate(texts)
    ]
    queries = re.split(r"^\.I \d+\n\.W\n", (cranfield / "cran.qry").read_text("utf-8"), flags=re.M)
    questions = [" ".join(q.split()) for q in queries[1 : QUERIES + 1]]
    encoder = MiniLM()
    rows = [
        encoder.encode([Part("text", t) for t in texts[i : i + BATCH]], "document")
        for i in range(0, len(texts), BATCH)
    ]
    query_rows = encoder.encode([Part("text", q) for q in questions], "query")
    return chunks, np.concatenate(rows), questions, np.asarray(query_rows, np.float32)


def measure(
    name: str,
    store: Store,
    space: Space,
    queries: Sequence[tuple[str, Vectors]],
    truth: Sequence[set[int]],
    filling: float,
    base: dict[str, float],
) -> Iterator[Row]:
    """One store; `base` holds the times of the first, the default one."""

    def row(what: str, search: Callable[[str, Vectors], Sequence[Match]], note: str = "") -> Row:
        milliseconds = 1000 * median(timed(search, *q) for q in queries)
        ratio = milliseconds / base.setdefault(what, milliseconds)
        return Row(f"{name}: {what}, against lancedb", f"{ratio:.2f}", "", None,
                   f"{milliseconds:.2f} ms of processor time{note}")  # fmt: skip

    store.nearest(space, queries[0][1], K)  # what it keeps in memory is there
    store.lexical(queries[0][0], K)
    numbers = [
        {
            int(c.asset.id, 16)
            for c in store.get([m.id for m in store.nearest(space, q, K)]).values()
        }
        for _, q in queries
    ]
    recall = mean(len(a & b) / K for a, b in zip(numbers, truth, strict=True))
    base.setdefault("filling", filling)
    yield Row(f"{name}: filling and indexing, against lancedb", f"{filling / base['filling']:.2f}",
              "", None, f"{filling:.1f} s, {CHUNKS} chunks")  # fmt: skip
    yield Row(f"{name}: recall@{K}", f"{recall:.3f}", ">= 0.95", recall >= 0.95,
              f"MiniLM vectors of sentences, {len(queries)} questions")  # fmt: skip
    yield row(f"nearest {K}", lambda _, q: store.nearest(space, q, K))
    yield row(f"nearest {DEEP}", lambda _, q: store.nearest(space, q, DEEP))
    half, few = f"size < {CHUNKS // 2}", f"size < {CHUNKS // 100}"
    yield row(f"nearest {K} of a half", lambda _, q: store.nearest(space, q, K, half))
    yield row(f"nearest {K} of 1 in 100", lambda _, q: store.nearest(space, q, K, few))
    yield row(f"words {DEEP}", lambda text, _: store.lexical(text, DEEP))


def timed(search: Callable[[str, Vectors], Sequence[Match]], text: str, vector: Vectors) -> float:
    """Seconds of the processor that one search takes, whatever else runs beside it."""
    begin = time.process_time()
    search(text, vector)
    return time.process_time() - begin
