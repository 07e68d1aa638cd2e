"""Commands that ask a library."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from polysense.cli.answers import (
    answer_listener,
    check_code,
    check_output,
    modalities_of,
    save_parts,
)
from polysense.cli.common import (
    SUCCESS,
    Command,
    add_rounds_argument,
    library,
    print_result,
    query_parts,
    question,
    rounds_budget,
)

if TYPE_CHECKING:
    from polysense.library import Library
    from polysense.types import Part


_ROUTES_SHOWN = 3
"""Routes that --explain prints for each kind of evidence."""


def declare(command: Command) -> None:
    """Search, ask, recommend."""
    c = command(_search, "search", "find the places that answer words, files, or both")
    _add_query_arguments(c, 10)
    c.add_argument(
        "--modality",
        action="append",
        default=[],
        metavar="M",
        help="only this kind of evidence (may be repeated)",
    )
    c.add_argument(
        "--by",
        choices=("chunk", "asset"),
        default="chunk",
        help="asset: each file's best place only",
    )
    c.add_argument("--exclude-self", action="store_true", help="leave out the query's own file")
    c.add_argument(
        "--explain",
        action="store_true",
        help="say what was asked, and which space ranked each hit where",
    )
    c = command(_ask, "ask", "answer a question from the library, with citations")
    _add_query_arguments(c, 12)
    c.add_argument(
        "--to",
        default="",
        metavar="M",
        help="the modality of the answer, or several: text,image (default: what -o ends in, else "
        "text)",
    )
    c.add_argument("-o", "--output", metavar="FILE", help="write the answer there")
    c.add_argument("--stream", action="store_true", help="print each sentence as it is made")
    add_rounds_argument(c)
    c.add_argument(
        "--conversation",
        default="",
        metavar="NAME",
        help="read the question with those asked before under this name, and keep it there",
    )
    c.add_argument(
        "--explain",
        action="store_true",
        help="say how it is searched, in which rounds, which ways lead to such an answer, and why "
        "each sentence is said or is not",
    )
    c = command(_recommend, "recommend", "more like these")
    c.add_argument(
        "words", nargs="?", default="", metavar="TEXT", help='what they should also be: "but red"'
    )
    c.add_argument(
        "--liked", nargs="+", required=True, metavar="FILE_OR_ID", help="more like these"
    )
    c.add_argument(
        "--disliked", nargs="+", default=[], metavar="FILE_OR_ID", help="less like these"
    )
    c.add_argument("--where", default="", metavar="EXPR", help="only these, like SQL")
    c.add_argument("-k", type=int, default=10, metavar="N", help="how many (default 10)")
    c.add_argument("--explain", action="store_true", help="say which space found each")


def _add_query_arguments(c: argparse.ArgumentParser, k: int) -> None:
    c.add_argument("text", nargs="?", default="", metavar="TEXT", help="words to ask with")
    c.add_argument(
        "--with",
        dest="files",
        action="append",
        default=[],
        metavar="FILE",
        help="ask with this file too (may be repeated)",
    )
    c.add_argument(
        "--where", default="", metavar="EXPR", help="like SQL: \"modality = 'image' and page > 3\""
    )
    c.add_argument("-k", type=int, default=k, metavar="N", help=f"how many (default {k})")
    c.add_argument(
        "--using",
        default="",
        metavar="RETRIEVER",
        help='for example "bm25 %% 200 + 2 * photo %% 200"',
    )


def _search(args: argparse.Namespace) -> None:
    from polysense.render import ranking_json, ranking_text

    query = question(args)
    with library(args) as kb:
        ranking = kb.search(
            *query,
            modality=args.modality,
            where=args.where,
            k=args.k,
            by=args.by,
            using=args.using,
            exclude_self=args.exclude_self,
        )
        lines = (
            [f"using {kb.explain(*query)}"]
            if args.explain and not args.using and not getattr(args, "json", False)
            else []
        )
    if args.explain:
        lines = [*ranking.rewrites, *lines]
    for warning in ranking.warnings:
        print(f"note: {warning}", file=sys.stderr)
    print_result(
        args,
        ranking_json(query_parts(query), ranking),
        [*lines, *ranking_text(ranking, args.explain)],
    )


def _ask(args: argparse.Namespace) -> int:
    from polysense.conversation import Conversation
    from polysense.render import answer_json, answer_text, display_path, sources_text

    streams = args.stream and not getattr(args, "json", False)
    query, modalities = question(args), modalities_of(args.to, args.output)
    check_output(args.output, modalities)
    with library(args) as kb:
        check_code(kb, args.output, modalities)
        if args.explain:
            for line in _route_lines(kb, query, modalities):
                print(line, file=sys.stderr)
        conversation = Conversation(kb.folder, args.conversation) if args.conversation else None
        answer = kb.ask(
            *query,
            to=modalities,
            k=args.k,
            where=args.where,
            using=args.using,
            history=conversation.turns if conversation else (),
            tell=answer_listener(streams),
            budget=rounds_budget(args),
        )
        if conversation:
            conversation.add(query_parts(query), answer)
        saved = save_parts(answer, args.output, modalities, kb.cache)
    worked_out = [f"worked out: {p.part.meta['sql']}" for p in answer.parts if "sql" in p.part.meta]
    if args.explain:
        print(*answer.rewrites, *worked_out, *answer.candidates, sep="\n", file=sys.stderr)
    for warning in answer.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for path in saved.values():
        print(f"wrote {display_path(str(path))}", file=sys.stderr)
    print_result(
        args,
        answer_json(answer, saved, args.explain),
        sources_text(answer) if streams else answer_text(answer, saved),
    )
    return SUCCESS


def _route_lines(
    kb: Library, query: Sequence[Part | str], modalities: Sequence[str]
) -> Iterable[str]:
    yield f"search: {kb.explain(*query)}"
    for modality in modalities:
        for pipelines in kb.routes(modality).values():
            for pipeline in pipelines[:_ROUTES_SHOWN]:
                yield f"{modality}: {pipeline} (quality {1 - pipeline.cost:.2f})"


def _recommend(args: argparse.Namespace) -> None:
    from polysense.render import ranking_json, ranking_text

    with library(args) as kb:
        ranking = kb.recommend(args.liked, args.disliked, args.words, args.where, args.k)
    print_result(
        args,
        ranking_json(query_parts([args.words] if args.words else []), ranking),
        ranking_text(ranking, args.explain),
    )
