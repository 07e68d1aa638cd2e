"""YAML and JSON as trees whose values know where they stand."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from polysense.read.code.openapi.source import parse


@pytest.mark.parametrize("text", ["'a: ' + '[' * 40_000", "'- ' * 40_000", "'{a: ' * 40_000"])
def test_deep_values_do_not_end_the_process(text: str) -> None:
    """In C what makes a tree of them calls itself until there is no stack."""
    code = (
        "from polysense.read.code.openapi.source import parse\n"
        f"try:\n    parse({text})\nexcept ValueError:\n    print('refused')\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert process.stdout == "refused\n", process.returncode


def test_aliases_cost_little_each() -> None:
    """What an alias leads to is taken apart once, and counted each time."""
    text = "a: &a {" + "b: " + "words " * 40_000 + "}\nlist:\n" + "- *a\n" * 20_000
    began = time.process_time()
    root = parse(text)
    assert time.process_time() - began < 10
    assert len(root["list"].data) == 20_000
    assert root["list"].data[-1]["b"].data == root["a"]["b"].data
    wide = "a: &a [" + "x, " * 1000 + "]\nlist:\n" + "- *a\n" * 1000
    with pytest.raises(ValueError, match="more in it"):
        parse(wide)


def test_aliases_do_not_hide_depth() -> None:
    """Each leads forty deeper."""
    chain = "a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 40 + "*a" + "]" * 40 + "\n"
    with pytest.raises(ValueError, match="more in it"):
        parse(chain)


def test_keys_are_words() -> None:
    """One that is a list may be endless by its aliases."""
    with pytest.raises(ValueError, match="a key is no word"):
        parse("? [a, b]\n: c\n")
