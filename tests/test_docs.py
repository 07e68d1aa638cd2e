"""The documents say what the program does: generated parts are fresh, nothing is left out, links
lead somewhere, the example runs.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from polysense import cli, config, registry
from polysense.demo import FILES, QUERIES, QUESTIONS
from polysense.ingest.workers import Limits
from polysense.serve.settings import ServerSettings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = (
    "python -m pip install . && polysense demo",
    "python -m pip install '.[test]' && python -m pytest -n auto",
)


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    """tools/make_docs.py."""
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_docs"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["make_docs"]


def document_text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def anchors(text: str) -> set[str]:
    """The headings as links name them."""
    return {
        re.sub(r"[^\w -]", "", h.lower()).strip().replace(" ", "-")
        for h in re.findall(r"^#+ (.+)$", text, re.M)
    }


def test_nothing_generated_is_stale(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A new plug-in, option or format must reach the documents."""
    monkeypatch.setattr(sys, "argv", ["make_docs.py", "--check"])
    assert tool.main() == 0, capsys.readouterr().err


def test_what_is_stale_is_found_and_mended(tool: ModuleType) -> None:
    """The check itself: an old part is made anew, what stands around it stays."""
    old = "before\n<!-- generated: stores -->\nold\n<!-- end -->\nafter\n"
    new = tool.fill(old)
    assert new == f"before\n<!-- generated: stores -->\n{tool.stores()}\n<!-- end -->\nafter\n"
    assert tool.fill(new) == new


def test_every_part_stands_somewhere(tool: ModuleType) -> None:
    """A marker with a wrong name, or none, would leave a table out."""
    names = [
        name
        for document in tool.DOCUMENTS
        for name in re.findall(r"<!-- generated: (.+?) -->", document_text(document))
    ]
    assert sorted(names) == sorted(tool.PARTS)


def test_every_command_has_a_heading() -> None:
    """A command without one is not documented."""
    subs = next(a for a in cli._parser()._actions if isinstance(a.choices, dict))
    assert subs.choices
    assert set(subs.choices) <= anchors(document_text("docs/commands.md"))


def test_every_plug_in_has_a_row() -> None:
    """A plug-in without one is not documented."""
    rows = set(
        re.findall(r"^\| \[(\w+)\]\(\.\./src/([\w/]+)\.py", document_text("docs/plugins.md"), re.M)
    )
    ours = {
        (n, e.module.replace(".", "/"))
        for g in registry.GROUPS
        for n, e in registry.installed(g).items()
        if e.dist and e.dist.name == "polysense"
    }
    assert rows == ours


def test_every_setting_has_a_row_with_its_default() -> None:
    """A setting without one is not documented; one with another default is wrong."""
    rows = dict(
        re.findall(r"^\| `([\w.]+)` \| `([^`]*)`", document_text("docs/configuration.md"), re.M)
    )
    settings, limits = config.Settings(), Limits()
    expected = {
        f.name: getattr(settings, f.name)
        for f in fields(settings)
        if f.name not in ("limits", "serve")
    }
    expected |= {
        f"serve.{f.name}": getattr(ServerSettings(), f.name) for f in fields(ServerSettings)
    }
    expected |= {f"limits.{f.name}": getattr(limits, f.name) for f in fields(limits)}
    assert rows == {
        k: "[]" if v == () else "" if v == Path() else str(v) if isinstance(v, str) else f"{v:g}"
        for k, v in expected.items()
    }


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    """Each toml block of the documents is read without complaint, and names plug-ins and options
    that exist.
    """
    examples = [
        b
        for d in DOCUMENTS
        for b in blocks(d.read_text("utf-8"), "toml")
        if "entry-points" not in b
    ]
    assert len(examples) >= 4
    for block in examples:
        (tmp_path / config.FILE).write_text(block)
        settings = config.read(tmp_path, {})
        models = [registry.load("language_models", spec) for spec in settings.language_models]
        for group in ("encoders", "converters", "rewriters", "generators"):
            for spec in getattr(settings, group):
                model = next(iter(models), None)
                registry.load(group, spec.removeprefix("-"), language_model=model)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Files and headings that are linked exist."""
    text = re.sub(r"^```.*?^```$", "", document.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        path, _, heading = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        assert not heading or heading in anchors(file.read_text("utf-8")), target


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_two_commands_are_there(name: str) -> None:
    """A newcomer copies them, and so does the build."""
    lines = "".join(blocks(document_text(name), "sh")).splitlines()
    assert all(command in lines for command in COMMANDS)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_commands_shown_parse(name: str) -> None:
    """What the README tells to type is understood."""
    import shlex

    typed = [
        line
        for line in "".join(blocks(document_text(name), "sh")).splitlines()
        if line.startswith("polysense ")
    ]
    assert len(typed) == 9
    for line in typed:
        assert cli._parser().parse_args(shlex.split(line)[1:])


def test_readmes_say_the_same() -> None:
    """The Chinese README has the sections, the links and the settings of the English one."""
    english, chinese = document_text("README.md"), document_text("README.zh.md")
    assert english.count("\n## ") == chinese.count("\n## ")
    assert set(re.findall(r"\]\((docs/[^)]+)\)", english)) == set(
        re.findall(r"\]\((docs/[^)]+)\)", chinese)
    )
    assert blocks(english, "toml") == blocks(chinese, "toml")


@pytest.mark.parametrize(
    ("name", "answer"), [("README.md", "23 metres"), ("README.zh.md", "三十二块叶片")]
)
def test_the_example_runs(
    name: str,
    answer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The Python in the README, on some of the demo's files and with the photo encoder alone."""
    some = (
        "documents/handbook.pdf",
        "guide.zh.md",
        "pictures/red-bicycle-basket.jpg",
        "pictures/red-bicycle-rack.jpg",
        "pictures/ferry.jpg",
    )
    for file in some:
        (tmp_path / "polysense-demo/files" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FILES / file, tmp_path / "polysense-demo/files" / file)
    shutil.copytree(QUERIES, tmp_path / "polysense-demo/queries")
    left_out = [f"-{e}" for e in registry.OFFLINE.encoders if e != "photo"]
    small = registry.kit(
        encoders=left_out, converters=[f"-{c}" for c in registry.OFFLINE.converters]
    )
    monkeypatch.setattr(registry, "kit", lambda: small)
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(document_text(name), "python")
    exec(compile(code, name, "exec"), {})
    printed = capsys.readouterr().out
    assert answer in printed
    assert "red-bicycle-basket.jpg" in next(
        line for line in printed.splitlines() if line.startswith("  1 ")
    )


def test_the_picture_shows_real_questions(tool: ModuleType) -> None:
    """Every question of it is one of the demo's, and its first citation is the file where the
    answer is.
    """
    root = ElementTree.parse(ROOT / "docs" / "answer.svg").getroot()
    lines = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    blocks_drawn = "\n".join(lines).split("$ polysense ask ")[1:]
    assert len(blocks_drawn) == len(tool.QUESTIONS)
    questions = {q.ask: q for q in QUESTIONS}
    for arguments, block in zip(tool.QUESTIONS, blocks_drawn, strict=True):
        question = questions[arguments[0]]
        places = re.findall(r"^\[1\] files/(\S+?), ", block, re.M)
        assert places == [question.expect]
        assert question.answer in block


def test_long_lines_are_wrapped_as_wide_as_they_look(tool: ModuleType) -> None:
    """An ideograph takes two cells; words are not cut."""
    assert tool.cells("水轮 ok") == 7
    assert tool.wrapped("") == [""]
    assert all(
        tool.cells(piece) <= tool.COLUMNS
        for piece in tool.wrapped("水轮" * 60 + " and the mill " * 20)
    )
    assert "".join(tool.wrapped("水轮" * 60)) == "水轮" * 60
