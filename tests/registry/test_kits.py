"""Plug-ins by name: those declared, on disk and tested are the same; specs; kits."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense import registry
from polysense.errors import BadConfig
from polysense.protocols import (
    Converter,
    Encoder,
    Generator,
    LanguageModel,
    Parser,
    Reranker,
    Rewriter,
    Store,
)
from polysense.registry import GROUPS, Kit, Spec, installed
from polysense.types import Part, Space

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/polysense"
PROTOCOLS = dict(
    zip(
        GROUPS,
        (Parser, Encoder, Converter, Store, Reranker, Rewriter, LanguageModel, Generator),
        strict=True,
    )
)
DECLARED: dict[str, dict[str, str]] = {
    group: tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "entry-points"
    ].get(f"polysense.{group}", {})
    for group in GROUPS
}
EACH = [(group, name) for group in GROUPS for name in DECLARED[group]]


@cache
def classes() -> tuple[tuple[Path, ast.ClassDef], ...]:
    """Every public class of the package, with its file."""
    return tuple(
        (path, node)
        for path in sorted(PACKAGE.rglob("*.py"))
        if "files" not in path.parts and "testing" not in path.parts
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def plugins_of(protocol: str) -> list[tuple[Path, str]]:
    """The classes that subclass a protocol, or a class of what a family of plug-ins shares: one
    that leaves methods to them, and is no plug-in itself.
    """
    bases = [(path, node, set(map(ast.unparse, node.bases))) for path, node in classes()]
    families: set[str] = set()
    for _ in range(3):  # a family may be of another, and that of one more
        families |= {
            node.name
            for _, node, names in bases
            if names & {protocol, *families} and "abstractmethod" in ast.unparse(node)
        }
    return [
        (path, node.name)
        for path, node, names in bases
        if names & {protocol, *families} and node.name not in families
    ]


def own_name(path: Path, group: str) -> str:
    """read/image/svg.py -> svg; read/document/pdf/parser.py -> pdf."""
    return path.parent.name if path.stem == group[:-1] else path.stem


@pytest.mark.parametrize("group", GROUPS)
def test_folders_and_entry_points_agree(group: str) -> None:
    """Every plug-in class is declared under the name of its file, or of the folder that is about it
    alone, and every declared one is there.
    """
    protocol = PROTOCOLS[group].__name__
    on_disk = {
        own_name(
            path, group
        ): f"polysense.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}:{plugin}"
        for path, plugin in plugins_of(protocol)
    }
    assert DECLARED[group] == on_disk


@pytest.mark.parametrize(("group", "name"), EACH)
def test_every_plugin_is_tested(group: str, name: str) -> None:
    """encoders/clip.py <-> tests/encoders/test_clip.py."""
    module = DECLARED[group][name].partition(":")[0]
    path = PACKAGE / (module.removeprefix("polysense.").replace(".", "/") + ".py")
    assert (ROOT / "tests" / path.relative_to(PACKAGE)).with_name(f"test_{path.stem}.py").is_file()


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_installed_is_what_is_declared(group: str) -> None:
    """The installed package's entry points are those of pyproject.toml; install it anew (pip
    install -e .) where they are not.
    """
    ours = {
        name: e.value
        for name, e in installed(group).items()
        if e.dist and e.dist.name == "polysense"
    }
    assert ours == DECLARED[group]


@pytest.mark.parametrize(("group", "name"), EACH)
def test_plugins_follow_their_protocol(group: str, name: str) -> None:
    """Each subclasses its protocol explicitly, can be made by keyword arguments alone, and has a
    docstring of its own.
    """
    module, _, class_name = DECLARED[group][name].partition(":")
    plugin = getattr(import_module(module), class_name)
    assert PROTOCOLS[group] in plugin.__mro__
    if "__init__" in vars(plugin):
        kinds = {p.kind for p in inspect.signature(plugin).parameters.values()}
        assert kinds <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    assert (plugin.__doc__ or "") not in ("", PROTOCOLS[group].__doc__)


values = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.from_regex(r"[a-z/_.][a-z0-9/_.\\-]*", fullmatch=True)
)
names = st.from_regex(r"[a-z][a-z0-9_-]*", fullmatch=True)


@given(names, st.lists(st.tuples(names, values), max_size=4))
def test_specs_round_trip(name: str, options: list[tuple[str, object]]) -> None:
    """A spec's text makes the same spec: it is how worker processes make the same kit."""
    spec = Spec(name, tuple(options))
    again = Spec.parse(str(spec))
    assert again.name == name
    assert [k for k, _ in again.options] == [k for k, _ in options]
    assert str(Spec.parse(str(again))) == str(again)
    for (_, a), (_, b) in zip(again.options, options, strict=True):
        assert (
            a == b or str(a) == b or str(b).lower() in ("true", "false", "inf", "nan", "infinity")
        )


@pytest.mark.parametrize("text", ["", ":x=1", "clip:model", "clip:a=1,b", "  "])
def test_a_spec_that_is_none_is_refused(text: str) -> None:
    """With the way to write it."""
    with pytest.raises(BadConfig, match="is not a plug-in") as e:
        Spec.parse(text)
    assert "name:key=value" in e.value.hint


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    """A typing error shows what there is."""
    with pytest.raises(BadConfig, match="no encoder called 'klip'") as e:
        registry.load("encoders", "klip")
    assert "clip" in e.value.hint
    with pytest.raises(BadConfig, match="no profile called 'onlin'") as e:
        registry.kit("onlin")
    assert "offline" in e.value.hint
    with pytest.raises(BadConfig, match="no store called 'redis'") as e:
        registry.store("redis://localhost")
    assert "lancedb" in e.value.hint


def test_an_unknown_option_is_refused() -> None:
    """Options are the constructor's own keyword arguments."""
    with pytest.raises(BadConfig, match="minilm:colour=red was refused"):
        registry.load("encoders", "minilm:colour=red")


def test_threads_go_to_those_that_take_them() -> None:
    """Worker processes bound the threads of models, and a spec's own word goes first."""
    assert registry.load("encoders", "speaker", threads=2).threads == 2
    assert registry.load("encoders", "speaker:threads=3", threads=2).threads == 3
    assert registry.load("encoders", "sound", threads=2).space.name == "sound"


def test_a_kit_is_a_profile_with_changes() -> None:
    """ "-name" leaves out, a name in the profile is replaced, another is added."""
    kit = registry.kit(
        encoders=["-minilm", "-conse", "photo", "speaker:threads=1", "clap"], converters=["-ocr"]
    )
    assert list(kit.encoders) == [
        "use", "photo", "colour", "sound", "sound_events", "speaker", "shape", "formula",
        "clap",
    ]  # fmt: skip
    assert list(kit.converters) == [c for c in registry.OFFLINE.converters if c != "ocr"]
    assert list(kit.generators) == list(registry.OFFLINE.generators)
    assert "speaker:threads=1" in kit.specs["encoders"]
    again = registry.kit_from_specs(kit.specs, threads=1)
    assert {g: list(getattr(again, g)) for g in ("encoders", "converters")} == {
        g: list(getattr(kit, g)) for g in ("encoders", "converters")
    }


def test_a_kit_knows_who_reads_what() -> None:
    """Words in pictures by OCR, in sound by recognition; views of a mesh for encoders of pictures
    only.
    """
    kit = registry.kit()
    assert kit.text_extractor("image") is kit.converters["ocr"]
    assert kit.text_extractor("audio") is kit.converters["whisper_tiny"]
    assert kit.text_extractor("table") is None
    photo, minilm = kit.encoders["photo"], kit.encoders["minilm"]
    assert kit.supports(photo, "image")
    assert kit.supports(minilm, "text", "query")
    assert not kit.supports(minilm, "image")
    assert kit.adapter_for(minilm, "3d") is None
    assert kit.adapt(minilm, Part("text", "words")) == [Part("text", "words")]


def test_parsers_by_what_they_accept() -> None:
    """Every mime type of every parser is in the kit, once it is named."""
    for name in installed("parsers"):
        kit, reader = registry.kit(parsers=[name]), registry.load("parsers", name)
        assert all(type(kit.parsers[mime]).__name__ for mime in reader.accepts)


@pytest.mark.parametrize("uri", ["kb", "lancedb://kb", "file://kb", "memory://"])
def test_addresses_name_stores(uri: str, tmp_path: Path) -> None:
    """A path, lancedb:// and file:// are LanceDB; memory:// is memory."""
    store = registry.store(uri.replace("kb", str(tmp_path / "kb")))
    assert isinstance(store, Store)
    assert type(store).__name__ == ("Memory" if uri == "memory://" else "LanceDB")


def test_generators_are_made_when_first_asked_for() -> None:
    """A search needs none, nor what one imports; the kit knows their names all the same."""
    code = (
        "import sys; from polysense.registry import installed, kit; k = kit(); "
        "assert 'chart' in k.generators; "
        "print(any(e.module in sys.modules for e in installed('generators').values()), "
        "k.generators['extractive'].emits)"
    )
    assert subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split() == ["False", "text"]


@pytest.mark.parametrize(("old", "new"), registry.CURRENT_NAMES.items())
def test_old_names_of_plug_ins_work_with_a_warning(old: str, new: str) -> None:
    """A polysense.toml written before, in any group, to add, configure and leave out."""
    (group,) = {g for g in GROUPS if new in installed(g)}
    with pytest.warns(FutureWarning, match=new):
        assert type(registry.load(group, old)) is type(registry.load(group, new))
    with pytest.warns(FutureWarning, match=new):
        without = registry.kit(**{group: [f"-{old}"]})
    assert new not in getattr(without, group)
    with pytest.warns(FutureWarning, match=new):
        configured = registry.kit(**{group: [old]})
    assert list(getattr(configured, group)).count(new) == 1


def test_old_declarations_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in of another package that still says `floor` must not be weaker without a word."""
    minilm = installed("encoders")["minilm"].load()
    monkeypatch.setattr(minilm, "floor", 0.3, raising=False)
    with pytest.warns(FutureWarning, match="min_score"):
        registry.load("encoders", "minilm")


def test_a_text_encoder_reads_the_language(bare: Kit) -> None:
    """Only one of meaning, whatever else it takes, and only where it reads them; any where the
    language is not known.
    """

    class Words(Encoder):
        space = Space("words", "1", 2)
        accepts = frozenset({"text", "code"})
        languages = frozenset({"en"})

    class Pictures(Encoder):
        accepts = frozenset({"text", "image"})
        signal = "perceptual"

    words = Words()
    kit = Kit(bare.specs, {}, {"pictures": Pictures(), "words": words}, {}, {}, {})
    assert kit.text_encoder("en") is words
    assert kit.text_encoder("") is words
    assert kit.text_encoder("zh") is None
    bridge = registry.load("encoders", "use")
    both = Kit(bare.specs, {}, {"use": bridge, "words": words}, {}, {}, {})
    assert both.text_encoder("en") is words  # whoever comes first
    assert both.text_encoder("zh") is bridge
    assert both.text_encoder("en", "zh") is bridge  # one that reads both
    assert both.text_encoder("en", "en") is words
    assert bare.text_encoder("en") is None


@pytest.mark.parametrize(
    ("models", "rewriter", "message"),
    [
        ((), "hyde", "'hyde' asks a language model, and none is configured"),
        (("openai:model=any",), "hyde:language_model=any", "no option of its own"),
        (("openai:model=any",), "hyde:weigth=1", "weigth"),
    ],
)
def test_a_plugin_without_its_language_model_is_refused(
    models: tuple[str, ...], rewriter: str, message: str
) -> None:
    """When the kit is made, not when somebody asks."""
    with pytest.raises(BadConfig, match=message) as raises:
        registry.kit(rewriters=[rewriter], language_models=models)
    assert raises.value.hint


def test_the_first_language_model_is_given_to_those_that_ask_one() -> None:
    kit = registry.kit(rewriters=["hyde:weight=.2"], language_models=["openai:model=any"])
    hyde = kit.rewriters["hyde"]
    assert (hyde.language_model, hyde.weight) == (kit.language_model, 0.2)
    assert registry.kit_from_specs(kit.specs).rewriters["hyde"].language_model.model == "any"
