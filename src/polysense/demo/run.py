"""`polysense demo`: index the collection that ships with the package and ask it.

By words, picture, sound and mesh; then say what to type next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from polysense.demo import FILES, QUERIES, QUESTIONS, Question
from polysense.ingest.progress import ProgressLine
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.registry import kit
from polysense.render import answer_text, display_path


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
        correct = sum(ask(kb, q, queries, write) for q in QUESTIONS)
    write(
        f"{correct} of {len(QUESTIONS)} answers cite the right file. "
        f"{time.monotonic() - start:.0f} s in all.\n"
    )
    library = display_path(str((folder / ".polysense").absolute()))
    write("Now yours:\n")
    write(f'  polysense ask "who mended the mill wheel?" -l {library}')
    write("  polysense index ~/Documents")
    write('  polysense search "invoice from March" --explain')
    write("  polysense search --with photo.jpg --modality image")


def ask(kb: Library, question: Question, queries: Path, write: Callable[[str], None]) -> bool:
    """One question, and whether it was answered from the right file."""
    query_parts = [part(queries / question.query_file)] if question.query_file else []
    write("? " + question.ask + (f"  (with {question.query_file})" if question.query_file else ""))
    answer = kb.ask(*([question.ask] if question.ask else []), *query_parts)
    for line in answer_text(answer):
        write("  " + line if line else "")
    write("")
    return answer.answered and any(
        e.hit.uri.endswith(name)
        for e in answer.evidence
        for name in (question.expect, *question.alternatives)
    )
