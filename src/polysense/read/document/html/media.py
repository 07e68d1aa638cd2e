"""What the attributes of an HTML tag say: the files that it shows, and the words for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_MEDIA_TAGS = frozenset({"img", "source", "video", "audio", "track", "embed", "iframe"})
_TEXT_INPUTS = frozenset(
    {"text", "search", "email", "url", "tel", "number", "button", "submit", "reset", "image"}
)
_MAX_SRCSET_CHARS = 4000

LABEL = "\0"
"""Stands before the id of an element whose words describe another."""


def media_refs(tag: str, attributes: Mapping[str, str]) -> list[str]:
    """The files that a tag shows, each once.

    >>> media_refs("img", {"src": "a.png", "srcset": "a.png 1x, b.png 2x"})
    ['a.png', 'b.png']
    """
    refs: list[str] = []
    if tag in _MEDIA_TAGS or (tag == "input" and attributes.get("type") == "image"):
        refs = [
            attributes.get("src") or attributes.get("data-src", ""),
            *_srcset_urls(attributes.get("srcset", "")),
            attributes.get("poster", ""),
        ]
    elif tag == "object":
        refs = [attributes.get("data", "")]
    elif tag == "image":
        refs = [attributes.get("href") or attributes.get("xlink:href", "")]
    return [ref for ref in dict.fromkeys(refs) if ref]


def descriptions(attributes: Mapping[str, str]) -> tuple[str, ...]:
    """What a tag says of its file: words, or `LABEL` and the id of the element that says them."""
    return (
        attributes.get("alt", ""),
        attributes.get("title", ""),
        attributes.get("label", ""),
        *label_descriptions(attributes),
    )


def label_descriptions(attributes: Mapping[str, str]) -> list[str]:
    """The ARIA label, and the ids that ARIA refers to."""
    ids = [
        *attributes.get("aria-labelledby", "").split(),
        *attributes.get("aria-describedby", "").split(),
    ]
    return [attributes.get("aria-label", ""), *(LABEL + name for name in ids)]


def stand_in_text(tag: str, attributes: Mapping[str, str]) -> str:
    """The words that stand in for a picture or a field where it is.

    >>> stand_in_text("input", {"value": "Send", "type": "submit"})
    'Send'
    """
    text = attributes.get("alt", "") if tag in {"img", "area", "input"} else ""
    if tag == "input" and attributes.get("type", "text").lower() in _TEXT_INPUTS:
        text = f"{text} {attributes.get('value', '')} {attributes.get('placeholder', '')}"
    return " ".join(text.split())


def _srcset_urls(srcset: str) -> Iterator[str]:
    """The addresses in a srcset: "a.jpg 480w, b.jpg 2x"."""
    for candidate in srcset[:_MAX_SRCSET_CHARS].split(", "):
        if words := candidate.split():
            yield words[0].rstrip(",")
