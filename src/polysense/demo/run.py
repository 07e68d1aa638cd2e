"""`polysense demo`: index the collection that ships with the package and ask it.

By words, picture, sound and mesh; then say what to type next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

from polysense.demo import FILES, QUERIES, QUESTIONS, Question
from polysense.evaluate.answers import cited_evidence, first_sentence
from polysense.evaluate.values import holds_value
from polysense.ingest.progress import ProgressLine
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.registry import kit
from polysense.render import answer_text, display_path
from polysense.results import Answer


def run(folder: Path, write: Callable[[str], None] = print) -> None:
    """Copy the collection to `folder`, index it there, ask every question of it."""
    start = time.monotonic()
    files, queries = folder / "files", folder / "queries"
    for source, target in ((FILES, files), (QUERIES, queries)):
        shutil.copytree(
            source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    write(
        f"A small collection about an invented island is in "
        f"{display_path(str(files.absolute()))}. Indexing it ..."
    )
    with Library(folder / ".polysense", kit=kit(), progress=ProgressLine()) as kb:
        report = kb.index(files)
        modalities = ", ".join(f"{n} {m}" for m, n in report.chunks.items())
        write(
            f"{report.indexed or report.unchanged} files in {report.seconds:.0f} s"
            f"{f': {modalities}' if modalities else ''}\n"
        )
        faults = [ask(kb, q, queries, write) for q in QUESTIONS]
    write(
        f"{faults.count('')} of {len(QUESTIONS)} answers are right: the value is in the first "
        "sentence, or the file asked for is the first that is cited. "
        f"{time.monotonic() - start:.0f} s in all.\n"
    )
    library = display_path(str((folder / ".polysense").absolute()))
    write("Now yours:\n")
    write(f'  polysense ask "who mended the mill wheel?" -l {library}')
    write("  polysense index ~/Documents")
    write('  polysense search "invoice from March" --explain')
    write("  polysense search --with photo.jpg --modality image")


def ask(kb: Library, question: Question, queries: Path, write: Callable[[str], None]) -> str:
    """One question; what is wrong with its answer, "" where nothing is."""
    query_parts = [part(queries / question.query_file)] if question.query_file else []
    write("? " + question.ask + (f"  (with {question.query_file})" if question.query_file else ""))
    answer = kb.ask(*([question.ask] if question.ask else []), *query_parts)
    for line in answer_text(answer):
        write(indent(line, "  "))
    fault = find_fault(question, answer)
    if fault:
        write(f"  not right: {fault}")
    write("")
    return fault


def find_fault(question: Question, answer: Answer) -> str:
    """What is wrong with an answer: it does not say the value in its first sentence, or, where a
    file is the answer, does not cite that first; "" where nothing is.
    """
    if not answer.answered:
        return f"refused, and {question.expect} says it"
    if question.answer:
        if holds_value(first_sentence(answer.text), question.answer):
            return ""
        is_later = holds_value(answer.text, question.answer)
        where = "after the first sentence" if is_later else "nowhere in the answer"
        return f"{question.answer!r} ({question.expect}, {question.place}) is {where}"
    names = (question.expect, *question.alternatives)
    if any(e.hit.uri.endswith(f"/{n}") for e in cited_evidence(answer)[:1] for n in names):
        return ""
    return f"{question.expect} is not the first that is cited"
