"""What a file is for among the others, by its name: most say something themselves, some speak of
others.
"""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|specs|testdata|fixtures)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*[._-](?:test|tests|spec)\.\w+|conftest\.py)$"
    r"|(?:^|/)(?:Test[A-Z][^/]*|[^/]*[a-z0-9]Tests?)\.\w+$"
)
_ABOUT = re.compile(
    r"(?:^|/)(?:readme|changes|changelog|history|news|release[-_ ]?notes|contributing|licen[cs]e|"
    r"authors|todo)(?:\.[\w.]+)?$",
    re.I,
)


def is_secondary(uri: str) -> bool:
    """Whether a file tests or tells of what others hold: tests, change notes, a README.

    >>> [is_secondary(u) for u in ("src/fee.go", "src/fee_test.go", "tests/a.py", "CHANGES.md")]
    [False, True, True, True]
    """
    return bool(_TEST.search(uri) or _ABOUT.search(uri))
