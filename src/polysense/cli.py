"""The command line: parse, call Library, render. No logic."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from polysense.errors import BadConfig, PolysenseError

if TYPE_CHECKING:
    from polysense.config import Settings
    from polysense.library import Library
    from polysense.results import Answer
    from polysense.serve.settings import Serving
    from polysense.types import Evidence, Part

DONE, FAILED, WRONG, PARTLY = 0, 1, 2, 3


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 failed, 2 wrong use, 3 partly done."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files need not be letters
    args = argparse.Namespace(json="--json" in (sys.argv[1:] if argv is None else argv))
    try:
        args = _parser().parse_args(argv)
        code = int(args.run(args) or DONE)
        sys.stdout.flush()
        return code
    except PolysenseError as e:
        return _fail(args, str(e), e.hint, WRONG if e.status == 400 else FAILED)
    except KeyboardInterrupt:
        return _fail(args, "stopped", "Run the same command again: it goes on where it stopped.", FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as e:
        said = f"{e.filename}: {e.strerror}" if e.filename else str(e)
        return _fail(args, said, "Check the path, and that you may read or write there.", FAILED)


def _fail(args: argparse.Namespace, error: str, hint: str, code: int) -> int:
    if getattr(args, "json", False):
        _json({"error": error, "hint": hint})
    print(f"polysense: {error}\n  {hint}", file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadConfig(f"{message}\n{self.format_usage().rstrip()}", f"See {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("-l", "--library", metavar="PATH_OR_URI", help="the library (default: $POLYSENSE_LIBRARY, else .polysense here)")
    common.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser = _Parser(
        prog="polysense", parents=[common], description="Index any file, ask with any modality, get a cited answer.",
        epilog="Start with: polysense demo",
    )  # fmt: skip
    from importlib.metadata import version

    parser.add_argument("--version", action="version", version=f"polysense {version('polysense')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(run: Callable[[argparse.Namespace], int | None], name: str, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help, parents=[common])
        sub.set_defaults(run=run)
        return sub

    c = command(_index, "index", "sync files and folders into the library: new, changed, deleted; goes on where it stopped")
    c.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    c = command(_search, "search", "find the places that answer words, files, or both")
    _query(c, 10)
    c.add_argument("--modality", action="append", default=[], metavar="M", help="only this kind of evidence (may be repeated)")
    c.add_argument("--by", choices=("chunk", "asset"), default="chunk", help="asset: each file's best place only")
    c.add_argument("--using", default="", metavar="RETRIEVER", help='for example "bm25 %% 200 + 2 * photo %% 200"')
    c.add_argument("--exclude-self", action="store_true", help="leave out the query's own file")
    c.add_argument("--explain", action="store_true", help="say which space ranked each hit where")
    c = command(_ask, "ask", "answer a question from the library, with citations")
    _query(c, 12)
    c.add_argument("--to", default="text", metavar="M", help="the modality of the answer, or several: text,image")
    c.add_argument("-o", "--output", metavar="FILE", help="write the answer there")
    c.add_argument("--stream", action="store_true", help="print each sentence as it is made")
    c.add_argument("--explain", action="store_true", help="say first how it is searched, and which ways lead to such an answer")
    c = command(_recommend, "recommend", "more like these")
    c.add_argument("words", nargs="?", default="", metavar="TEXT", help='what they should also be: "but red"')
    c.add_argument("--liked", nargs="+", required=True, metavar="FILE_OR_ID", help="more like these")
    c.add_argument("--disliked", nargs="+", default=[], metavar="FILE_OR_ID", help="less like these")
    c.add_argument("--where", default="", metavar="EXPR", help="only these, like SQL")
    c.add_argument("-k", type=int, default=10, metavar="N", help="how many (default 10)")
    c.add_argument("--explain", action="store_true", help="say which space found each")
    command(_list, "list", "what the library holds")
    c = command(_show, "show", "an asset's or a chunk's content and places")
    c.add_argument("what", metavar="ID", help="a path, an asset id or a chunk id")
    c = command(_remove, "remove", "forget files, folders or ids; the files themselves stay")
    c.add_argument("what", nargs="+", metavar="PATH_OR_ID", help="what to forget")
    command(_status, "status", "how much there is, and how far vectors are")
    command(_failures, "failures", "files that could not be read, and why")
    command(_optimize, "optimize", "compact the library (index does so by itself)")
    c = command(_reindex, "reindex", "encode everything again with the models configured now")
    c.add_argument("--space", action="append", default=[], metavar="NAME", help="only this space (may be repeated)")
    c = command(_serve, "serve", "serve the library: HTTP API, OpenAI-compatible endpoint, MCP, and a page for the browser")
    c.add_argument("--host", default="", help="where to listen (default 127.0.0.1; any other address needs tokens)")
    c.add_argument("--port", default="", help="the port (default 8765)")
    c.add_argument("--home", default="", metavar="FOLDER", help="where tokens and libraries made over HTTP are kept")
    c.add_argument("--allow", action="append", default=[], metavar="FOLDER", help="a folder that may be indexed by path (may be repeated)")
    command(_mcp, "mcp", "serve the library to agents on standard input and output (Model Context Protocol)")
    c = command(_token, "token", "tokens for a server: add, list, remove")
    c.add_argument("what", choices=("add", "list", "remove"), help="add prints the new token, once")
    c.add_argument("name", nargs="?", default="", metavar="NAME", help="whose it is")
    c.add_argument("--scope", choices=("read", "write", "admin"), default="read", help="what it may do (default: read)")
    c.add_argument("--for", dest="libraries", action="append", default=[], metavar="LIBRARY", help="only in this library (may be repeated)")
    c.add_argument("--home", default="", metavar="FOLDER", help="the server's folder")
    command(_doctor, "doctor", "what is installed, and what it can do")
    c = command(_demo, "demo", "index a small mixed collection and ask it questions")
    c.add_argument("folder", nargs="?", default="polysense-demo", help="where to put it (default: polysense-demo here)")
    c = command(_bench, "bench", "measure: runs the benchmarks of a checkout and writes docs/benchmarks.md")
    c.add_argument("names", nargs="*", metavar="NAME", help="only these")
    c.add_argument("--folder", default="benchmarks", help="where they are")
    c.add_argument("--data", default=os.environ.get("POLYSENSE_DATA", ""), help="real files (default: $POLYSENSE_DATA)")
    c = command(_eval, "eval", "measure: every kind of question by every kind of answer, on a library's own files")
    c.add_argument("what", choices=("grid",), help="grid: inputs x outputs")
    c.add_argument("--each", type=int, default=3, metavar="N", help="questions for every kind of input (default 3)")
    c.add_argument("--to", default="", metavar="M", help="only these modalities of answers: text,image")
    c.add_argument("-o", "--output", metavar="FILE", help="write the page there, such as docs/grid.md")
    c.add_argument(
        "--data",
        default=os.environ.get("POLYSENSE_DATA", ""),
        help="real files, where no library is given (default: $POLYSENSE_DATA, else the demo's)",
    )
    return parser


def _query(c: argparse.ArgumentParser, k: int) -> None:
    c.add_argument("text", nargs="?", default="", metavar="TEXT", help="words to ask with")
    c.add_argument("--with", dest="files", action="append", default=[], metavar="FILE", help="ask with this file too (may be repeated)")
    c.add_argument("--where", default="", metavar="EXPR", help="like SQL: \"modality = 'image' and page > 3\"")
    c.add_argument("-k", type=int, default=k, metavar="N", help=f"how many (default {k})")


def _library(args: argparse.Namespace) -> Library:
    from polysense import config
    from polysense.library import Library
    from polysense.prepare.progress import Line

    settings = config.read()
    return Library(getattr(args, "library", settings.library), kit=settings.kit(), limits=settings.limits, progress=Line())


def _asked(args: argparse.Namespace) -> list[Part | str]:
    from polysense.media.make import part

    return [*([args.text] if args.text.strip() else []), *(part(f) for f in args.files)]


def _json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def _out(args: argparse.Namespace, value: Any, lines: Iterable[str]) -> None:
    if getattr(args, "json", False):
        _json(value)
    else:
        for line in lines:
            print(line)


def _index(args: argparse.Namespace) -> int:
    from polysense.render import report_json, shown

    with _library(args) as kb:
        report = kb.index(*args.paths)
    kinds = ", ".join(f"{n} {m}" for m, n in report.chunks.items())
    lines = [f"{report.indexed} indexed, {report.unchanged} unchanged, {report.removed} removed, {len(report.skipped)} skipped, "
             f"{len(report.failed)} failed in {report.seconds:.1f} s"]  # fmt: skip
    lines += [f"chunks: {kinds}"] if kinds else []
    lines += [f"  {shown(f.uri)}: {f.error}" for f in report.failed[:10]]
    lines += [f"  … {len(report.failed) - 10} more: polysense failures"] if len(report.failed) > 10 else []
    _out(args, report_json(report), lines)
    return PARTLY if report.failed else DONE


def _search(args: argparse.Namespace) -> None:
    from polysense.render import ranking_json, ranking_text

    asked = _asked(args)
    with _library(args) as kb:
        found = kb.search(
            *asked, modality=args.modality, where=args.where, k=args.k, by=args.by, using=args.using, exclude_self=args.exclude_self
        )
        lines = [f"using {kb.explain(*asked)}"] if args.explain and not args.using and not getattr(args, "json", False) else []
    for warning in found.warnings:
        print(f"note: {warning}", file=sys.stderr)
    _out(args, ranking_json(_parts(asked), found), [*lines, *ranking_text(found, args.explain)])


def _parts(asked: Iterable[Part | str]) -> tuple[Part, ...]:
    from polysense.media.make import Text

    return tuple(Text(a) if isinstance(a, str) else a for a in asked)


def _ask(args: argparse.Namespace) -> int:
    from polysense.render import answer_json, answer_text, shown, sources_text

    streams = args.stream and not getattr(args, "json", False)
    asked, wanted = _asked(args), [m.strip() for m in args.to.split(",") if m.strip()]
    with _library(args) as kb:
        if args.explain:
            for line in _ways(kb, asked, wanted):
                print(line, file=sys.stderr)
        answer = kb.ask(*asked, to=wanted or ["text"], k=args.k, where=args.where, tell=_say if streams else None)
        written = _write(answer, args.output, wanted, kb.cache)
    for warning in answer.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for path in written.values():
        print(f"wrote {shown(str(path))}", file=sys.stderr)
    _out(args, answer_json(answer, written), sources_text(answer) if streams else answer_text(answer, written))
    return DONE


def _say(piece: Evidence | Part) -> None:
    """A sentence as soon as it is made; evidence is listed at the end."""
    if getattr(piece, "modality", "") == "text":
        print(getattr(piece, "data", ""), flush=True)


def _write(answer: Answer, output: str, wanted: Sequence[str], cache: Path) -> dict[int, Path]:
    """Number of an answer's part -> its file: the one named, one of that name for each modality, or one in the cache."""
    from polysense.media.export import ending, fits

    if output and len(wanted) < 2:
        path = answer.save(output)
        suffix = path.suffix.lower()
        able = [n for n, p in enumerate(answer.parts) if p.part.modality in wanted and fits(p.part, suffix)]
        return dict.fromkeys(sorted(able, key=lambda n: ending(answer.parts[n].part) != suffix)[:1], path)
    written: dict[int, Path] = {}
    for n, part in enumerate(p.part for p in answer.parts):
        if isinstance(part.data, bytes) or (output and part.modality in wanted):
            stem = Path(output).with_suffix("") if output else cache / "answers" / part.id[:12]
            stem.parent.mkdir(parents=True, exist_ok=True)
            written[n] = answer.save(stem.with_name(stem.name + ending(part)), n)
    return written


def _ways(kb: Library, asked: Sequence[Part | str], wanted: Sequence[str]) -> Iterable[str]:
    yield f"search: {kb.explain(*asked)}"
    for to in wanted:
        for way in (w for found in kb.routes(to).values() for w in found[:3]):
            yield f"{to}: {way} (quality {1 - way.cost:.2f})"


def _recommend(args: argparse.Namespace) -> None:
    from polysense.render import ranking_json, ranking_text

    with _library(args) as kb:
        found = kb.recommend(args.liked, args.disliked, args.words, args.where, args.k)
    _out(args, ranking_json(_parts([args.words] if args.words else []), found), ranking_text(found, args.explain))


def _list(args: argparse.Namespace) -> None:
    from polysense.render import asset_json, shown

    with _library(args) as kb:
        assets = kb.assets()
    _out(args, {"assets": [asset_json(a) for a in assets]}, (f"{a.modality:<6} {a.size:>10}  {shown(a.uri)}" for a in assets))


def _show(args: argparse.Namespace) -> None:
    from polysense.render import chunk_json, short

    with _library(args) as kb:
        chunks = kb.chunks(args.what)
    lines = (line for c in chunks for line in (f"{c.id}  {c.span}  [{c.modality}]", f"    {short(c.words, 200)}"))
    _out(args, {"chunks": [chunk_json(c) for c in chunks]}, lines)


def _remove(args: argparse.Namespace) -> None:
    with _library(args) as kb:
        removed = kb.remove(*args.what)
    _out(args, {"removed": removed}, [f"{removed} removed"])


def _status(args: argparse.Namespace) -> None:
    with _library(args) as kb:
        status = kb.status()
    _out(args, status, (f"{key:<10} {_flat(value)}" for key, value in status.items()))


def _flat(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    said = (f"{k} {v['done']}/{v['of']}" if isinstance(v, dict) else f"{v} {k}" for k, v in value.items())
    return ", ".join(said) or "none"


def _failures(args: argparse.Namespace) -> None:
    from polysense.render import shown

    with _library(args) as kb:
        failures = kb.failures()
    raw = [{"uri": f.uri, "error": f.error, "hint": f.hint} for f in failures]
    lines = (line for f in failures for line in (f"{shown(f.uri)}: {f.error}", f"    {f.hint}"))
    _out(args, {"failures": raw}, lines if failures else ["No failures."])


def _optimize(args: argparse.Namespace) -> None:
    with _library(args) as kb:
        kb.optimize()
    _out(args, {"optimized": True}, ["done"])


def _reindex(args: argparse.Namespace) -> None:
    with _library(args) as kb:
        kb.reindex(*args.space)
    _out(args, {"reindexed": True}, ["done"])


def _serving(args: argparse.Namespace) -> tuple[Settings, Serving]:
    from polysense import config
    from polysense.serve.settings import read

    settings = config.read()
    names = {"host": "host", "port": "port", "home": "home", "allow": "folders"}
    return settings, read(settings.serve, {name: v for flag, name in names.items() if (v := getattr(args, flag, None))})


def _serve(args: argparse.Namespace) -> None:
    from polysense.serve.run import serve

    settings, serving = _serving(args)
    serve(serving, getattr(args, "library", settings.library), settings.kit(), settings.limits)


def _mcp(args: argparse.Namespace) -> None:
    from polysense.serve.mcp import stdio

    settings, serving = _serving(args)
    stdio(serving, getattr(args, "library", settings.library), settings.kit(), settings.limits)


def _token(args: argparse.Namespace) -> None:
    from polysense.serve.access import Keyring

    keyring = Keyring(_serving(args)[1].tokens)
    if args.what == "list":
        held = [{"name": g.name, "scope": g.scope, "libraries": list(g.libraries)} for g in keyring.grants()]
        _out(args, {"tokens": held}, (f"{g.name}: {g.scope}, {', '.join(g.libraries)}" for g in keyring.grants()))
    elif args.what == "remove":
        keyring.remove(args.name)
        _out(args, {"removed": args.name}, [f"{args.name} removed"])
    else:
        token = keyring.add(args.name, args.scope, args.libraries or ["*"])
        _out(args, {"name": args.name, "token": token}, [token])


def _doctor(args: argparse.Namespace) -> int:
    from polysense.doctor import examine, lines

    found = examine()
    _out(args, found, lines(found))
    return DONE if found["ok"] else FAILED


def _demo(args: argparse.Namespace) -> None:
    from polysense.demo.run import run

    if getattr(args, "json", False):
        run(Path(args.folder), lambda line: print(line, file=sys.stderr))
        _json({"folder": args.folder})
    else:
        run(Path(args.folder))


def _bench(args: argparse.Namespace) -> int:
    from polysense.evaluate.bench import run

    return run(Path(args.folder), args.names, args.data, getattr(args, "json", False))


def _eval(args: argparse.Namespace) -> int:
    from polysense import config
    from polysense.demo import FILES
    from polysense.evaluate import collection
    from polysense.evaluate.cases import cases
    from polysense.evaluate.grid import OUTPUTS, Trial, measure, report, summary
    from polysense.evaluate.picture import svg
    from polysense.library import Library
    from polysense.prepare.progress import Line

    def tell(t: Trial) -> None:
        good = "ok" if t.valid and t.grounded else t.why
        print(f"{t.case.input} -> {t.output}: {good} ({t.faithful:.2f} carried, {t.seconds:.1f} s)", file=sys.stderr)

    settings = config.read()
    place = Path(getattr(args, "library", "") or collection.gather(Path("polysense-eval"), args.data, FILES))
    with Library(place, kit=settings.kit(), limits=settings.limits, progress=Line()) as kb:
        if not getattr(args, "library", ""):
            kb.index(place.parent / "files")
        found = cases(kb, args.each)
        cells = measure(kb, kb.kit, found, args.to.split(",") if args.to else OUTPUTS, tell)
        page = report(
            cells, f"{args.each} questions for each kind of input, to a library of {len(kb.assets())} files, on {os.cpu_count()} cores."
        )
    if args.output:
        Path(args.output).write_text(page, "utf-8")
        Path(args.output).with_suffix(".svg").write_text(svg(cells), "utf-8")
    _out(args, {**summary(cells), "each": args.each}, page.splitlines())
    return DONE if all(c.lit for c in cells) else PARTLY


if __name__ == "__main__":
    sys.exit(main())
