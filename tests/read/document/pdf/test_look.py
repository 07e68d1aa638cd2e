"""Whether something shows on a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.read.document.pdf.page import Page


@pytest.mark.parametrize("turns", [0, 90, 180, 270])
def test_a_page_that_is_turned(show: Callable[..., Page], turns: int) -> None:
    """The place is looked for where it is displayed."""
    page = show(
        "BT /F 10 Tf 10 70 Td (shown) Tj 1 1 1 rg 0 -50 Td (hidden) Tj ET", f"/Rotate {turns}"
    )
    assert [line.text for line in page.lines] == ["shown"]
