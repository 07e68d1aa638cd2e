"""What a fresh process does not import: the price of a command is only what it uses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "lancedb",
    "pyarrow",
    "onnxruntime",
    "onnx",
    "av",
    "trimesh",
    "PIL",
    "pypdfium2",
    "scipy",
}


def modules_after(code: str, *args: str) -> set[str]:
    """The top-level modules that a fresh process holds after some code."""
    report = (
        "\nimport json, sys\n"
        "print('\\n' + json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code + report, *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(process.stdout.splitlines()[-1]))


def command(*argv: str) -> str:
    return (
        "import sys\nfrom polysense.cli import main\n"
        f"try:\n    main({list(argv)!r})\nexcept SystemExit:\n    pass"
    )


def test_importing_polysense_is_light() -> None:
    """`import polysense` brings nothing but itself, not even numpy."""
    modules = modules_after("import polysense")
    assert modules & (HEAVY | {"numpy"}) == set()


def test_help_is_light() -> None:
    """`polysense --help` and a subcommand's help answer at once."""
    modules = modules_after(command("--help") + "\n" + command("search", "--help"))
    assert modules & (HEAVY | {"numpy"}) == set()


def test_values_are_light() -> None:
    """Types, protocols, the registry and every plug-in that the offline profile makes: making them
    loads no model.
    """
    modules = modules_after("from polysense import Library, Part, kit\nkit()")
    assert modules & HEAVY == set()


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small library, made in a process of its own."""
    folder = tmp_path_factory.mktemp("lazy")
    (folder / "tides.txt").write_text("High water follows the moon by an hour.")
    subprocess.run(
        [sys.executable, "-m", "polysense.cli", "index", "tides.txt", "-l", "kb"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return folder / "kb"


def test_a_search_imports_no_torch(library: Path) -> None:
    """A search by words in a fresh process loads the store and the text model's runtime, and
    neither torch nor decoders of media.
    """
    modules = modules_after(command("search", "moon", "-l", str(library), "--json"))
    assert "lancedb" in modules
    assert (
        modules
        & {
            "torch",
            "transformers",
            "sentence_transformers",
            "onnx",
            "av",
            "trimesh",
            "PIL",
            "pypdfium2",
            "scipy",
        }
        == set()
    )
