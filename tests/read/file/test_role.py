"""Files that speak of others are known by their names."""

from __future__ import annotations

import pytest

from polysense.read.file.role import is_secondary


@pytest.mark.parametrize(
    "uri",
    [
        "/p/tests/client.py", "/p/test_client.py", "/p/fee_test.go", "/p/src/app.spec.ts",
        "/p/__tests__/a.js", "/p/FeeTest.java", "/p/TestFee.java", "/p/CHANGES.md",
        "/p/README.zh.md", "/p/CHANGELOG", "/p/release-notes.rst", "/p/conftest.py",
    ],
)  # fmt: skip
def test_tests_and_notes(uri: str) -> None:
    """In the ways of many languages."""
    assert is_secondary(uri)


@pytest.mark.parametrize(
    "uri",
    ["/p/src/client.py", "/p/contest.py", "/p/latest.go", "/p/Attest.java", "/p/news/item.txt",
     "/p/protest.md", "/p/history/ch1.md", "/p/testament.txt"],
)  # fmt: skip
def test_what_says_something_itself(uri: str) -> None:
    """Names that only hold such a word."""
    assert not is_secondary(uri)
