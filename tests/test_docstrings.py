"""The examples in docstrings, run: an example that says something else than the program is worse
than none.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if ">>> " in path.read_text("utf-8") and "files" not in path.relative_to(SOURCE).parts
)
"""Modules with an example. Others are not imported, and what lies in `files` is a collection."""


@pytest.mark.parametrize("module", MODULES)
def test_examples_do_what_they_say(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a reader copies from a docstring runs and gives what stands below it. A module that
    imports an extra is left out, with the reason, where that is not installed.
    """
    monkeypatch.chdir(tmp_path)  # an example may write
    try:
        imported = importlib.import_module(module)
    except ModuleNotFoundError as e:
        if str(e.name).startswith("polysense"):
            raise
        pytest.skip(f"{module} needs {e.name}, which is not installed")
    outcome = doctest.testmod(imported, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.attempted, f"{module} has examples that no docstring holds"
    assert not outcome.failed, f"{outcome.failed} examples of {module} fail; see the output"
