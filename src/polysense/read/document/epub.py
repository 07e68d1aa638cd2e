"""EPUB books."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

from polysense.errors import Encrypted, Unreadable
from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.blocks import Document
from polysense.read.document.html import blocks
from polysense.read.file import archive
from polysense.read.file.references import link_words
from polysense.types import Asset, Chunk, Link, Part, Span

if TYPE_CHECKING:
    import zipfile

MAX_MEMBER_BYTES = 32 << 20
"""Bytes of one chapter, or of the package file: a bound for hostile books."""

_MAX_METADATA_CHARS = 300

_CHAPTER_MIMES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
# not the plain obfuscation of embedded fonts, which many books without protection have
_PROTECTION_MARKS = ("adobe.com/adept", "readium.org/2014/01/lcp", "apple.com", "xmlenc#aes")


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package file tells: chapters in reading order, pictures, metadata."""

    chapters: tuple[str, ...]
    pictures: frozenset[str]
    cover: str
    title: str
    meta: Mapping[str, str]


class EpubParser(Parser):
    """Reads books chapter by chapter, and their pictures with what is said of them.

    Each word has its line in the chapter's file.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"application/epub+zip"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables and pictures in reading order.

        Raises Encrypted for books with copy protection, TooLarge, Unreadable.
        """
        path = asset.path or Path(asset.uri)
        failures: list[str] = []
        with archive.open_zip(path) as container:
            book = _read_book(container, asset.name)
            shown_pictures: set[str] = set()
            if book.cover:
                yield _picture_chunk(asset, book.cover, link_words("Cover", book.title))
                shown_pictures.add(book.cover)
            for chapter in book.chapters:
                try:
                    page = blocks.read(blocks.decode(_read_member(container, chapter, asset.name)))
                except Unreadable:
                    failures.append(chapter)
                    continue
                yield from _chapter_items(asset, book, chapter, page, shown_pictures)
        if failures:
            raise Unreadable(
                f"{asset.name}: {len(failures)} of its chapters cannot be read: "
                f"{', '.join(failures[:20])}"
            )


def _chapter_items(
    asset: Asset, book: _Book, chapter: str, page: Document, shown_pictures: set[str]
) -> Iterator[Chunk | Link]:
    """A picture that several chapters show is told once, where it comes first."""
    folder = posixpath.dirname(chapter)

    def locate_picture(ref: str) -> Span | None:
        member = posixpath.normpath(posixpath.join(folder, unquote(ref.split("#")[0])))
        return Span(node=member) if member in book.pictures else None

    order = {"order": str(book.chapters.index(chapter))}
    document = Document(page.blocks, book.title, {**book.meta, **page.meta, **order})
    for item in chunking.chunk_document(asset, document, chapter, locate_picture):
        if isinstance(item, Link):
            continue  # nothing outside the book
        if item.modality == "image":
            if item.span.node in shown_pictures:
                continue
            shown_pictures.add(item.span.node or "")
        yield item


def _picture_chunk(asset: Asset, member: str, context: str) -> Chunk:
    span = Span(node=member)
    return Chunk(
        asset, span, "image", Part("image", asset.path, mime=asset.mime, span=span), context=context
    )


def _read_member(container: zipfile.ZipFile, name: str, book: str) -> bytes:
    """The bytes of a member, whatever it claims to hold. Raises Unreadable."""
    try:
        with container.open(name) as member:
            data = member.read(MAX_MEMBER_BYTES + 1)
    except Exception as e:  # zipfile and its decoders raise anything on broken members
        raise Unreadable(f"{name} in {book} cannot be read: {e}") from e
    if len(data) > MAX_MEMBER_BYTES:
        raise Unreadable(f"{name} in {book} holds more than {MAX_MEMBER_BYTES >> 20} MiB")
    return data


def _read_xml(container: zipfile.ZipFile, name: str, book: str) -> Any:
    """An XML member without entities or anything from outside, its names without namespaces."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(_read_member(container, name, book), parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise Unreadable(f"{name} in {book} is broken: {e}") from e
    if root is None:
        raise Unreadable(f"{name} in {book} is broken")
    return root


def _read_book(container: zipfile.ZipFile, name: str) -> _Book:
    """What the package file tells. Raises Encrypted, Unreadable."""
    names = frozenset(container.namelist())
    if "META-INF/encryption.xml" in names:
        raw = _read_member(container, "META-INF/encryption.xml", name)
        encryption = raw.decode("utf-8", "replace")
        if any(mark in encryption for mark in _PROTECTION_MARKS):
            raise Encrypted(f"{name} is copy-protected", "Index a copy without protection.")
    package = _find_package(container, names, name)
    root, folder = _read_xml(container, package, name), posixpath.dirname(package)
    items = _manifest_items(root, folder, names)
    spine = [
        items[ref][0]
        for r in root.iterfind(".//{*}spine/{*}itemref")
        if (ref := r.get("idref", "")) in items
    ]
    chapters = dict.fromkeys(
        spine or [member for member, mime, _ in items.values() if mime in _CHAPTER_MIMES]
    )
    metadata = {
        key: _metadata_value(root, key)
        for key in ("title", "creator", "language", "date", "publisher")
    }
    meta = {
        "author": metadata["creator"],
        "lang": metadata["language"],
        "date": metadata["date"],
        "publisher": metadata["publisher"],
    }
    pictures = frozenset(member for member, mime, _ in items.values() if mime.startswith("image/"))
    return _Book(
        tuple(chapters),
        pictures,
        _find_cover(root, items),
        metadata["title"],
        {k: v for k, v in meta.items() if v},
    )


def _manifest_items(
    root: Any, folder: str, names: frozenset[str]
) -> dict[str, tuple[str, str, str]]:
    """(member, mime, properties) of each file that the manifest lists and the book has, by id."""
    items: dict[str, tuple[str, str, str]] = {}
    for item in root.iterfind(".//{*}manifest/{*}item"):
        member = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        if member in names:
            mime, properties = item.get("media-type", ""), item.get("properties", "")
            items[item.get("id", "")] = (member, mime, properties)
    return items


def _find_cover(root: Any, items: Mapping[str, tuple[str, str, str]]) -> str:
    """The picture on the cover, as EPUB 3 tells it, else as EPUB 2 does; or ""."""
    for member, mime, properties in items.values():
        if "cover-image" in properties.split() and mime.startswith("image/"):
            return member
    for tag in root.iterfind(".//{*}metadata/{*}meta[@name='cover']"):
        member, mime, _ = items.get(tag.get("content", ""), ("", "", ""))
        if member and mime.startswith("image/"):
            return member
    return ""


def _find_package(container: zipfile.ZipFile, names: frozenset[str], book: str) -> str:
    """The package file's name. Raises Unreadable where there is none."""
    if "META-INF/container.xml" in names:
        for file in _read_xml(container, "META-INF/container.xml", book).iterfind(".//{*}rootfile"):
            if file.get("full-path", "") in names:
                return str(file.get("full-path"))
    package = min((name for name in names if name.endswith(".opf")), default="")
    if not package:
        raise Unreadable(f"{book} is no EPUB book: it has no package file")
    return package


def _metadata_value(root: Any, key: str) -> str:
    values = (
        " ".join("".join(tag.itertext()).split())
        for tag in root.iterfind(f".//{{*}}metadata/{{*}}{key}")
    )
    return ", ".join(filter(None, values))[:_MAX_METADATA_CHARS]
