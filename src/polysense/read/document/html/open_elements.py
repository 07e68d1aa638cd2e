"""Elements of a page that are open, as far as more than their words counts."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Group:
    """An open <picture>, <video> or <figure>: what is said of all files in it.

    The blocks from `first_block` on belong to it.
    """

    tag: str
    first_block: int
    descriptions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Capture:
    """An open element whose words say something elsewhere too: a caption, a label, a link."""

    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)
    size: int = 0
