"""Types of text and code, and the endings of the names that go with them."""

from __future__ import annotations

_CODE_ENDINGS = {
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
    "text/x-source": "dart zig nim ex exs erl hrl clj cljs cljc fs fsx vb vbs pas f f77 f90 f95 "
    "f03 groovy gradle ps1 psm1 bat cmd mm ml mli elm d cr v sv svh vhd vhdl sol tf hcl thrift "
    "el lisp lsp scm rkt tcl awk sed coffee glsl vert frag hlsl wgsl metal ada adb ads cob cbl "
    "prolog hx nix purs re rei jsp asp aspx cshtml razor erb ejs hbs mustache jinja jinja2 j2 "
    "twig dot gv puml plantuml fbs capnp qml rakefile gemfile vagrantfile jenkinsfile procfile "
    "justfile bzl bazel",
}
CODE_TYPES = frozenset(_CODE_ENDINGS)
"""Every type of source code."""

_TEXT_ENDINGS = {
    "text/plain": "txt text log ini cfg conf env properties",
    "text/markdown": "md markdown mdown mkd mdx qmd rmd",
    "text/html": "html htm shtml",
    "application/xhtml+xml": "xhtml xht",
    "text/x-rst": "rst rest",
    "text/vtt": "vtt",
    "text/calendar": "ics ical",
    "text/vcard": "vcf vcard",
    "application/x-subrip": "srt",
    "text/x-ssa": "ass ssa",
    "text/x-lrc": "lrc",
    "text/x-sbv": "sbv",
    "application/ttml+xml": "ttml dfxp",
    "message/rfc822": "eml mht mhtml emlx",
    "application/x-ipynb+json": "ipynb",
    "application/json": "json topojson webmanifest map",
    "application/xml": "xml xsd xsl xslt rss atom gpx plist drawio opf ncx tei",
    "application/geo+json": "geojson",
    "application/vnd.google-earth.kml+xml": "kml",
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
MIME_BY_ENDING = {
    ending: mime
    for table in (_TEXT_ENDINGS, _CODE_ENDINGS)
    for mime, endings in table.items()
    for ending in endings.split()
}
"""Of text and code, the usual ending of a type before its others."""


def endings(mime: str) -> tuple[str, ...]:
    """The endings of names that go with a type of text or code, the usual one first.

    None for other types, and for code of any language.

    >>> endings("text/x-go"), endings("text/x-c")[0], endings("text/x-source"), endings("image/png")
    (('.go',), '.c', (), ())
    """
    joined_endings = (
        "" if mime == "text/x-source" else _TEXT_ENDINGS.get(mime) or _CODE_ENDINGS.get(mime, "")
    )
    return tuple(f".{e}" for e in joined_endings.split())


def mime_of_ending(ending: str) -> str:
    """The type of text or code in files of that ending (".py"); "" where the ending tells none."""
    return MIME_BY_ENDING.get(ending.removeprefix("."), "")
