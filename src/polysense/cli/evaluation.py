"""Commands that measure a library: the grid, answers, retrieval."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polysense.cli.common import (
    FAILURE,
    PARTIAL,
    SUCCESS,
    Command,
    library,
    print_result,
)

if TYPE_CHECKING:
    from polysense.evaluate.cases import Case
    from polysense.evaluate.figures import Figure
    from polysense.evaluate.grid import Cell, Trial
    from polysense.evaluate.model_judge import ModelJudge
    from polysense.library import Library

FOLDER = Path("polysense-eval")
"""Where libraries that are only made to be measured lie."""


def declare_eval(command: Command) -> None:
    """Eval, and what it measures."""
    c = command(None, "eval", "measure a library on its own files: answers, retrieval, the grid")
    measures = c.add_subparsers(
        dest="measure", metavar="WHAT", required=True, help="answers, retrieval or grid"
    )
    c = command(
        _answers,
        "answers",
        "measure answers to questions whose right answers are known",
        measures,
    )
    c.add_argument(
        "questions",
        metavar="FILE",
        type=Path,
        help='JSON or JSON lines: {"question": "...", "answers": ["..."]}, or "unanswerable": true',
    )
    c.add_argument(
        "--judge",
        action="store_true",
        help="let the language model that is configured judge each answer too",
    )
    c.add_argument(
        "--judge-model",
        default="",
        metavar="SPEC",
        help='let another one judge, such as "openai:model=gpt-4o"',
    )
    _add_measuring_arguments(c, "held=.9,first=.85,refused=.9", "words=30")
    c = command(
        _retrieval, "retrieval", "measure rankings of what is known to be relevant", measures
    )
    c.add_argument(
        "queries",
        metavar="FILE",
        type=Path,
        help='JSON or JSON lines: {"query": "...", "relevant": [{"file": "...", "place": "p. 2"}]}',
    )
    _add_measuring_arguments(c, "ndcg=.8,recall5=.9", "seconds=.1")
    c = command(
        _grid,
        "grid",
        "measure every kind of question by every kind of answer, on a library's own files",
        measures,
    )
    c.add_argument(
        "--each",
        type=int,
        default=3,
        metavar="N",
        help="questions for every kind of input (default 3)",
    )
    c.add_argument(
        "--to", default="", metavar="M", help="only these modalities of answers: text,image"
    )
    c.add_argument(
        "-o", "--output", metavar="FILE", help="write the page there, such as docs/grid.md"
    )
    c.add_argument(
        "--profile",
        default="",
        metavar="P",
        help="the models of this profile (hub, api or a file), too: both ways of each cell",
    )
    c.add_argument(
        "--note", default="", metavar="WORDS", help="what the page says of the profile's models"
    )
    c.add_argument(
        "--data",
        default=os.environ.get("POLYSENSE_DATA", ""),
        help="real files, where no library is given (default: $POLYSENSE_DATA, else the demo's)",
    )


def _add_measuring_arguments(c: argparse.ArgumentParser, at_least: str, at_most: str) -> None:
    c.add_argument(
        "--files",
        type=Path,
        metavar="FOLDER",
        help=f"index this folder first, into a library in {FOLDER} unless -l names one",
    )
    c.add_argument(
        "--using", default="", metavar="RETRIEVER", help="search by this one, as `search` does"
    )
    c.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="write the page there, ending .md, and the result beside it, ending .json",
    )
    c.add_argument(
        "--against",
        type=Path,
        metavar="RESULT",
        help="compare with an earlier result (.json), question by question",
    )
    c.add_argument(
        "--at-least", default="", metavar="LIMITS", help=f"exit 1 when below: {at_least}"
    )
    c.add_argument("--at-most", default="", metavar="LIMITS", help=f"exit 1 when above: {at_most}")


def _answers(args: argparse.Namespace) -> int:
    from polysense.evaluate import answers
    from polysense.evaluate.question_file import read_questions

    def print_outcome(o: answers.Outcome) -> None:
        print(f"{'right' if o.is_right else o.fault}: {o.text}", file=sys.stderr)

    questions = read_questions(args.questions)
    model_judge = _model_judge(args)
    name = model_judge.model.name if model_judge else ""
    return _run(
        args,
        "answers",
        answers.FIGURES,
        lambda kb: answers.ask_all(kb, questions, args.using, print_outcome, model_judge),
        partial(answers.result, judge_name=name),
        partial(answers.page, judge_name=name),
    )


def _model_judge(args: argparse.Namespace) -> ModelJudge | None:
    """The judge that is asked for. Raises BadConfig where no language model is configured."""
    from polysense import config, registry
    from polysense.errors import BadConfig
    from polysense.evaluate.model_judge import ModelJudge

    if not (args.judge or args.judge_model):
        return None
    spec = args.judge_model or next(iter(config.read().language_models), "")
    if not spec:
        raise BadConfig(
            "--judge needs a language model, and none is configured",
            'Name one: --judge-model "openai:model=...", or language_models in the settings.',
        )
    return ModelJudge(registry.load("language_models", spec))


def _retrieval(args: argparse.Namespace) -> int:
    from polysense.evaluate import retrieval
    from polysense.evaluate.question_file import read_queries

    def print_outcome(o: retrieval.Outcome) -> None:
        print(f"{o.fault or 'right'}: {o.text}", file=sys.stderr)

    queries = read_queries(args.queries)
    return _run(
        args,
        "retrieval",
        retrieval.FIGURES,
        lambda kb: retrieval.search_all(kb, queries, args.using, print_outcome),
        retrieval.result,
        retrieval.page,
    )


def _run(
    args: argparse.Namespace,
    kind: str,
    figures: Mapping[str, Figure[Any]],
    ask: Callable[[Library], Sequence[Any]],
    result_of: Callable[[Sequence[Any]], dict[str, Any]],
    page_of: Callable[..., str],
) -> int:
    """Measure, compare, print, hold against limits; what is wrongly typed is told before work."""
    from polysense.errors import NotFound
    from polysense.evaluate.comparison import (
        compare,
        comparison_json,
        comparison_lines,
        read_result,
    )
    from polysense.evaluate.figures import broken_limits, measure, parse_limits

    at_least = parse_limits(args.at_least, figures, "--at-least")
    at_most = parse_limits(args.at_most, figures, "--at-most")
    earlier = read_result(args.against, kind) if args.against else None
    if args.output and not args.output.absolute().parent.is_dir():
        raise NotFound(f"there is no folder {args.output.parent}", "Make it, or give another -o.")
    with _library_to_measure(args) as kb:
        if args.files:
            kb.index(args.files)
        if not kb.exists:
            raise NotFound(
                f"there is no library at {kb.location}",
                "Give --files FOLDER to make one, or name one with -l.",
            )
        outcomes = ask(kb)
    result = result_of(outcomes)
    comparisons = compare(figures, earlier, result) if earlier else []
    page = page_of(outcomes, comparison_lines(figures, comparisons) if comparisons else ())
    shortfalls = broken_limits(figures, measure(figures, outcomes), at_least, at_most)
    result |= {"against": comparison_json(comparisons)} if comparisons else {}
    result |= {"below": shortfalls} if at_least or at_most else {}
    if args.output:
        args.output.with_suffix(".md").write_text(page, "utf-8")
        text = json.dumps(result, ensure_ascii=False, indent=1)
        args.output.with_suffix(".json").write_text(f"{text}\n", "utf-8")
    print_result(args, result, page.splitlines())
    for line in shortfalls:
        print(f"short: {line}", file=sys.stderr)
    return FAILURE if shortfalls else SUCCESS


def _library_to_measure(args: argparse.Namespace) -> Library:
    """The one named, else one of its own for the folder of files, else the usual one."""
    if args.files and not hasattr(args, "library"):
        path = args.files.absolute()
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
        args.library = str(FOLDER / f"{path.name}-{digest}")
        FOLDER.mkdir(exist_ok=True)
    return library(args)


def _grid(args: argparse.Namespace) -> int:
    from polysense import config
    from polysense.demo import FILES
    from polysense.evaluate import collection
    from polysense.evaluate.cases import cases
    from polysense.evaluate.grid import measure, outputs, report, summary
    from polysense.evaluate.grid_drawing import svg
    from polysense.evaluate.ways import models_of_cells, ways_json, ways_page
    from polysense.ingest.progress import ProgressLine
    from polysense.library import Library

    def print_trial(t: Trial) -> None:
        good = "ok" if t.valid and t.grounded else t.why
        print(
            f"{t.case.input} -> {t.output}: {good} ({t.faithful:.2f} carried, {t.seconds:.1f} s)",
            file=sys.stderr,
        )

    settings = config.read()
    folder = Path(getattr(args, "library", "") or collection.gather(FOLDER, args.data, FILES))
    with Library(folder, kit=settings.kit(), limits=settings.limits, progress=ProgressLine()) as kb:
        if not getattr(args, "library", ""):
            kb.index(folder.parent / "files")
        trials_to_run = cases(kb, args.each)
        cells = measure(
            kb, kb.kit, trials_to_run, args.to.split(",") if args.to else outputs(), print_trial
        )
        page = report(
            cells,
            f"{args.each} questions for each kind of input, to a library of "
            f"{len(kb.assets())} files, on {os.cpu_count()} cores.",
        )
        output_names = [c.output for c in cells if c.input == cells[0].input]
    result = {**summary(cells), "each": args.each}
    if args.profile:
        by_models = _measure_models(args, folder, trials_to_run, output_names, print_trial)
        page += "\n".join(ways_page(cells, by_models, args.note))
        result |= {"by model": models_of_cells(by_models), "ways": ways_json(cells, by_models)}
    if args.output:
        Path(args.output).write_text(page, "utf-8")
        Path(args.output).with_suffix(".svg").write_text(svg(cells), "utf-8")
    print_result(args, result, page.splitlines())
    return SUCCESS if all(c.lit for c in cells) else PARTIAL


def _measure_models(
    args: argparse.Namespace,
    folder: Path,
    cases: Sequence[Case],
    outputs: Sequence[str],
    print_trial: Callable[[Trial], object],
) -> list[Cell]:
    """The same cases over the same library, answered by the models of a profile alone."""
    from polysense import config, registry
    from polysense.evaluate.grid import measure
    from polysense.evaluate.ways import with_models_of
    from polysense.library import Library

    settings = config.read()
    kit = with_models_of(settings.kit(), registry.kit(args.profile))
    with Library(folder, kit=kit, limits=settings.limits) as kb:
        return measure(kb, kit, cases, outputs, print_trial)
