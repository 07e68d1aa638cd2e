"""Words to code and to tables: a docstring finds its function, a question its table and text.

Each beside BM25 alone and MiniLM alone.
"""

from __future__ import annotations

import ast
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_text import TEXT_ONLY
from polysense import Library
from polysense.evaluate.bench import Row, mean
from polysense.registry import kit
from polysense.types import Hit

FILES, FUNCTIONS = 160, 300
"""Of the package, the files indexed, and the functions looked for."""

MIN_DOCSTRING_WORDS = 5
"""Words of a docstring's first sentence below which it says too little to be looked for."""

ALONE = {"BM25 alone": "bm25 % 200", "MiniLM alone": "minilm % 200"}


def run(data: Path, work: Path) -> Iterator[Row]:
    """The package's functions, then TAT-QA's contexts."""
    yield from code_search(data / "code-networkx", work / "code")
    yield from table_search(data / "tables-tatqa-dev", work / "tables")


@dataclass(frozen=True, slots=True)
class Function:
    """Where a function stands, and what its docstring says first."""

    file: str
    lines: tuple[int, int]
    summary: str


def code_search(source: Path, work: Path) -> Iterator[Row]:
    """First sentences of docstrings, cut out of the files, so that names and code tell."""
    files, functions = work / "files", list[Function]()
    paths = sorted(p for p in source.rglob("*.py") if "tests" not in p.parts)
    for path in random.Random(0).sample(paths, min(FILES, len(paths))):
        name = "_".join(path.relative_to(source).parts)
        text, of_file = without_docstrings(path.read_text("utf-8"), name)
        files.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(text, "utf-8")
        functions += of_file
    sample = random.Random(0).sample(functions, min(FUNCTIONS, len(functions)))
    with Library(work / "kb", kit=kit(encoders=TEXT_ONLY)) as kb:
        kb.index(files)

        def hit_at_1(using: str) -> float:
            return mean(
                float(is_function(kb.search(f.summary, k=1, using=using), f)) for f in sample
            )

        yield from _rows("Docstring -> its function, networkx, hit@1", hit_at_1, len(sample))


def is_function(hits: Any, function: Function) -> bool:
    """Whether the first hit lies in the function's lines."""
    hit: Hit | None = next(iter(hits), None)
    if hit is None or hit.chunk.asset.name != function.file or not hit.chunk.span.lines:
        return False
    first, last = hit.chunk.span.lines
    return first <= function.lines[1] and function.lines[0] <= last


def without_docstrings(text: str, name: str) -> tuple[str, list[Function]]:
    """A file with blank lines where its docstrings were, and the functions that had one."""
    lines, functions = text.splitlines(), []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            continue
        docstring = ast.get_docstring(node)
        if not docstring:
            continue
        statement = node.body[0]
        first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
        indent = len(lines[first]) - len(lines[first].lstrip())
        lines[first:last] = [" " * indent + "..."] + [""] * (last - first - 1)
        summary = " ".join(docstring.split("\n\n")[0].split()).split(". ")[0]
        is_long = len(summary.split()) >= MIN_DOCSTRING_WORDS
        if isinstance(node, ast.FunctionDef) and is_long and len(node.body) > 1:
            functions.append(Function(name, (node.lineno, node.end_lineno or node.lineno), summary))
    return "\n".join(lines), functions


def table_search(source: Path, work: Path) -> Iterator[Row]:
    """A question finds the table and paragraphs that it was asked about, among all."""
    contexts = json.loads(next(source.glob("*.json")).read_text("utf-8"))
    files = work / "files"
    files.mkdir(parents=True)
    questions = []
    for n, context in enumerate(contexts):
        rows = [" | ".join(map(str, row)) for row in context["table"]["table"]]
        rows.insert(1, " | ".join("---" for _ in context["table"]["table"][0]))
        paragraphs = [p["text"] for p in context["paragraphs"]]
        text = "\n".join(f"| {r} |" for r in rows) + "\n\n" + "\n\n".join(paragraphs)
        (files / f"c{n}.md").write_text(text, "utf-8")
        questions += [(q["question"], f"c{n}.md") for q in context["questions"]]
    with Library(work / "kb", kit=kit(encoders=TEXT_ONLY)) as kb:
        kb.index(files)

        def hit_at_1(using: str) -> float:
            return mean(
                float([h.chunk.asset.name for h in kb.search(q, k=1, using=using)] == [gold])
                for q, gold in questions
            )

        yield from _rows("TAT-QA question -> its context, hit@1", hit_at_1, len(questions))


def _rows(what: str, hit_at_1: Any, count: int) -> Iterator[Row]:
    alone = {name: hit_at_1(using) for name, using in ALONE.items()}
    default, best = hit_at_1(""), max(alone.values())
    yield Row(what, f"{default:.3f}", ">= the better alone", default >= best, f"{count} questions")
    for name, score in alone.items():
        yield Row(f"{what}, {name}", f"{score:.3f}")
