"""What every check has in common."""

from __future__ import annotations

from typing import Any

import pytest

from polysense import testing
from polysense.errors import PolysenseError
from polysense.protocols import Converter, Encoder, Generator, Parser, Reranker, Store
from polysense.testing import ContractError
from polysense.testing.rules import check_json, check_share, check_span
from polysense.types import Asset, Part, Span

WORDS = [Part("text", "a"), Part("text", "a longer one"), Part("text", "")]


def test_errors_are_ours() -> None:
    """A ContractError is caught with everything else, and says what to do."""
    assert issubclass(ContractError, PolysenseError)
    assert "polysense.protocols" in ContractError("broken").hint
    assert all(hasattr(testing, name) for name in testing.__all__)


@pytest.mark.parametrize("kind", [Parser, Encoder, Converter, Reranker, Generator, Store])
def test_a_method_left_out_is_missed(kind: Any, asset: Asset) -> None:
    """A protocol's own method does nothing, so inheriting it is not having it."""
    name = kind.__name__
    check: Any = getattr(testing, f"check_{name.lower()}")
    arguments = {
        "Parser": [asset],
        "Encoder": [WORDS],
        "Converter": [Part("image", b"x")],
        "Reranker": [(), []],
    }.get(name, [])
    fields: dict[str, Any] = dict.fromkeys(kind.__annotations__)
    with pytest.raises(ContractError, match=r"lacks (parse|encode|convert|score|generate|add)"):
        check(type("Lazy", (kind,), fields)(), *arguments)


def test_a_share_is_from_0_to_1() -> None:
    """Both ends included."""
    check_share(0, "Mine")
    check_share(1, "Mine")
    with pytest.raises(ContractError, match=r"Mine\.cost is 1\.1"):
        check_share(1.1, "Mine")


def test_a_place_and_its_meta_survive_json() -> None:
    """Lists as tuples, and tuples as lists, do not."""
    check_span(Span(page=1, box=(0, 0, 1, 0.5)), "it")
    check_json({"k": [1, None, "x"]}, "it")
    with pytest.raises(ContractError, match="not the same after JSON"):
        check_json({"k": (1, 2)}, "it")
    with pytest.raises(ContractError, match="not the same after JSON"):
        check_span(Span(lines=[1, 2]), "it")  # type: ignore[arg-type]
