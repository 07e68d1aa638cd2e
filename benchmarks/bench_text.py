"""Words to words: Cranfield abstracts, and XQuAD questions in the language of the paragraph and
across languages.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from polysense import Library
from polysense.evaluate.bench import Row, mean
from polysense.evaluate.metrics import ndcg, reciprocal_rank
from polysense.registry import kit

TEXT_ONLY = ["-photo", "-conse", "-sound", "-sound_events", "-speaker", "-shape"]
ACROSS = {"en": "zh", "zh": "en"}
"""The language of paragraphs, and another in which they are asked for."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Cranfield, then XQuAD."""
    yield from cranfield(data / "text-cranfield", work / "cranfield")
    yield from xquad(data / "text-xquad-half", work / "xquad")


def library(folder: Path, texts: dict[str, str]) -> Library:
    """A library of one text file for each name."""
    files = folder / "files"
    files.mkdir(parents=True)
    for name, text in texts.items():
        (files / f"{name}.txt").write_text(text, "utf-8")
    kb = Library(folder / "kb", kit=kit(encoders=TEXT_ONLY))
    kb.index(files)
    return kb


def ranked(kb: Library, question: str, using: str = "") -> list[str]:
    """Names of the best ten files."""
    return [
        h.chunk.asset.name.removesuffix(".txt")
        for h in kb.search(question, by="asset", k=10, using=using)
    ]


def read_cranfield(
    source: Path,
) -> tuple[dict[str, str], list[str], dict[int, dict[str, float]]]:
    """The abstracts by number, the questions, and of each, counted from 1, what is relevant."""
    raw = (source / "cran.all.1400").read_text()
    texts = {}
    for number, record in re.findall(r"^\.I (\d+)\n(.*?)(?=^\.I |\Z)", raw, re.S | re.M):
        words = record.partition("\n.W\n")[2].strip()
        if words:
            texts[number] = words
    questions = [
        q.replace("\n", " ").strip()
        for q in re.split(r"^\.I \d+\n\.W\n", (source / "cran.qry").read_text(), flags=re.M)[1:]
    ]
    grades: dict[int, dict[str, float]] = defaultdict(dict)
    for line in (source / "cranqrel").read_text().splitlines():
        query, document, grade = line.split()[:3]
        if grade != "-1":
            grades[int(query)][document] = 1.0
    return texts, questions, grades


def cranfield(source: Path, work: Path) -> Iterator[Row]:
    """1,400 abstracts, 225 questions; relevance binary, -1 is not relevant."""
    texts, questions, grades = read_cranfield(source)
    with library(work, texts) as kb:

        def score(using: str) -> float:
            return mean(ndcg(ranked(kb, q, using), grades[i]) for i, q in enumerate(questions, 1))

        hybrid = score("")
        yield Row("Cranfield nDCG@10, hybrid", f"{hybrid:.4f}", ">= 0.43", hybrid >= 0.43)
        yield Row("Cranfield nDCG@10, BM25 alone", f"{score('bm25 % 200'):.4f}")
        yield Row("Cranfield nDCG@10, MiniLM alone", f"{score('minilm % 200'):.4f}")
        yield Row(
            "Cranfield nDCG@10, plain rank fusion of the two",
            f"{score('bm25 % 200 + minilm % 200'):.4f}",
        )


def xquad(source: Path, work: Path) -> Iterator[Row]:
    """Which paragraph answers: R@1 within a language, and between English and Chinese."""

    def read(lang: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
        return _read(source / f"xquad.{lang}.json")

    for lang in ("en", "zh", "es", "de", "ru", "ar"):
        texts, questions = read(lang)
        with library(work / lang, texts) as kb:
            hybrid = mean(float(ranked(kb, q)[:1] == [gold]) for q, gold in questions)
            lexical = mean(
                float(ranked(kb, q, "bm25 % 200")[:1] == [gold]) for q, gold in questions
            )
            has_target = lang in ("en", "zh")
            reached = hybrid >= 0.94 and hybrid >= lexical if has_target else None
            yield Row(
                f"XQuAD {lang} question -> {lang} paragraph R@1",
                f"{hybrid:.4f}",
                ">= 0.94, >= lexical" if has_target else "",
                reached,
            )
            yield Row(f"XQuAD {lang}, lexical alone R@1", f"{lexical:.4f}")
            if other := ACROSS.get(lang):
                rankings = [(ranked(kb, q), gold) for q, gold in read(other)[1]]
                first = mean(float(ranking[:1] == [gold]) for ranking, gold in rankings)
                ranks = mean(reciprocal_rank(ranking, {gold}) for ranking, gold in rankings)
                yield Row(
                    f"XQuAD {other} question -> {lang} paragraph R@1",
                    f"{first:.4f}",
                    note=f"MRR@10 {ranks:.4f}; {len(rankings)} questions, {len(texts)} paragraphs",
                )


def _read(path: Path) -> tuple[dict[str, str], list[tuple[str, str]]]:
    texts: dict[str, str] = {}
    questions = []
    for article in json.loads(path.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            name = f"p{len(texts)}"
            texts[name] = paragraph["context"]
            questions += [(q["question"], name) for q in paragraph["qas"]]
    return texts, questions
