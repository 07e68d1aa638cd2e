"""The public names: what is documented is there, each with a docstring, and nothing else is
promised.
"""

from __future__ import annotations

import inspect
import re

import pytest

import polysense

NAMES = [
    "Answer",
    "Asset",
    "Audio",
    "Budget",
    "Chunk",
    "Code",
    "Evidence",
    "GenerationStep",
    "Graph",
    "Hit",
    "Image",
    "IndexReport",
    "Kit",
    "Library",
    "Limits",
    "Mesh",
    "Part",
    "PolysenseError",
    "Ranking",
    "Route",
    "Space",
    "Span",
    "Step",
    "Table",
    "Text",
    "Turn",
    "Video",
    "kit",
    "part",
]


def test_the_surface_is_what_is_documented() -> None:
    """A name that comes or goes is a decision, made here."""
    assert sorted(polysense.__all__) == sorted(NAMES)
    assert polysense.__all__ == sorted(polysense.__all__)
    assert dir(polysense) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_resolves_and_is_documented(name: str) -> None:
    """Each can be imported, and says in a docstring of its own what it is."""
    member = getattr(polysense, name)
    assert member.__name__ == name
    docstring = member.__doc__ or ""
    assert docstring.strip()
    assert not docstring.startswith(f"{name}("), "a dataclass's own signature is no docstring"


@pytest.mark.parametrize("name", NAMES)
def test_the_methods_of_public_classes_are_documented(name: str) -> None:
    """Public methods and properties too."""
    member = getattr(polysense, name)
    if not inspect.isclass(member):
        return
    own = {
        n: v
        for n, v in vars(member).items()
        if not n.startswith("_") and (callable(v) or isinstance(v, property))
    }
    assert [n for n, v in own.items() if not (v.__doc__ or "").strip()] == []


def test_an_unknown_name_is_refused() -> None:
    """As any module does."""
    with pytest.raises(
        AttributeError, match=re.escape("module 'polysense' has no attribute 'nothing'")
    ):
        polysense.nothing  # noqa: B018
