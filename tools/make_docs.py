"""Write what the documents list, from the program itself.

Plug-ins, commands, what goes in, and the picture of an answer:

    python tools/make_docs.py            fill the parts marked <!-- generated: NAME -->
    python tools/make_docs.py --check    write nothing; 1 if a part is stale
    polysense demo /tmp/demo && python tools/make_docs.py --picture /tmp/demo
"""

from __future__ import annotations

import argparse
import inspect
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from polysense import registry
from polysense.doctor import summary
from polysense.read.file import mime
from polysense.read.file.endings import usual_endings
from polysense.types import Space

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md", "README.zh.md", "docs/plugins.md", "docs/models.md", "docs/commands.md",
    "docs/architecture.md",
)  # fmt: skip
PICTURE = ROOT / "docs" / "answer.svg"
QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("What does this error mean, and what do I do?", "--with", "queries/error.png"),
    ("水轮有多少块叶片？",),
    ("Where did Maren Oake keep the spare key?",),
    ("Which picture shows this bicycle?", "--with", "queries/snapshot.jpg"),
)
"""What the picture asks of the demo collection."""

_PART = re.compile(r"(?<=<!-- generated: )(?P<name>[\w ]+) -->\n.*?(?=<!-- end -->)", re.S)

_KINDS: Mapping[str, tuple[str, str, str, str]] = {
    "text": (
        "documents and words",
        "page and box, slide, paragraph, chapter, lines, cell of a notebook",
        "文档与文字",
        "页码与区域、幻灯片、段落、章节、行、笔记本单元格",
    ),
    "image": ("pictures", "region of the picture", "图片", "图中区域"),
    "audio": ("recordings", "seconds", "录音", "秒"),
    "video": ("videos", "seconds", "视频", "秒"),
    "3d": (
        "3D models",
        "the model, or a named part of it",
        "三维模型",
        "整个模型，或其中有名字的部件",
    ),
    "code": ("source code", "lines", "源代码", "行"),
    "table": ("tables", "sheet and cells", "表格", "工作表与单元格"),
    "graph": ("graphs of triples", "entity and lines", "三元组图", "实体与行"),
}


def main() -> int:
    """Write, or check; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the documents that are stale"
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FOLDER",
        help="draw docs/answer.svg in a folder that `polysense demo` made",
    )
    args = parser.parse_args()
    if args.picture:
        PICTURE.write_text(draw(ask(args.picture)), "utf-8")
    old = stale()
    for name, text in old.items():
        if args.check:
            sys.stderr.write(f"{name} is stale: run python tools/make_docs.py\n")
        else:
            (ROOT / name).write_text(text, "utf-8")
    return 1 if args.check and old else 0


def stale() -> dict[str, str]:
    """Each document that differs from what it would be now, with that text."""
    texts = {name: (ROOT / name).read_text("utf-8") for name in DOCUMENTS}
    return {name: new for name, text in texts.items() if (new := fill(text)) != text}


def fill(text: str) -> str:
    """A document with its generated parts made anew."""
    return _PART.sub(lambda match: f"{match['name']} -->\n{PARTS[match['name']]()}\n", text)


# Tables


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def goes_in(chinese: bool = False) -> str:
    """What the parsers read, by what it is, with the endings of such files."""
    endings_by_kind: dict[str, dict[str, None]] = {kind: {} for kind in _KINDS}
    more = 0
    for name in registry.OFFLINE.parsers:
        accepts = sorted(registry.load("parsers", name).accepts)
        kind = Counter(map(mime.modality_of, accepts)).most_common(1)[0][0]
        for endings in map(usual_endings, accepts):
            endings_by_kind[kind] |= dict.fromkeys(e.removeprefix(".") for e in endings[:1])
            more += len(endings[1:]) if kind == "code" else 0
    rows = []
    for kind, endings in endings_by_kind.items():
        text = " ".join(sorted(endings))
        if kind == "code":
            text += (
                f" … 共 {len(endings) + more} 种后缀"
                if chinese
                else f" … {len(endings) + more} endings in all"
            )
        what, place = _KINDS[kind][2:] if chinese else _KINDS[kind][:2]
        rows.append([what, text, place])
    archives = " ".join(sorted(m.rpartition("/")[2].removeprefix("x-") for m in mime.ARCHIVE_TYPES))
    rows.append(
        ["压缩包", archives, "包内文件里的位置"]
        if chinese
        else ["archives", archives, "the place in the file inside"]
    )
    return table(["输入", "文件", "引用精确到"] if chinese else ["what", "files", "cited by"], rows)


def _ours(group: str) -> Iterator[str]:
    return (
        name
        for name, entry in registry.installed(group).items()
        if entry.dist and entry.dist.name == "polysense"
    )


def _plugin(group: str, name: str) -> tuple[Any, list[str]]:
    kind = registry.installed(group)[name].load()
    options = [
        f"`{p.name}={p.default}`"
        for p in inspect.signature(kind).parameters.values()
        if p.kind is p.KEYWORD_ONLY and p.name not in ("language_model", "load_encoder")
    ]
    linked = f"[{name}](../src/{kind.__module__.replace('.', '/')}.py)" + (
        r" \*" if name in getattr(registry.OFFLINE, group, ()) else ""
    )
    linked += " †" if registry.asks_language_model(kind) else ""
    return kind, [linked, summary(kind), " ".join(options) or "none"]


def _declared(value: Any) -> frozenset[str] | None:
    """What a class declares; None where only its instances know."""
    return value if isinstance(value, frozenset) else None


def _set(values: Iterable[str] | None) -> str:
    return "any" if values is None else ", ".join(sorted(values)) or "none"


def parsers() -> str:
    """Every parser."""
    rows = []
    for name in _ours("parsers"):
        kind, (linked, does, options) = _plugin("parsers", name)
        rows.append(
            [
                linked,
                does,
                " ".join(f"`{m}`" for m in sorted(_declared(kind.accepts) or ()))
                or "as its option `types` says",
                options,
            ]
        )
    return table(["name", "what it does", "reads", "options"], rows)


def encoders() -> str:
    """Every encoder."""
    rows = []
    for name in _ours("encoders"):
        kind, (linked, does, options) = _plugin("encoders", name)
        space = (
            f"{kind.space.name}, {kind.space.dim}"
            if isinstance(kind.space, Space)
            else "named after the model"
        )
        accepts = _declared(kind.accepts)
        inputs = (accepts or frozenset()) | (_declared(kind.query_modalities) or frozenset())
        languages = _set(_declared(kind.languages)) if accepts is None or "text" in inputs else "-"
        languages = "`languages`" if "`languages=" in options else languages
        rows.append(
            [
                linked,
                does,
                "as the model takes" if accepts is None else _set(accepts),
                _set(_declared(kind.query_modalities) or frozenset()),
                space,
                languages,
                options,
            ]
        )
    return table(
        [
            "name",
            "what it does",
            "encodes",
            "asked by, too",
            "space, dimensions",
            "languages",
            "options",
        ],
        rows,
    )


def converters() -> str:
    """Every converter."""
    rows = []
    for name in _ours("converters"):
        kind, (linked, does, options) = _plugin("converters", name)
        rows.append(
            [linked, does, f"{kind.source} → {_set(kind.targets)}", f"{kind.cost:g}", options]
        )
    return table(["name", "what it does", "turns", "cost", "options"], rows)


def stores() -> str:
    """Every store."""
    rows = []
    for name in _ours("stores"):
        kind, (linked, does, _) = _plugin("stores", name)
        capabilities = kind.capabilities
        rows.append(
            [
                linked,
                does,
                "as the server has them"
                if isinstance(capabilities, property)
                else _set(capabilities),
            ]
        )
    return table(["name", "what it does", "capabilities"], rows)


def rerankers() -> str:
    """Every reranker."""
    rows = []
    for name in _ours("rerankers"):
        kind, (linked, does, options) = _plugin("rerankers", name)
        accepts = _declared(kind.accepts)
        rows.append(
            [linked, does, "as the model takes" if accepts is None else _set(accepts), options]
        )
    return table(["name", "what it does", "orders", "options"], rows)


def rewriters() -> str:
    """Every rewriter."""
    rows = []
    for name in _ours("rewriters"):
        kind, (linked, does, options) = _plugin("rewriters", name)
        rows.append([linked, does, _set(kind.languages), options])
    return table(["name", "what it does", "languages", "options"], rows)


def language_models() -> str:
    """Every language model."""
    rows = [list(_plugin("language_models", name)[1]) for name in _ours("language_models")]
    return table(["name", "what it does", "options"], rows)


def models() -> str:
    """Every family of models that tools/models.toml lists."""
    raw = tomllib.loads((ROOT / "tools" / "models.toml").read_text("utf-8"))
    rows = [
        [
            f"{m['family']}: {m['job']}",
            f"`{m['line']}`",
            m["space"],
            m["modalities"],
            f"{m['licence']}; {m['size']}",
            m["tested"],
        ]
        for m in raw["model"]
    ]
    head = ["models", "one line", "space", "modalities", "licence, size", "how it was tested"]
    return table(head, rows)


def where_columns() -> str:
    """Every column of `where`."""
    from polysense.columns import WHERE_COLUMNS

    rows = [[f"`{name}`", c.kind, c.meaning] for name, c in WHERE_COLUMNS.items()]
    own = ["`meta.NAME`", "text, a number, or true or false", "a value of the chunk's own"]
    return table(["column", "type", "what it is"], [*rows, own])


def generators() -> str:
    """Every generator."""
    rows = []
    for name in _ours("generators"):
        kind, (linked, does, options) = _plugin("generators", name)
        rows.append([linked, does, _set(kind.accepts), kind.emits, f"{kind.cost:g}", options])
    return table(["name", "what it does", "from", "to", "cost", "options"], rows)


def commands() -> str:
    """Every command with its arguments, from argparse."""
    from polysense import cli

    parser = cli._parser()
    subs = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    everywhere = {o for a in parser._actions for o in a.option_strings}
    lines = [
        "## Everywhere",
        "",
        table(["option", "meaning"], (_option(a) for a in parser._actions if a is not subs)),
    ]
    for name, sub in subs.choices.items():
        lines += _command(name, sub, everywhere, "##")
    return "\n".join(lines)


def _command(
    name: str, parser: argparse.ArgumentParser, everywhere: set[str], heading: str
) -> Iterator[str]:
    """A command's section, then one for each of the commands in it."""
    own = [a for a in parser._actions if not set(a.option_strings) & everywhere]
    usage = " ".join(
        ["polysense", name, *map(_usage, sorted(own, key=lambda a: bool(a.option_strings)))]
    )
    description = parser.description or ""
    description = f"{description[:1].upper()}{description[1:]}."
    yield from ("", f"{heading} {name}", "", description, "", "```", usage, "```")
    if own:
        yield from ("", table(["argument", "meaning"], map(_option, own)))
    for nested in own:
        if isinstance(nested, argparse._SubParsersAction):
            for inner, sub in nested.choices.items():
                yield from _command(f"{name} {inner}", sub, everywhere, f"{heading}#")


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    name = str(
        action.metavar
        or (f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper())
    )
    return f"{name}..." if action.nargs in ("+", "*") else name


def _usage(action: argparse.Action) -> str:
    text = f"{max(action.option_strings, key=len, default='')} {_value(action)}".strip()
    optional = not action.required or action.nargs in ("?", "*")
    again = "..." if isinstance(action, argparse._AppendAction) else ""
    return (f"[{text}]" if optional else text) + again


def _option(action: argparse.Action) -> list[str]:
    name = f"`{' '.join([', '.join(action.option_strings), _value(action)]).strip()}`"
    return [name, (action.help or "").replace("%%", "%")]


PARTS: Mapping[str, Callable[[], str]] = {
    "what goes in": goes_in,
    "what goes in Chinese": lambda: goes_in(chinese=True),
    "parsers": parsers,
    "encoders": encoders,
    "converters": converters,
    "stores": stores,
    "rerankers": rerankers,
    "rewriters": rewriters,
    "language models": language_models,
    "models": models,
    "where columns": where_columns,
    "generators": generators,
    "commands": commands,
}
"""What each marker is filled with."""


# The picture

COLUMNS, WIDE, HIGH, MARGIN = 92, 8.5, 21, 26
"""Of the picture: characters a line, pixels a character, pixels a line, pixels around it."""

_CSS = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, \
'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace; }
text { fill: #d8dee9; white-space: pre; }
.asked { fill: #ffffff; font-weight: 600; } .prompt { fill: #8fd18f; } .cited { fill: #7fb4ff; } \
.source { fill: #8a94a6; }
"""


def ask(folder: Path) -> list[str]:
    """The lines of a terminal in which the questions are asked of the library in `folder`."""
    lines: list[str] = []
    for question in QUESTIONS:
        command = [sys.executable, "-m", "polysense.cli", "ask", *question]
        process = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
        )
        lines += [
            "$ polysense ask "
            + " ".join(a if a.isascii() and " " not in a else f'"{a}"' for a in question)
        ]
        lines += [*process.stdout.rstrip().split("\n"), ""]
    return lines[:-1]


def draw(lines: Sequence[str]) -> str:
    """The lines as a picture of a terminal."""
    rows = [(line, piece) for line in lines for piece in wrapped(line)]
    width, height = COLUMNS * WIDE + 2 * MARGIN, len(rows) * HIGH + 2 * MARGIN + 18
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img">',
        "<title>polysense ask: questions in words and with files, each answered with its "
        "source</title>",
        f"<style>{_CSS}</style>",
        f'<rect width="{width:g}" height="{height:g}" rx="10" fill="#1b2029"/>',
        *(
            f'<circle cx="{24 + 20 * i}" cy="22" r="6" fill="{c}"/>'
            for i, c in enumerate(("#e06c60", "#e5c07b", "#7fb86f"))
        ),
    ]
    y = MARGIN + 30.0
    for line, piece in rows:
        if piece:
            svg.append(f'<text x="{MARGIN}" y="{y:g}">{_coloured(line, piece)}</text>')
        y += HIGH
    return "\n".join([*svg, "</svg>", ""])


def _coloured(line: str, piece: str) -> str:
    text = re.sub(r"(\[\d+\])", r'<tspan class="cited">\1</tspan>', escape(piece, quote=False))
    if piece.startswith("$ "):
        return (
            '<tspan class="prompt">$</tspan> <tspan '
            f'class="asked">{escape(piece[2:], quote=False)}</tspan>'
        )
    return f'<tspan class="source">{text}</tspan>' if re.match(r"\[\d+\] ", line) else text


def wrapped(line: str) -> list[str]:
    """The line in pieces of at most COLUMNS cells, cut at a space where there is one; ideographs
    take two.
    """
    pieces, current = [], ""
    for token in re.findall(r"[^\s\u2e80-\uffef]+\s?|[\u2e80-\uffef]\s?|\s", line):
        if cells(current + token.rstrip()) > COLUMNS:
            pieces.append(current.rstrip())
            current = ""
        current += token
    return [*pieces, current.rstrip()]


def cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


if __name__ == "__main__":
    sys.exit(main())
