"""Half functions finished from their own repository: RepoEval's function-level tasks, one round of
retrieval against several.
"""

from __future__ import annotations

import ast
import json
import keyword
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from polysense import Code, Library, kit
from polysense.evaluate.bench import Row, mean
from polysense.evaluate.metrics import edit_distance
from polysense.generate.iterative_retrieval import retrieve_iteratively
from polysense.make.code.completion.generator import ROUNDS, Completion
from polysense.types import Hit, Modality, Query

TASKS = "dataset/function_level_completion_2k_context_codex.test.jsonl"
FITTING_TASKS, TEST_TASKS = 200, 100
"""The tasks that the likeness of functions was fitted on, and those measured here, none of which is
among them.
"""


@dataclass(frozen=True, slots=True)
class Task:
    """What is given, the body that is true, and where that lies: file, and first and last line,
    from 1.
    """

    prompt: str
    truth: str
    repository: Path
    file: Path
    lines: tuple[int, int]


def run(data: Path, work: Path) -> Iterator[Row]:
    """RepoEval (Zhang et al., 2023), with the repositories as they were; no task sees its own
    function.
    """
    folder = data / "code-repoeval"
    repositories = work / "repositories"
    for source in folder.glob("*/**/*.py"):
        target = repositories / source.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    sample = list(tasks(folder / TASKS, repositories))
    random.Random(11).shuffle(sample)
    sample = sample[FITTING_TASKS : FITTING_TASKS + TEST_TASKS]
    with Library(work / "kb", kit=kit(generators=["completion"])) as kb:
        kb.index(repositories)
        completions_by_rounds = {
            max_rounds: [complete(kb, task, max_rounds) for task in sample]
            for max_rounds in (1, ROUNDS)
        }
        for max_rounds, completions in completions_by_rounds.items():
            yield from score(
                sample,
                completions,
                "one round" if max_rounds == 1 else f"at most {max_rounds} rounds",
            )
        yield compare_rounds(sample, completions_by_rounds[1], completions_by_rounds[ROUNDS])
        yield ask_library(kb, sample)


def tasks(path: Path, repositories: Path) -> Iterator[Task]:
    """Those whose body is found in its file, as all are."""
    folders = {re.sub(r"\W+|_+", "_", d.name): d for d in repositories.iterdir()}
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        metadata, (name, *inner) = raw["metadata"], raw["metadata"]["fpath_tuple"]
        folder = folders[re.sub(r"\W+|_+", "_", name)]
        file = next(
            f
            for f in (folder.joinpath(*inner), folder.joinpath(*(i for i in inner if i != "src")))
            if f.exists()
        )
        at = file.read_text("utf-8").find(metadata["ground_truth"].rstrip("\n"))
        if at >= 0:
            first = file.read_text("utf-8").count("\n", 0, at) + 1
            yield Task(
                raw["prompt"],
                metadata["ground_truth"],
                folder,
                file,
                (first, first + metadata["ground_truth"].rstrip("\n").count("\n")),
            )


def filter_without_function(kb: Library, task: Task) -> str:
    """The filter that leaves the task's repository without what touches its function."""
    chunk_lines = [c.span.lines for c in kb.chunks(task.file)]
    own = [
        str(at[0])
        for at in chunk_lines
        if at and at[0] <= task.lines[1] and at[1] >= task.lines[0] - 1
    ]
    inside = f"uri like '{task.repository}/%'"
    return (
        f"{inside} and (uri <> '{task.file}' or line not in ({', '.join(own)}))" if own else inside
    )


def complete(kb: Library, task: Task, max_rounds: int) -> tuple[str, str]:
    """(the whole that is given, the lines that are new in it); empty where nothing is."""
    where = filter_without_function(kb, task)

    def look(query: Query, modalities: Sequence[Modality]) -> Sequence[Hit]:
        return kb.search(*query, modality=modalities, where=where, k=24).hits

    completion = Completion(rounds=max_rounds)
    result = retrieve_iteratively([completion], (Code(task.prompt),), ["code"], look).best
    if result is None:
        return "", ""
    for hit in result.hits:
        lines = hit.chunk.span.lines or (0, 0)
        assert hit.uri != str(task.file) or lines[1] < task.lines[0] or lines[0] > task.lines[1], (
            "the truth was found"
        )
    return str(result.draft[0].data), str(result.draft[0].meta["completion"])


def score(
    sample: Sequence[Task], completions: Sequence[tuple[str, str]], how: str
) -> Iterator[Row]:
    """Over the tasks for which something was given, and over all."""
    pairs = [(new, task.truth) for (_, new), task in zip(completions, sample, strict=True) if new]
    edits, names = [likeness(*p) for p in pairs], [identifiers(*p) for p in pairs]
    share = len(pairs) / len(sample)
    note = (
        f"{len(sample)} tasks of RepoEval, seeded; the rest, nothing in the repository being like "
        "them, are left to other generators"
    )
    yield Row(f"Half a function, {how}: share finished", f"{share:.2f}", note=note)
    all_of = f"over all tasks {sum(edits) / len(sample):.3f}, where nothing counts 0"
    yield Row(
        f"Half a function, {how}: edit similarity to the truth", f"{mean(edits):.3f}", note=all_of
    )
    yield Row(
        f"Half a function, {how}: F1 of identifiers",
        f"{mean(names):.3f}",
        note=f"over all tasks {sum(names) / len(sample):.3f}",
    )
    valid = sum(parses(code) for code, new in completions if new)
    yield Row(
        f"Half a function, {how}: is Python", f"{valid} of {len(pairs)}", "all", valid == len(pairs)
    )


def compare_rounds(
    sample: Sequence[Task], one: Sequence[tuple[str, str]], more: Sequence[tuple[str, str]]
) -> Row:
    """What more rounds change."""
    changed = [
        (a[1], b[1], t.truth) for a, b, t in zip(one, more, sample, strict=True) if a[1] != b[1]
    ]
    gains = [likeness(b, truth) - likeness(a, truth) for a, b, truth in changed]
    total = sum(gains) / len(sample)
    note = (
        f"{len(changed)} completions change, {sum(g > 0 for g in gains)} for the better, "
        f"{sum(g < 0 for g in gains)} for the worse"
    )
    return Row(
        "Half a function: edit similarity gained by more rounds, over all tasks",
        f"{total:+.4f}",
        ">= 0",
        total >= 0,
        note,
    )


def ask_library(kb: Library, sample: Sequence[Task]) -> Row:
    """As a user asks: how often the answer is such a completion."""
    began, composed = time.perf_counter(), 0
    for task in sample:
        answer = kb.ask(Code(task.prompt), to="code", where=filter_without_function(kb, task))
        composed += any(
            p.part.modality == "code" and "completion" in p.part.meta for p in answer.parts
        )
    seconds = (time.perf_counter() - began) / len(sample)
    return Row(
        "Half a function, asked of a library: share finished",
        f"{composed / len(sample):.2f}",
        note=f"{seconds:.2f} s each",
    )


def parses(code: str) -> bool:
    """Whether it is Python."""
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def likeness(completion: str, truth: str) -> float:
    """1 - edits / length of the longer, of characters; blank lines, comments and indents left out,
    as RepoCoder's own evaluation does.
    """
    a, b = (
        "\n".join(t for line in code.split("\n") if (t := line.strip()) and not t.startswith("#"))
        for code in (completion, truth)
    )
    return 1.0 - edit_distance(a, b) / max(len(a), len(b), 1)


def identifiers(completion: str, truth: str) -> float:
    """F1 of the identifiers, each as often as it stands there."""
    a, b = (
        Counter(w for w in re.findall(r"[^\W\d]\w*", code) if not keyword.iskeyword(w))
        for code in (completion, truth)
    )
    return 2 * (a & b).total() / max(1, a.total() + b.total())
