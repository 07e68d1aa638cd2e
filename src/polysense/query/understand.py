"""What a query asks: its words, wherever they are in it, and its parts as encoders take them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from polysense.errors import BadQuery, MissingDependency, Unreadable
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.jobs import parser_for
from polysense.read.file.text import count_words
from polysense.read.language.detect import detect_language
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Part, Query

MAX_PARTS, MAX_CHARACTERS = 8, 2_000
"""A file given as a query is asked by its first parts, and by so many characters of words. Judged,
not measured.
"""

MIN_WORDS_READ = 5
"""Words read in a picture or sound from which on it is asked by them. Judged, not measured: right
for a screenshot of text; of a voice, five misheard words are enough too.
"""

_NATIVE_MODALITIES = frozenset({"image", "audio", "3d"})
"""Put to encoders whole; files of others are parsed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query, understood.

    query is as it was given; parts are what is put to encoders, words what is put to the lexical
    index.
    """

    query: Query
    parts: Query
    words: str
    language: str
    warnings: tuple[str, ...] = ()

    @property
    def has_extracted_words(self) -> bool:
        """Whether enough words to ask with were read in the query's files."""
        return (
            sum(count_words(str(p.data)) for p in self.parts if "from" in p.meta) >= MIN_WORDS_READ
        )


def understand(items: Iterable[Part | str], kit: Kit) -> Question:
    """Read the words in pictures and sounds; parse other files as indexing would.

    Raises BadQuery where nothing is asked.
    """
    query = tuple(Part("text", a) if isinstance(a, str) else a for a in items)
    parts: list[Part] = []
    warnings: list[str] = []
    for part in query:
        if part.modality == "text" and isinstance(part.data, str):
            text = _storable_text(part.data)
            parts += [replace(part, data=text)] if text.strip() else []
        else:
            parts += _encoder_parts(part, kit, warnings)
    words = "\n".join(str(p.data) for p in parts if p.modality == "text")[:MAX_CHARACTERS]
    words = words.replace('"', " ")  # quotes are syntax to an index
    if not parts:
        raise BadQuery("the query is empty" if not warnings else "; ".join(warnings))
    return Question(query, tuple(parts), words, detect_language(words), tuple(warnings))


def _storable_text(text: str) -> str:
    """Without what no index holds: NUL, lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:MAX_CHARACTERS]


def _encoder_parts(part: Part, kit: Kit, warnings: list[str]) -> list[Part]:
    own_parts = (
        [part] if part.modality in _NATIVE_MODALITIES else list(_parse_part(part, kit))[:MAX_PARTS]
    )
    result: list[Part] = []
    for own_part in own_parts:
        result.append(own_part)
        modality = own_part.modality
        extractor = kit.text_extractor(modality) if modality != "text" else None
        if extractor is None:
            continue
        try:
            lines = [str(p.data) for p in extractor.convert(own_part) if p.modality == "text"]
        except MissingDependency as e:
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
        raise Unreadable(
            f"nothing here reads {asset.mime} ({asset.name})", "Ask with a file of a common type."
        )
    return _chunk_parts(c for c in parser.parse(asset) if isinstance(c, Chunk))


def _chunk_parts(chunks: Iterable[Chunk]) -> Iterable[Part]:
    for chunk in chunks:
        if chunk.part is not None:
            yield chunk.part
        if chunk.text:
            yield Part("text", chunk.text[:MAX_CHARACTERS], meta={"from": chunk.modality})


def as_asset(part: Part) -> Asset:
    """The file of a part as an asset that a parser can read.

    Bytes are written to a temporary file first.
    """
    from polysense.read.file.mime import modality_of, sniff

    path = part.data if isinstance(part.data, Path) else _temporary_file(part)
    mime = part.mime or sniff(path, part.name)
    return Asset(
        content_id(path), str(path), mime, modality_of(mime), path.stat().st_size, path=path
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
