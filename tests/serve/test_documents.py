"""The lines that the documents tell people to type, typed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from polysense.demo import QUERIES

ROOT = Path(__file__).parents[2]
SERVING = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "docs/serving.md"))
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", SERVING, re.M | re.S)
    for line in block.split("\n")
    if line.startswith("curl")
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line.split()[1:])[:60])
def test_curl(line: str, server: str) -> None:
    """Each gives JSON that is no problem document, or a stream that ends with the answer."""
    words = shlex.split(
        line.replace("localhost:8765", server.removeprefix("http://")).replace(
            "polysense-demo/queries", str(QUERIES)
        )
    )
    process = subprocess.run(
        [*words, "--silent", "--show-error"], capture_output=True, text=True, timeout=60, check=True
    )
    if "-N" in words:
        events = re.findall(r"^event: (\w+)\ndata: (.*)$", process.stdout, re.M)
        assert events[-1][0] == "answer"
        assert "answered" in json.loads(events[-1][1])
    else:
        assert "urn:polysense" not in json.dumps(json.loads(process.stdout))


def test_there_are_lines() -> None:
    """A pattern that finds none would let everything pass."""
    assert len(LINES) >= 7
