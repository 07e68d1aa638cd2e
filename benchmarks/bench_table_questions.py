"""Questions of one table, worked out by its rows and columns (WikiTableQuestions)."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from common import evidence
from polysense.evaluate.bench import Row
from polysense.make.table.table_aggregate import TableAggregate
from polysense.make.table.table_rows import TableRows
from polysense.types import Part


def run(data: Path, work: Path) -> Iterator[Row]:
    """Questions of WikiTableQuestions (Pasupat & Liang, ACL 2015), each with its table."""
    folder = data / "tables-wikitable"
    with (folder / "questions.tsv").open(encoding="utf-8") as file:
        questions = [line.rstrip("\n").split("\t") for line in file][1:]
    ids = sorted(row[0] for row in questions)
    random.Random(7).shuffle(ids)
    unseen = set(ids[len(ids) // 2 :])  # its first half was looked at while the rules were made
    sample = random.Random(1).sample([row for row in questions if row[0] in unseen], 300)
    answer_count = right = 0
    for _, question, table, answers in sample:
        sources, query = (
            [evidence(1, folder / table, "text/csv", "table")],
            (Part("text", question),),
        )
        result = next(TableAggregate().generate(query, sources), None) or next(
            TableRows().generate(query, sources), None
        )
        if result is not None and "answer" in result.meta:
            answer_count += 1
            right += _is_right(
                [str(v) for v in result.meta["answer"]], [_unescaped(a) for a in answers.split("|")]
            )
    note = (
        f"{len(sample)} questions of the half kept for testing (its tables are in both halves), "
        "the right table given"
    )
    yield Row(
        "Question of a table: share worked out", f"{answer_count / len(sample):.3f}", note=note
    )
    yield Row(
        "Question of a table: right, of those worked out",
        f"{right / max(1, answer_count):.3f}",
        note=f"{right} of {answer_count}, exactly",
    )


def _unescaped(text: str) -> str:
    return text.replace(r"\n", "\n").replace(r"\p", "|").replace("\\\\", "\\")


def _is_right(answers: Sequence[str], truths: Sequence[str]) -> bool:
    """As many different answers, each the same words or the same number, after the data set's own
    evaluator.
    """
    one, other = {_plain(v) for v in answers}, {_plain(v) for v in truths}
    return len(one) == len(other) and other <= one


def _plain(text: str) -> str:
    text = "".join(
        c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn"
    )
    text = re.sub("[‘’´`]", "'", re.sub("[“”]", '"', re.sub("[‐‑‒–—−]", "-", text)))
    while True:
        before = text
        text = re.sub(r"((?<!^)\[[^\]]*\]|\[\d+\]|[•♦†‡*#+])*$", "", text.strip())
        text = re.sub(r"(?<!^)( \([^)]*\))*$", "", text.strip())
        text = re.sub(r'^"([^"]*)"$', r"\1", text.strip())
        if text == before:
            break
    text = " ".join(text.removesuffix(".").lower().split())
    bare = text.replace(",", "")
    return f"{float(bare):.9g}" if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else text
