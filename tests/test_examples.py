"""The worked examples run, and what they make is what they say: opened here with other readers than
polysense's own.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(p.stem for p in EXAMPLES.glob("[a-z]*.py") if p.stem != "make_page")
PAGE = ROOT / "docs" / "examples.md"

Run = Callable[[str], tuple[Path, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs an example in a folder of its own: the folder, and what was printed."""
    monkeypatch.syspath_prepend(EXAMPLES)
    before = set(sys.modules)

    def once(name: str) -> tuple[Path, str]:
        importlib.import_module(name).main(tmp_path / name)
        return tmp_path / name, capsys.readouterr().out

    yield once
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(EXAMPLES)):
            del sys.modules[name]


def pixels(path: Path) -> np.ndarray:
    """RGB, 0..255."""
    return np.asarray(Image.open(path).convert("RGB"), np.float64)


def check_output(printed: str) -> None:
    """The page shows what was printed, but for numbers, which may differ a little from machine to
    machine.
    """

    def plain(words: str) -> list[str]:
        return [re.sub(r"0\.\d+", "0.0", line) for line in words.splitlines()]

    page = plain(PAGE.read_text("utf-8"))
    assert [line for line in plain(printed.rstrip()) if line not in page] == []


@pytest.mark.slow
def test_sketch(run: Run) -> None:
    """The page has the words, the fields and the button of the sketch; the SVG, drawn by resvg, has
    its boxes where they were.
    """
    from bs4 import BeautifulSoup

    folder, printed = run("sketch")
    page = BeautifulSoup((folder / "page.html").read_text("utf-8"), "html.parser")
    text = " ".join(page.get_text(" ").split())
    for words in (
        "Garden Shop",
        "Plants",
        "Tools",
        "Basket",
        "Welcome back",
        "Email",
        "Password",
        "Forgot your password?",
    ):
        assert words in text
    assert len(page.find_all("input")) == 2
    assert [b.get_text(strip=True) for b in page.find_all("button")] == ["Sign in"]
    sketch, web_page = pixels(folder / "sketch.png"), pixels(folder / "page.png")
    assert web_page.shape == sketch.shape
    # the two fields: a line near each of their edges, none inside
    for x0, y0, x1, y1 in ((308, 304, 692, 358), (308, 424, 692, 478)):
        inside = web_page[y0 + 15 : y1 - 15, x0 + 15 : x1 - 15]
        assert np.ptp(inside) < 12
        column = (
            web_page[(y0 + y1) // 2, x0 - 12 : x0 + 12].min(),
            web_page[(y0 + y1) // 2, x1 - 12 : x1 + 12].min(),
        )
        assert max(column) < 215
    check_output(printed)


@pytest.mark.slow
def test_flowchart(run: Run) -> None:
    """Mermaid has every node and arrow of the drawing, and the program walks both ways."""
    folder, printed = run("flowchart")
    chart = (folder / "diagram.mmd").read_text("utf-8")
    nodes = {i: label for i, label in re.findall(r'^ +(\w+)[\[{(]+"(.+?)"', chart, re.M)}
    edges = {
        (nodes[a], label, nodes[b])
        for a, label, b in re.findall(r'^ +(\w+) -->(?:\|"(.+?)"\|)? (\w+)$', chart, re.M)
    }
    assert edges == {
        ("Book is returned", "", "Is it late?"),
        ("Is it late?", "yes", "Charge a fine"),
        ("Is it late?", "no", "Check for damage"),
        ("Charge a fine", "", "Check for damage"),
        ("Check for damage", "", "Damaged?"),
        ("Damaged?", "yes", "Send to repair"),
        ("Damaged?", "no", "Put on the shelf"),
    }
    ast.parse((folder / "diagram.py").read_text("utf-8"))
    assert printed.rstrip().splitlines()[-1] == "Put on the shelf"
    check_output(printed)


@pytest.mark.slow
def test_story(run: Run) -> None:
    """The clip is the three films of the boat, one after the other, and nothing of the market."""
    import av

    folder, printed = run("story")
    with av.open(str(folder / "story.mp4")) as film:
        frames = [f.to_ndarray(format="rgb24").astype(float) for f in film.decode(video=0)]
        assert len(frames) == 135
    for second, name in ((1.5, "harbour"), (4.5, "island"), (7.5, "storm")):
        with av.open(str(folder / "films" / f"{name}.mp4")) as film:
            middle = [f.to_ndarray(format="rgb24").astype(float) for f in film.decode(video=0)][22]
        assert np.abs(frames[int(second * 15)] - middle).mean() < 6
    assert "market" not in printed
    check_output(printed)


@pytest.mark.slow
def test_footsteps(run: Run) -> None:
    """The answer to a sound is the sole: of the same size and surface, in both formats."""
    import trimesh

    folder, printed = run("footsteps")
    stored = trimesh.load(folder / "things" / "footsteps.glb", force="mesh")
    assert stored.extents == pytest.approx([0.28, 0.041, 0.1], abs=0.004)
    for name in ("sole.glb", "sole.stl"):
        answer = trimesh.load(folder / name, force="mesh")
        assert answer.extents == pytest.approx(stored.extents, abs=1e-5)
        assert answer.area == pytest.approx(stored.area, rel=1e-3)
        assert answer.is_watertight
    check_output(printed)


@pytest.mark.slow
def test_shop(run: Run) -> None:
    """The recommendation is the photo of the red mug, red to look at."""
    folder, printed = run("shop")
    answer, photo = pixels(folder / "recommended.jpg"), pixels(folder / "shop" / "p-101.jpg")
    assert np.abs(answer - photo).mean() < 3
    red, green, blue = answer[250:350, 150:300].mean(axis=(0, 1))
    assert red > 2 * max(green, blue)
    check_output(printed)


@pytest.mark.slow
def test_error(run: Run) -> None:
    """Cause and cure are told, from page 4, and the page is shown with its words marked."""
    folder, printed = run("error")
    assert "Another Kestrel was closed" in printed
    assert "delete the file index.lock" in printed
    assert set(re.findall(r"kestrel-manual\.pdf, (p\. \d)", printed)) == {"p. 4"}
    page = pixels(folder / "place.png")
    high, wide = page.shape[:2]
    assert high > 500
    assert wide / high == pytest.approx(5.8 / 4.6, abs=0.02)
    warm = (page[..., 0] - page[..., 2] > 100).mean(axis=1)  # the frame around what is marked
    assert warm.max() > 0.5
    assert warm[high // 2 :].max() == 0
    check_output(printed)


@pytest.mark.slow
def test_exercise(run: Run) -> None:
    """The solution, the slide and the picture beside the words are all cited; the picture is that
    of the circuit.
    """
    folder, printed = run("exercise")
    assert "I = 6 / 120 = 0.05 ampere" in printed
    for place in ("lecture-4.md, L9", "slides-4.pptx, p. 2", "series-circuit.png, whole"):
        assert re.search(rf"^\[\d\] {re.escape(place)}$", printed, re.M)
    answer, drawing = (
        pixels(folder / "beside.png"),
        pixels(folder / "course" / "series-circuit.png"),
    )
    small = [
        np.asarray(Image.fromarray(p.astype(np.uint8)).resize((200, 110)), np.float64)
        for p in (answer, drawing)
    ]
    assert np.abs(small[0] - small[1]).mean() < 6
    check_output(printed)


@pytest.mark.slow
def test_podcast(run: Run) -> None:
    """The seconds are those of the subtitle, sample by sample, and the spoken answer is sound."""
    import av

    folder, printed = run("podcast")

    def samples(path: Path) -> tuple[np.ndarray, int]:
        with av.open(str(path)) as file:
            resampler = av.AudioResampler("fltp", "mono", file.streams.audio[0].rate)
            blocks = [
                b.to_ndarray()[0] for f in file.decode(audio=0) for b in resampler.resample(f)
            ]
            return np.concatenate(blocks), file.streams.audio[0].rate

    cut, rate = samples(folder / "seconds.mp3")
    whole, same = samples(folder / "podcast" / "keeper-remembers.mp3")
    assert rate == same
    assert len(cut) / rate == pytest.approx(24.338 - 20.162, abs=0.15)
    middle = cut[rate : 3 * rate]
    near = whole[19 * rate : 26 * rate]
    matches = np.correlate(near, middle, "valid") / (
        np.linalg.norm(middle) * np.sqrt(np.convolve(near**2, np.ones(len(middle)), "valid"))
    )
    assert matches.max() > 0.95
    assert 19 + int(matches.argmax()) / rate - 1 == pytest.approx(20.162, abs=0.1)
    with wave.open(str(folder / "spoken.wav")) as recording:
        sound = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
        assert 2 < recording.getnframes() / recording.getframerate() < 8
    assert np.abs(sound).max() > 20_000
    assert "biscuit tin" in printed
    check_output(printed)


def test_each_is_shown() -> None:
    """The page has a section with a picture of moderate size for each script, and the folder's
    README a row.
    """
    page, table = PAGE.read_text("utf-8"), (EXAMPLES / "README.md").read_text("utf-8")
    assert len(SCRIPTS) == 8
    for name in SCRIPTS:
        assert f"(../examples/{name}.py)" in page
        assert f"[{name}.py]({name}.py)" in table
        assert (ROOT / "docs" / "examples" / f"{name}.png").stat().st_size < 150_000


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_reads_as_documentation(name: str) -> None:
    """A script is short, says first what it shows, and takes where to work."""
    source = (EXAMPLES / f"{name}.py").read_text("utf-8")
    tree = ast.parse(source)
    assert "->" in (ast.get_docstring(tree) or "")
    assert len(source.splitlines()) <= 80
    (main,) = (f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name == "main")
    assert ast.unparse(main.args.defaults[0]) == f"Path('polysense-examples/{name}')"
