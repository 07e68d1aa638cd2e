"""Answers about places themselves: what a page, a section or a file says, which one says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from polysense.errors import PolysenseError
from polysense.ingest.jobs import parser_for
from polysense.protocols import PageReader, Store
from polysense.question import Question, Scope
from polysense.read.language.questions import question_language
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.retrieve.pinpoint import passage_offsets
from polysense.types import Evidence, Hit, Part, Route, Span

MAX_PIECES = 8
"""Passages that tell what a place says; judged: a page has five, a summary is read at a glance."""

MIN_WORDS_OF_LEAD = 4
"""Words of the sentence that a section is told by: fewer are a label. Judged."""

_PAGES: Mapping[str, str] = {
    "en": "{} has {} pages.",
    "de": "{} hat {} Seiten.",
    "fr": "{} a {} pages.",
    "es": "{} tiene {} páginas.",
    "zh": "{}有{}页。",
}
_WHICH: Mapping[str, str] = {
    "en": "Which file is meant? Name it, as it is in the library{}.",
    "de": "Welche Datei ist gemeint? Nenne ihren Namen{}.",
    "fr": "De quel fichier s'agit-il ? Donnez son nom{}.",
    "es": "¿De qué archivo se trata? Diga su nombre{}.",
    "zh": "指的是哪个文件？请说出文件名{}。",
}


def tell_contents(hits: Sequence[Hit], scope: Scope) -> tuple[Evidence, ...]:
    """What a place says, as evidence: of a page or a section all passages, of a file one sentence
    of each with the heading that it stands under.
    """
    evidence = []
    for n, hit in enumerate(hits[:MAX_PIECES], 1):
        chunk = hit.chunk
        text, span, about = chunk.text, chunk.span, ""
        if scope.granularity == "file":
            text, span = _lead(hit)
            *above, heading = chunk.context.split("\n")[0].split(" > ")
            about = heading if above and heading not in text else ""
        evidence.append(Evidence(n, hit, Part("text", text), span, 1.0 / n, about=about))
    return tuple(evidence)


def _lead(hit: Hit) -> tuple[str, Span]:
    """The first sentence of a passage that is more than a label."""
    chunk = hit.chunk
    offsets = passage_offsets(chunk)
    headings = {h.strip().casefold() for h in chunk.context.replace("\n", " > ").split(" > ")}
    for a, b in offsets:
        text = chunk.text[a:b].strip()
        is_label = len(text.split()) < MIN_WORDS_OF_LEAD and text.isascii()
        if not is_label and text.lstrip("# ").casefold() not in headings:
            return text, chunk.place(a, b)
    return chunk.text, chunk.span


def with_place(evidence: Sequence[Evidence], scope: Scope) -> tuple[Evidence, ...]:
    """The evidence, told with the file or the page that is asked for, each of them once. Files of
    one name are told apart by their folders.
    """
    if scope.aim != "which":
        return tuple(evidence)
    assets = {e.hit.chunk.asset.id: e.hit.chunk.asset for e in evidence}
    labels = Counter(a.label for a in assets.values())
    places: dict[tuple[str, int | None], Evidence] = {}
    for e in evidence:
        asset = e.hit.chunk.asset
        name = asset.label if labels[asset.label] == 1 else f"{asset.folder}/{asset.label}"
        page = e.span.page if scope.granularity == "page" else None
        about = name if page is None else f"{name}, {Span(page=page)}"
        places.setdefault((asset.id, page), replace(e, n=len(places) + 1, about=about))
    return tuple(places.values())


def count_pages(question: Question, store: Store, kit: Kit, where: str) -> Answer | None:
    """How many pages a file has that a question names; None of any other question, and of a file
    without pages.
    """
    scope = question.scope
    if scope.aim != "length" or not scope.file:
        return None
    rows = [r for r in store.scan(where, ["id", "asset", "page"]) if r["page"] is not None]
    if not rows or len({r["asset"] for r in rows}) > 1:
        return None
    last = max(rows, key=lambda r: (int(r["page"]), str(r["id"])))
    chunk = store.get([last["id"]])[last["id"]]
    pages = max(int(last["page"]), _pages_of_file(Hit(chunk, 1.0), kit))
    message = _PAGES.get(language_of(question), _PAGES["en"])
    text = f"{message.format(chunk.asset.label, pages)} [1]"
    hit = Hit(chunk, 1.0, span=chunk.span)
    evidence = Evidence(1, hit, Part("text", text), Span(page=int(last["page"])), 1.0)
    return composed_answer(question, text, (evidence,))


def composed_answer(question: Question, text: str, evidence: Sequence[Evidence]) -> Answer:
    """An answer in one sentence that was counted, and not searched for, with what it is from."""
    part = Part("text", text, meta={"evidence": [e.n for e in evidence]})
    return Answer(
        (AnswerPart(part, "composed"),),
        tuple(evidence),
        True,
        Route(("text",), "text"),
        warnings=question.warnings,
        rewrites=question.explanations,
        usage=question.usage,
    )


def _pages_of_file(hit: Hit, kit: Kit) -> int:
    """The pages that a parser counts in the file itself, with those that say nothing; 0 where the
    file is not at hand.
    """
    asset = hit.chunk.asset
    if asset.path is None or not asset.path.is_file():
        return 0
    parser = parser_for(kit, asset)
    if not isinstance(parser, PageReader):
        return 0
    try:
        return sum(1 for _ in parser.pages(asset))
    except PolysenseError:
        return 0


def ask_which_file(question: Question, files: Sequence[str]) -> Answer | None:
    """The answer that asks for a file's name, where a question is for the contents of one and names
    none that is there; None for any other question.
    """
    scope = question.scope
    if scope.aim != "contents" or scope.file or not files:
        return None
    names = f": {', '.join(files[:MAX_PIECES])}" if len(files) <= MAX_PIECES else ""
    message = _WHICH.get(language_of(question), _WHICH["en"]).format(names)
    part = AnswerPart(Part("text", message), "composed")
    return Answer(
        (part,),
        (),
        False,
        Route(("text",), "text"),
        rewrites=question.explanations,
        usage=question.usage,
    )


def language_of(question: Question) -> str:
    """Its language; of a short question Chinese where it has ideographs, and else that of what it
    asks with.
    """
    if any("\u3400" <= c <= "\u9fff" for c in question.query_text):
        return question.language or "zh"
    return question.language or question_language(question.query_text) or ""
