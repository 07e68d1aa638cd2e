"""`polysense demo`: index the collection that ships with the package, ask it by words, picture,
sound and mesh, say what to type next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from polysense.demo import FILES, QUERIES, QUESTIONS, Question
from polysense.ingest.progress import Line
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.registry import kit
from polysense.render import answer_text, shown


def run(folder: Path, say: Callable[[str], None] = print) -> None:
    """Copy the collection to `folder`, index it there, ask every question of it."""
    began = time.monotonic()
    files, queries = folder / "files", folder / "queries"
    for source, target in ((FILES, files), (QUERIES, queries)):
        shutil.copytree(
            source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    say(
        f"A small collection about an invented island is in {shown(str(files.absolute()))}. Indexing it ..."
    )
    with Library(folder / ".polysense", kit=kit(), progress=Line()) as kb:
        report = kb.index(files)
        kinds = ", ".join(f"{n} {m}" for m, n in report.chunks.items())
        say(
            f"{report.indexed or report.unchanged} files in {report.seconds:.0f} s{f': {kinds}' if kinds else ''}\n"
        )
        right = sum(ask(kb, q, queries, say) for q in QUESTIONS)
    say(
        f"{right} of {len(QUESTIONS)} answers cite the right file. {time.monotonic() - began:.0f} s in all.\n"
    )
    library = shown(str((folder / ".polysense").absolute()))
    say("Now yours:\n")
    say(f'  polysense ask "who mended the mill wheel?" -l {library}')
    say("  polysense index ~/Documents")
    say('  polysense search "invoice from March" --explain')
    say("  polysense search --with photo.jpg --modality image")


def ask(kb: Library, question: Question, queries: Path, say: Callable[[str], None]) -> bool:
    """One question, and whether it was answered from the right file."""
    given = [part(queries / question.with_)] if question.with_ else []
    say("? " + question.ask + (f"  (with {question.with_})" if question.with_ else ""))
    answer = kb.ask(*([question.ask] if question.ask else []), *given)
    for line in answer_text(answer):
        say("  " + line if line else "")
    say("")
    return answer.answered and any(
        e.hit.uri.endswith(name)
        for e in answer.evidence
        for name in (question.expect, *question.also)
    )
