"""Pictures of diagrams, and the Mermaid that is made of them: nodes and edges, against the source
each was drawn from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from html import unescape
from pathlib import Path
from typing import Any

from common import f1
from polysense.evaluate.bench import Row, mean
from polysense.read.image import svg
from polysense.read.image.drawing.flowchart import Flowchart
from polysense.types import Part


def run(data: Path, work: Path) -> Iterator[Row]:
    """Drawn as pixels, then with the letters that an SVG holds."""
    sources = [
        s
        for s in sorted((data / "diagrams-mermaid").rglob("*.mmd"))
        if s.with_suffix(".svg").exists()
    ]
    for how in ("pixels", "SVG"):
        node_scores: dict[str, list[float]] = {}
        edge_scores = []
        for source in sources:
            raw = source.with_suffix(".svg").read_bytes()
            part = (
                Part("image", svg.render(raw), "image/png")
                if how == "pixels"
                else Part("image", raw, "image/svg+xml")
            )
            code = next((str(p.data) for p in Flowchart().convert(part)), "")
            (true_nodes, true_edges), (nodes, edges) = (
                parse_mermaid(t) for t in (source.read_text("utf-8"), code)
            )
            kind = "sequence" if "sequenceDiagram" in source.read_text("utf-8") else "other"
            node_scores.setdefault(kind, []).append(
                f1(count_matches(nodes, true_nodes, alike), len(nodes), len(true_nodes))
            )
            edge_scores.append(
                f1(
                    count_matches(
                        edges, true_edges, lambda a, b: alike(a[0], b[0]) and alike(a[1], b[1])
                    ),
                    len(edges),
                    len(true_edges),
                )
            )
        score = mean(v for values in node_scores.values() for v in values)
        by_kind = ", ".join(
            f"{k} {mean(values):.3f} ({len(values)})" for k, values in node_scores.items()
        )
        what = f"Diagram ({how}) -> Mermaid"
        note = (
            f"mean of {len(sources)}; {by_kind}; nodes of a sequence diagram are its "
            "participants; names alike by 0.8"
        )
        yield Row(f"{what}: node F1", f"{score:.3f}", ">= 0.7", score >= 0.7, note)
        yield Row(
            f"{what}: edge F1", f"{mean(edge_scores):.3f}", note="from and to; their words aside"
        )


def count_matches(
    answers: Sequence[Any], truths: Sequence[Any], same: Callable[[Any, Any], bool]
) -> int:
    """How many answers match a truth, each of which is found once; those that are equal first."""
    left, rest = list(truths), []
    for g in answers:
        left.remove(g) if g in left else rest.append(g)
    for g in rest:
        i = next((i for i, w in enumerate(left) if same(g, w)), None)
        if i is not None:
            left.pop(i)
    return len(truths) - len(left)


def alike(a: str, b: str) -> bool:
    """Whether two names differ by a letter or two at most."""
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.8


def parse_mermaid(code: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the nodes, and (from, to) of the edges."""
    bare = re.sub(r"%%\{.*?\}%%", "", code, flags=re.S)
    lines = [line.strip() for line in bare.split("\n") if line.strip()]
    read = _sequence if "sequenceDiagram" in bare else _classes if "classDiagram" in bare else _flow
    names: dict[str, str] = {}
    edges = list(read(lines, names))
    return list(names.values()), [(names[a], names[b]) for a, b in edges]


def _name(text: str) -> str:
    text = (
        re.sub(r"<br\s*/?>", " ", text)
        .replace("#58;", ":")
        .replace("#59;", ";")
        .replace("#35;", "#")
    )
    return re.sub(r"[^a-z0-9/.:_'\"-]+", "", unescape(text).lower())


def _sequence(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if m := re.match(r"participant (.+?)(?: as (.+))?$", line):
            names[m[1].strip()] = _name(m[2] or m[1])
        elif not re.match(r"Note |rect", line) and (
            m := re.match(r"(.+?)\s*--?(?:>>|>|x|\))\s*(.+?)\s*:", line)
        ):
            for key in (m[1], m[2]):
                names.setdefault(key, _name(key))
            yield m[1], m[2]


def _flow(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    def node(text: str) -> str:
        m = re.match(
            r'([\w-]+)\s*(?:@\{\s*label:\s*"(.*)"\s*\}|[\[({>/]+"?(.*?)"?[\])}/]+)?$', text.strip()
        )
        key, label = (m[1], m[2] or m[3]) if m else (text.strip(), None)
        if label is not None:
            names[key] = _name(label)
        names.setdefault(key, _name(key))
        return key

    for line in lines:
        if re.match(r"(graph|flowchart|classDef|style|subgraph|end)\b", line):
            continue
        m = re.match(r"(.+?)\s*(?:<?-->|---|-\.->|==>|--x|--o)\s*(?:\|.*?\|)?\s*(.+)$", line)
        if m:
            yield node(m[1]), node(m[2])
        else:
            node(line)


def _classes(lines: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    def key(name: str) -> str:
        name = name.strip("`")
        names.setdefault(name, _name(name))
        return name

    for line in lines:
        if m := re.match(r'class\s+(`[^`]+`|[\w.]+)(?:\["(.*)"\])?', line):
            names[key(m[1])] = _name(m[2] or m[1])
        elif m := re.match(
            r'(`[^`]+`|[\w.()]+)\s*(?:"[^"]*")?\s*'
            r"(<\|--|--\|>|<--|-->|<\.\.|\.\.>|--)"
            r'\s*(?:"[^"]*")?\s*(`[^`]+`|[\w.()]+)',
            line,
        ):
            a, b = key(m[1]), key(m[3])
            yield (b, a) if m[2].startswith("<") else (a, b)
