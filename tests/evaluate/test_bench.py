"""The benchmarks' runner: runs what it is asked, keeps what it measured, and fails where a figure
falls short.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense.errors import NotFound
from polysense.evaluate.bench import REPORT, mean, report, run

SCRIPT = """
from polysense.evaluate.bench import Row
def run(data, work):
    (work / "scratch").write_text("x")
    yield Row("bells rung", "{value}", "3", {reached}, (data / "note").read_text())
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "note").write_text("of bronze")
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "bench_good.py").write_text(SCRIPT.format(value=3, reached=True))
    (folder / "bench_short.py").write_text(SCRIPT.format(value=2, reached=False))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield folder
    for name in ("bench_good", "bench_short", "shared_by_benchmarks"):
        sys.modules.pop(name, None)


def test_figures_are_kept_and_written(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One table; 1 where a figure falls short, 0 where none does."""
    assert run(checkout, ["good"], str(checkout.parent / "data"), as_json=False) == 0
    assert "| bells rung | 3 | 3 | yes | of bronze |" in REPORT.read_text("utf-8")
    assert run(checkout, [], str(checkout.parent / "data"), as_json=True) == 1
    out, err = capsys.readouterr()
    assert json.loads(out).keys() == {"good", "short"}
    assert "SHORT OF 3" in err
    assert "| bells rung | 2 | 3 | **no** | of bronze |" in REPORT.read_text("utf-8")


def test_benchmarks_share_what_lies_beside_them(checkout: Path) -> None:
    """A common file, imported by name from wherever the command is run."""
    (checkout / "shared_by_benchmarks.py").write_text("VALUE = '5'")
    script = "from shared_by_benchmarks import VALUE\n" + SCRIPT
    (checkout / "bench_good.py").write_text(script.format(value="5", reached=True))
    assert run(checkout, ["good"], str(checkout.parent / "data"), as_json=False) == 0


def test_one_anew_keeps_the_others(checkout: Path) -> None:
    """What was measured before stays in the table."""
    data = str(checkout.parent / "data")
    run(checkout, ["short"], data, as_json=False)
    assert run(checkout, ["good"], data, as_json=False) == 0
    assert REPORT.read_text("utf-8").count("| bells rung |") == 2


def test_benchmarks_that_are_gone_leave_the_table(checkout: Path) -> None:
    """Figures that nothing measures any more must not stand there as if it did."""
    data = str(checkout.parent / "data")
    run(checkout, ["short"], data, as_json=False)
    run(checkout, ["good"], data, as_json=False)
    (checkout / "bench_short.py").unlink()
    run(checkout, ["good"], data, as_json=False)
    assert REPORT.read_text("utf-8").count("| bells rung |") == 1


def test_the_report_is_the_checkouts(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is run from: nothing is written elsewhere."""
    monkeypatch.chdir(tmp_path / "data")
    run(checkout, ["good"], str(tmp_path / "data"), as_json=False)
    assert not (tmp_path / "data" / "docs").exists()
    assert "| bells rung |" in (tmp_path / REPORT).read_text("utf-8")


def test_figures_are_kept_on_a_machine_without_utf_8(checkout: Path) -> None:
    """What was measured is written, and read again, whatever the machine's encoding; a bar in it is
    no column.
    """
    (checkout / "bench_good.py").write_text(SCRIPT.format(value="水|轮", reached=True), "utf-8")
    code = "from pathlib import Path; from polysense.evaluate.bench import run; run(Path('benchmarks'), ['good'], 'data', False)"
    plain = {
        **os.environ,
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "utf-8",
    }
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], env=plain, check=True, capture_output=True)
    assert r"| bells rung | 水\|轮 | 3 | yes |" in REPORT.read_text("utf-8")


def test_what_is_missing_is_told(checkout: Path, tmp_path: Path) -> None:
    """Scripts, data, and a benchmark of that name."""
    for folder, names, data in (
        (tmp_path / "data", [], "data"),
        (checkout, [], ""),
        (checkout, [], "gone"),
        (checkout, ["nonsense"], "data"),
    ):
        with pytest.raises(NotFound) as error:
            run(folder, names, data, as_json=False)
        assert error.value.hint


def test_reports_and_means() -> None:
    """Nothing measured is a table without rows; the mean of nothing is 0."""
    assert "| what |" in report({})
    assert (mean([]), mean([1.0, 2.0])) == (0.0, 1.5)
