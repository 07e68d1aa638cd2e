"""What a query asks: its words, wherever they are in it, and its parts as encoders take them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from polysense.errors import BadQuery, MissingDependency, ModelFailed, Unreadable
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.jobs import parser_for, unread_reason
from polysense.modalities import describe
from polysense.query.answer_kind import answer_kind
from polysense.query.constraints import constraints
from polysense.query.expected import expected_modalities
from polysense.query.intent import intent
from polysense.query.reference import refers_to_file
from polysense.query.scope import scope
from polysense.question import MAX_CHARACTERS, Constraint, Question, Scope
from polysense.read.file.endings import modality_of_file, successor
from polysense.read.file.text import count_words
from polysense.read.language.questions import content_terms, question_language
from polysense.registry import Kit
from polysense.stretch import chunk_part
from polysense.types import Asset, Chunk, Part

MAX_PARTS = 8
"""A file given as a query is asked by so many of its first parts. Judged, not measured."""

MIN_WORDS_READ = 5
"""Words read in a picture or sound from which on it is asked by them. Judged, not measured: right
for a screenshot of text; of a voice, five misheard words are enough too.
"""

MIN_FUNCTION_WORDS = 2
"""Function words, its interrogative among them, from which on a short question tells its language,
so that models of other languages are not asked. Of 4,898 English questions (XQuAD, SQuAD 2.0,
TAT-QA) none is told in another, .99 in English; of XQuAD's 612 German and Spanish ones each .95 are
told rightly. With one, "come together" is Italian.
"""

MIN_WORDS_PASSAGE, MIN_NAMES_PASSAGE = 12, 3
"""Words, and names, numbers and quotes, from which on words that ask nothing are a passage to be
found. Judged on receipts and letters; of 8,342 questions of XQuAD (en, zh, de, es), SQuAD 2.0,
TAT-QA and CMRC, their question marks taken away, 51 are taken for passages.
"""

TYPED_TERMS_AT_HALF, TYPED_TERMS_AT_HALF_OF_DOCUMENT = 2, 0.25
"""Terms of typed words that count for as much as the file beside them; "how do I fix this?" has one
and leans on its file, "which fruit grows on palm trees?" has five and leads. Words beside a
document lead from the first term on, unless they point at it: it has words for hundreds of other
questions. Judged on worked examples, not measured.
"""


def understand(items: Iterable[Part | str], kit: Kit) -> Question:
    """Read the words in pictures and sounds; parse other files as indexing would.

    Raises BadQuery where nothing is asked.
    """
    query = tuple(map(_query_part, items))
    warnings: list[str] = []
    pieces = tuple(tuple(_pieces_of(part, kit, warnings)) for part in query)
    question = Question(query, pieces, warnings=tuple(warnings))
    if not question.parts:
        raise BadQuery("the query is empty" if not warnings else "; ".join(warnings))
    read_words = count_words(question.read_words)
    language = question_language(question.typed_words or question.read_words, MIN_FUNCTION_WORDS)
    has_words_alone = all(p.modality == "text" and isinstance(p.data, str) for p in query)
    typed = "\n".join(p.data for p in query if p.modality == "text" and isinstance(p.data, str))
    kind = answer_kind(question.typed_words, language)
    own_intent = intent(question.typed_words, kind)
    own_constraints = constraints(typed[:MAX_CHARACTERS], language)
    if own_intent == "topic" and is_passage(typed, own_constraints):
        own_constraints = tuple(c for c in own_constraints if c.kind == "code")
    return replace(
        question,
        language=language,
        typed_share=typed_share(question.typed_words, _is_document(question)),
        has_read_words=read_words >= MIN_WORDS_READ,
        expected=expected_modalities(question.typed_words),
        intent=own_intent,
        kind=kind,
        constraints=own_constraints,
        scope=scope(question.typed_words) if has_words_alone else Scope(),
    )


def _query_part(item: Part | str) -> Part:
    """A part of a query; typed words with their letters and accents composed, as patterns of
    letters expect them. Raises BadQuery.
    """
    part = Part("text", item) if isinstance(item, str) else item
    if not isinstance(part, Part):
        hint = "Give words, or a file as polysense.part(path)."
        raise BadQuery(f"cannot ask with {item!r}", hint)
    if part.modality == "text" and isinstance(part.data, str):
        return replace(part, data=normalize("NFC", part.data))
    return part


_REQUEST_TEXT = (
    "show give tell find list name explain describe compare summarize summarise search look "
    "get what who which where when why how please nenne zeige finde suche liste erkläre "
    "montre donne cherche trouve muestra dame busca encuentra wer was wann wo warum wie "
    "wieviel welche welcher welches wem wen wessen qui que quand où pourquoi comment combien "
    "quel quelle quels quelles quién qué cuándo dónde cómo cuál cuánto cuántos"
)
_REQUESTS = frozenset(_REQUEST_TEXT.split())
"""What begins a request, or names what is looked for: "the manual of the pump that ..."."""


def is_passage(words: str, names: Sequence[Constraint]) -> bool:
    """Whether words are a passage of something, given to find it by, rather than a question: long,
    asking nothing, and of more names and numbers than a question has, not all of which need stand
    in one place.

    >>> words = "Inn of the Two Moons, 12 Harbour Lane, 03-04-2031, table 14, lamb, total 61.50"
    >>> is_passage(words, constraints(words)), is_passage("Ann Lee in 2031", constraints("Ann Lee"))
    (True, False)
    """
    count = count_words(words)
    return count >= MIN_WORDS_PASSAGE and len(names) >= MIN_NAMES_PASSAGE and not is_request(words)


def is_request(words: str) -> bool:
    """Whether words ask for something, by their first one or a question mark.

    >>> is_request("Where is the key kept?"), is_request("I kept the key in a tin.")
    (True, False)
    """
    first = re.search(r"[^\W\d_]+", words)
    requests = first is not None and first.group().lower() in _REQUESTS
    return requests or any(mark in words for mark in "?？؟¿")


def typed_share(words: str, beside_document: bool = False) -> float:
    """What typed words count for beside a file, 0..1: more, the more they say by themselves.

    >>> typed_share("how do I fix this?") < 0.5 < typed_share("which fruit grows on palm trees?")
    True
    """
    count = len(content_terms(words)) if words.strip() else 0
    points = refers_to_file(words)
    leads = beside_document and not points
    share = count / (count + (TYPED_TERMS_AT_HALF_OF_DOCUMENT if leads else TYPED_TERMS_AT_HALF))
    return min(share, 0.5) if points else share  # never more than the file that they point at


def _is_document(question: Question) -> bool:
    """Whether the words read are of documents alone, not seen in a picture or heard."""
    sources = {str(p.meta["from"]) for p in question.parts if "from" in p.meta}
    return bool(sources) and not any(describe(m).is_encoded_whole for m in sources)


def _pieces_of(part: Part, kit: Kit, warnings: list[str]) -> Iterable[Part]:
    if part.modality == "text" and isinstance(part.data, str):
        text = _storable_text(part.data)
        return [replace(part, data=text)] if text.strip() else []
    return _encoder_parts(part, kit, warnings)


def _storable_text(text: str) -> str:
    """Without what no index holds: NUL, lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:MAX_CHARACTERS]


def _encoder_parts(part: Part, kit: Kit, warnings: list[str]) -> list[Part]:
    own_parts = (
        [part]
        if describe(part.modality).is_encoded_whole
        else list(_parse_part(part, kit))[:MAX_PARTS]
    )
    result: list[Part] = []
    for own_part in own_parts:
        result.append(own_part)
        modality = own_part.modality
        extractor = kit.text_extractor(modality) if modality != "text" else None
        if extractor is None:
            continue
        try:
            lines = [
                str(p.data)
                for p in extractor.convert(own_part)
                if p.modality == "text" and not p.meta.get("uncertain")
            ]
        except (MissingDependency, ModelFailed) as e:
            warnings.append(f"{e}. {e.hint}")
            continue
        if lines:
            text = "\n".join(lines)[:MAX_CHARACTERS]
            result.append(Part("text", text, meta={"from": modality}))
    return result


def _parse_part(part: Part, kit: Kit) -> Iterable[Part]:
    if isinstance(part.data, str):
        return [Part("text", part.data[:MAX_CHARACTERS])]
    asset = as_asset(part)
    parser = parser_for(kit, asset)
    if parser is None:
        reason = unread_reason(kit, asset) or f"nothing here reads {asset.mime}"
        ending = successor(asset.mime)
        advice = f" (save it as {ending})." if ending else "."
        raise Unreadable(f"{reason} ({asset.name})", f"Ask with a file of a common type{advice}")
    return _chunk_parts(c for c in parser.parse(asset) if isinstance(c, Chunk))


def _chunk_parts(chunks: Iterable[Chunk]) -> Iterable[Part]:
    for chunk in chunks:
        if (part := chunk_part(chunk)) is not None:
            yield part
        if chunk.text:
            yield Part("text", chunk.text[:MAX_CHARACTERS], meta={"from": chunk.modality})


def as_asset(part: Part) -> Asset:
    """The file of a part as an asset that a parser can read.

    Bytes are written to a temporary file first.
    """
    from polysense.read.file.mime import sniff

    path = part.data if isinstance(part.data, Path) else _temporary_file(part)
    mime = part.mime or sniff(path, part.name)
    return Asset(
        content_id(path),
        str(path),
        mime,
        modality_of_file(part.name or path.name, mime),
        path.stat().st_size,
        path=path,
    )


def content_id(content: Path | bytes) -> str:
    """The id of an asset of that content: its hash, 32 hex digits."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()[:32]
    state = content.stat()
    return _file_id(content, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=64)
def _file_id(path: Path, _size: int, _mtime_ns: int) -> str:
    """The hash of a file in this state: one question asks for it several times."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()[:32]


def indexed_assets(question: Question, catalogue: Catalogue) -> frozenset[str]:
    """Ids of the assets in a library that are the question's own files."""
    files = [p.data for p in question.query if isinstance(p.data, Path | bytes) and not p.span]
    ids = [content_id(f) for f in files]
    return frozenset(i for i in ids if catalogue.asset(i))


def _temporary_file(part: Part) -> Path:
    import atexit
    import tempfile

    if not isinstance(part.data, bytes):
        raise BadQuery(f"cannot ask with {part!r}", "Give a path, bytes, or words.")
    with tempfile.NamedTemporaryFile(suffix=Path(part.name).suffix, delete=False) as f:
        f.write(part.data)
    path = Path(f.name)
    atexit.register(path.unlink, missing_ok=True)
    return path
