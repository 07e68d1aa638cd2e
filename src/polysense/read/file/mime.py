"""What a file is, by its content; the name decides only between kinds of text, which look alike."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from polysense.read.file import text as texts
from polysense.read.file.magic import XLSX, binary
from polysense.types import Modality

UNKNOWN = "application/octet-stream"
HEAD = 1 << 16
"""Bytes of a file that are looked at; the pieces of containers are found by seeking."""

_TABLES = {
    "text/csv",
    "text/tab-separated-values",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    XLSX,
}
_GRAPHS = {
    "application/graphml+xml",
    "application/ld+json",
    "text/turtle",
    "application/n-triples",
    "application/rdf+xml",
    "text/x-triples",
}
ARCHIVES = frozenset(
    {
        "application/zip",
        "application/x-tar",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
    }
)
"""What `polysense.read.file.archive` opens like a folder."""

_CODES = {
    "text/x-python": "py pyw pyi pyx",
    "text/javascript": "js mjs cjs jsx",
    "text/x-typescript": "ts tsx mts cts",
    "text/x-java": "java",
    "text/x-c": "c h",
    "text/x-c++": "cpp cc cxx hpp hh hxx h++ c++ ipp inl cu cuh ino",
    "text/x-csharp": "cs csx",
    "text/x-go": "go",
    "text/x-rust": "rs",
    "text/x-ruby": "rb rake gemspec",
    "text/x-php": "php phtml php5",
    "text/x-shellscript": "sh bash zsh ksh fish command",
    "text/x-kotlin": "kt kts",
    "text/x-swift": "swift",
    "text/x-scala": "scala sc sbt",
    "text/css": "css scss sass less styl",
    "text/x-sql": "sql ddl",
    "text/x-lua": "lua",
    "text/x-r": "r",
    "text/x-perl": "pl pm",
    "text/x-haskell": "hs lhs",
    "text/x-julia": "jl",
    "text/x-matlab": "m",
    "text/x-vue": "vue svelte",
    "text/x-dockerfile": "dockerfile containerfile",
    "text/x-makefile": "mk mak makefile gnumakefile",
    "text/x-cmake": "cmake",
    "text/x-proto": "proto",
    "text/x-graphql": "graphql gql",
    "text/x-asm": "s asm nasm",
    "text/x-mermaid": "mmd mermaid",
    "text/x-source": "dart zig nim ex exs erl hrl clj cljs cljc fs fsx vb vbs pas f f77 f90 f95 f03 groovy gradle ps1 psm1 bat cmd mm "
    "ml mli elm d cr v sv svh vhd vhdl sol tf hcl thrift el lisp lsp scm rkt tcl awk sed coffee glsl vert frag hlsl wgsl metal "
    "ada adb ads cob cbl prolog hx nix purs re rei jsp asp aspx cshtml razor erb ejs hbs mustache jinja jinja2 j2 twig dot gv "
    "puml plantuml fbs capnp qml rakefile gemfile vagrantfile jenkinsfile procfile justfile bzl bazel",
}
CODE = frozenset(_CODES)
"""Every type of source code."""

_WORDS = {
    "text/plain": "txt text log ini cfg conf env properties",
    "text/markdown": "md markdown mdown mkd mdx qmd rmd",
    "text/html": "html htm shtml",
    "application/xhtml+xml": "xhtml xht",
    "text/x-rst": "rst rest",
    "text/vtt": "vtt",
    "application/x-subrip": "srt",
    "message/rfc822": "eml mht mhtml",
    "application/x-ipynb+json": "ipynb",
    "application/json": "json geojson topojson webmanifest map",
    "application/xml": "xml xsd xsl xslt rss atom kml gpx plist drawio opf ncx tei",
    "application/yaml": "yaml yml",
    "application/toml": "toml",
    "application/x-tex": "tex latex ltx sty cls bib",
    "image/svg+xml": "svg",
    "model/gltf+json": "gltf",
    "model/obj": "obj",
    "model/stl": "stl",
    "model/ply": "ply",
    "model/off": "off",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv tab",
    "application/x-ndjson": "jsonl ndjson",
    "application/graphml+xml": "graphml",
    "application/ld+json": "jsonld",
    "text/turtle": "ttl n3",
    "application/n-triples": "nt",
}
_BY_NAME = {
    ending: mime
    for table in (_WORDS, _CODES)
    for mime, endings in table.items()
    for ending in endings.split()
}


def endings(mime: str) -> tuple[str, ...]:
    """The endings of names that go with words or code of a type, the usual one first; none for
    other types, and for code of any kind.

    >>> endings("text/x-go"), endings("text/x-c")[0], endings("text/x-source"), endings("image/png")
    (('.go',), '.c', (), ())
    """
    known = "" if mime == "text/x-source" else _WORDS.get(mime) or _CODES.get(mime, "")
    return tuple(f".{e}" for e in known.split())


def named(ending: str) -> str:
    """The type of words or code in files of that ending (".py"); "" where the ending tells none."""
    return _BY_NAME.get(ending.removeprefix("."), "")


def sniff(source: Path | bytes, name: str = "") -> str:
    """The mime type of a file or its bytes, by the content; `name` (else the path's) breaks ties
    between kinds of text.

    "application/octet-stream" for what is empty or unknown. Raises OSError where the file cannot be
    read.
    """
    if isinstance(source, bytes):
        return _sniffed(io.BytesIO(source), len(source), name)
    with source.open("rb") as f:
        return _sniffed(f, source.stat().st_size, name or source.name)


def _sniffed(f: BinaryIO, size: int, name: str) -> str:
    name = PurePosixPath(name.replace("\\", "/")).name.lower()
    ending = name.rsplit(".", 1)[-1]
    head = f.read(HEAD)
    if not head:
        return UNKNOWN
    if known := binary(f, head, size, ending):
        return known
    text = _text(head)
    if text is None:
        # these need no magic bytes
        return {"stl": "model/stl", "mp3": "audio/mpeg"}.get(ending, UNKNOWN)
    f.seek(max(0, size - 4096))
    return _words(text, f.read().decode("utf-8", "replace"), name, ending)


def modality_of(mime: str) -> Modality:
    """The modality of a file of this type; "" for archives and what is unknown.

    >>> modality_of("text/x-python"), modality_of("application/pdf"), modality_of("model/stl"), modality_of("text/csv")
    ('code', 'text', '3d', 'table')
    """
    if mime in _TABLES:
        return "table"
    if mime in _GRAPHS:
        return "graph"
    if mime in CODE:
        return "code"
    family = mime.split("/", 1)[0]
    if family in ("image", "audio", "video"):
        return family
    return "3d" if family == "model" else "" if mime == UNKNOWN or mime in ARCHIVES else "text"


def _text(head: bytes) -> str | None:
    """The beginning of a file as words; None where the bytes are no words."""
    if encoding := texts.marked(head):
        said = head.decode(encoding, "replace")
        return said if said.count("�") <= len(said) / 20 + 1 else None
    control = len(re.findall(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]", head))
    if head.count(0) > len(head) / 1000:
        return None
    try:
        head[:-4].decode("utf-8")
        return head.decode("utf-8", "replace") if control <= len(head) / 10 else None
    except UnicodeDecodeError as e:
        cut = e.reason == "unexpected end of data"
    return (
        head.decode("utf-8" if cut else "latin-1", "replace")
        if control <= len(head) / 200
        else None
    )


_ROOT = re.compile(
    r"(?>\s+|<\?(?!php).*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w.:-]*)",
    re.S | re.I,
)
_CUE = re.compile(r"\s*\d+[ \t\r]*\n\s*\d+:\d\d:\d\d[,.]\d+\s*-->")
_HEADER = re.compile(r"^([A-Za-z][A-Za-z-]*):[ \t]", re.M)
_MAIL = {"to", "subject", "date", "message-id", "received", "mime-version"}
_TRIPLE = re.compile(
    r"(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]+>\s+(?:<[^<>\s]*>|_:\S+|\".*\"\S*)\s*\.\s*(?:#.*)?"
)
_SHEBANG = {
    "python": "text/x-python", "node": "text/javascript", "deno": "text/x-typescript", "perl": "text/x-perl", "ruby": "text/x-ruby",
    "php": "text/x-php", "lua": "text/x-lua", "Rscript": "text/x-r", "julia": "text/x-julia", "sh": "text/x-shellscript",
}  # fmt: skip


def _words(text: str, tail: str, name: str, ending: str) -> str:
    named = "text/x-cmake" if name == "cmakelists.txt" else _BY_NAME.get(ending, "")
    if not named and name.startswith(("dockerfile", "makefile")):
        named = _BY_NAME[name.split(".")[0]]
    if named in CODE:
        return _dialect(named, text, ending)
    return (
        _marked(text, named)
        or _json(text, tail, named)
        or _mesh(text, named)
        or _lines(text, named)
        or named
        or "text/plain"
    )


def _dialect(named: str, text: str, ending: str) -> str:
    if ending == "h" and re.search(
        r"^[ \t]*(?:class|namespace|template|using)\b|\bstd::", text, re.M
    ):
        return "text/x-c++"
    if ending in ("m", "h") and re.search(
        r"^[ \t]*(?:#import|@interface|@implementation|@protocol)\b", text, re.M
    ):
        return "text/x-source"
    return named


def _marked(text: str, named: str) -> str:
    if text.startswith("<?php"):
        return "text/x-php"
    if text.startswith("#!") and named in ("", "text/plain"):
        said = text.split("\n", 1)[0]
        return next(
            (mime for program, mime in _SHEBANG.items() if program in said), "text/x-source"
        )
    begins = text.lstrip()[:15].lower()
    if not begins.startswith("<") or named in ("text/markdown", "text/x-rst", "application/x-tex"):
        return ""
    found = _ROOT.match(text)
    root = found[1].rsplit(":", 1)[-1].lower() if found else ""
    xml = begins.startswith("<?xml")
    if root == "html" or begins.startswith("<!doctype html"):
        return "application/xhtml+xml" if xml or named == "application/xhtml+xml" else "text/html"
    kinds = {
        "svg": "image/svg+xml",
        "graphml": "application/graphml+xml",
        "rdf": "application/rdf+xml",
        "collada": "model/vnd.collada+xml",
    }
    if root in kinds:
        return kinds[root]
    return "application/xml" if xml and named not in ("text/html", "application/xhtml+xml") else ""


def _json(text: str, tail: str, named: str) -> str:
    text = text.lstrip()
    if text[:1] not in ("{", "[") or not re.match(
        r"\{\s*(?:\"|\}|$)|\[\s*(?:[\[{\"\d\]tfn-]|$)", text
    ):
        return ""
    if re.search(r'"cell_type"\s*:|"cells"\s*:', text) and re.search(
        r'"nbformat"\s*:\s*\d', text + tail
    ):
        return "application/x-ipynb+json"
    if re.search(r'"asset"\s*:\s*\{[^{}]*"version"', text + tail) and re.search(
        r'"(?:meshes|scenes|buffers|nodes)"\s*:\s*\[', text + tail
    ):
        return "model/gltf+json"
    if re.search(r'"@(?:context|graph)"\s*:', text[:4096]):
        return "application/ld+json"
    first, _, rest = text.partition("\n")
    if first.rstrip().endswith(("}", "]")) and rest.lstrip()[:1] == first[:1]:
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return named
        return "application/x-ndjson"
    return named or ("application/json" if tail.rstrip()[-1:] in ("}", "]") else "")


def _mesh(text: str, named: str) -> str:
    if re.match(r"ply\s*\nformat ", text):
        return "model/ply"
    if re.match(r"\s*(?:#.*\n\s*)*(?:ST)?C?N?4?n?OFF\s+(?:#.*\n\s*)*\d+\s+\d+", text):
        return "model/off"
    if re.match(r"\s*solid\b.*\n\s*facet\s+normal", text, re.I):
        return "model/stl"
    vertices = len(re.findall(r"^v(?:\s+-?[\d.eE+-]+){3}", text, re.M))
    return "model/obj" if vertices >= 3 and named in ("", "text/plain", "model/obj") else ""


def _lines(text: str, named: str) -> str:
    if text.startswith("WEBVTT"):
        return "text/vtt"
    if _CUE.match(text):
        return "application/x-subrip"
    if named in ("text/csv", "text/tab-separated-values", "", "text/plain") and _is_triples(
        text.split("\n", 1)[0]
    ):
        return "text/x-triples"
    if named in ("", "text/plain"):
        headers = {h.lower() for h in _HEADER.findall(re.split(r"\r?\n\r?\n", text, maxsplit=1)[0])}
        if _HEADER.match(text) and "from" in headers and len(headers & _MAIL) >= 2:
            return "message/rfc822"
        if re.match(r"\s*(?:%.*\n\s*)*\\documentclass\b", text):
            return "application/x-tex"
        said = [
            line for line in text.split("\n")[:20] if line.strip() and not line.startswith("#")
        ][:5]
        if said and all(_TRIPLE.fullmatch(line.strip()[:2000]) for line in said):
            return "application/n-triples"
        if said and re.match(r"@(?:prefix|base)\s+\S*\s*<", said[0]):
            return "text/turtle"
    return ""


_SUBJECT = {"subject", "subj", "s", "head", "source", "entity", "entity1", "from"}
_RELATION = {
    "relation",
    "relationship",
    "rel",
    "predicate",
    "pred",
    "property",
    "p",
    "r",
    "edge",
    "verb",
}
_OBJECT = {"object", "obj", "o", "tail", "target", "entity2", "to", "value"}


def _is_triples(header: str) -> bool:
    return any(
        triple_columns([c.strip().strip("\"'") for c in header.split(mark)]) is not None
        for mark in ",\t;|"
    )


def triple_columns(header: list[str]) -> tuple[int, int, int] | None:
    """Which columns hold subject, relation and object, where a header of three columns says so.

    >>> triple_columns(["head", "relation", "tail"]), triple_columns(["name", "age", "town"])
    ((0, 1, 2), None)
    """
    names = [h.strip().lower() for h in header]
    if len(names) != 3:
        return None
    at = [[i for i, n in enumerate(names) if n in kind] for kind in (_SUBJECT, _RELATION, _OBJECT)]
    return (at[0][0], at[1][0], at[2][0]) if all(len(found) == 1 for found in at) else None
