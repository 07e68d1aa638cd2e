"""Which plug-ins are used: the profile's, those named, and of those merely installed the ones that
add something and take nothing over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from polysense import registry
from polysense.errors import BadConfig
from polysense.registry import Choice

HEAD = """
from polysense.protocols import *
from polysense.types import Space
"""
BODIES = {
    "parsers": "class P(Parser):\n accepts = frozenset({accepts})\n def parse(self, asset): yield from ()\n",
    "encoders": (
        "class P(Encoder):\n accepts = frozenset({accepts})\n space = Space({space!r}, '1', 4)\n"
        " def encode(self, parts, role='document'): return None\n"
    ),
    "converters": (
        "class P(Converter):\n source = {source!r}\n targets = frozenset({targets})\n cost = 0.01\n"
        " is_extractor = True\n def convert(self, part): return []\n"
    ),
    "generators": (
        "class P(Generator):\n accepts = frozenset({accepts})\n emits = {emits!r}\n cost = 0.01\n"
        " def generate(self, query, evidence): yield from ()\n"
    ),
    "rerankers": (
        "class P(Reranker):\n accepts = frozenset({accepts})\n"
        " def score(self, query, chunks): return [0.0] * len(chunks)\n"
    ),
    "rewriters": "class P(Rewriter):\n def rewrite(self, question, history, store): return None\n",
    "language_models": (
        "class P(LanguageModel):\n accepts = frozenset(['text'])\n name = 'p'\n context = 8192\n"
        " def chat(self, messages, *, schema=None, most=1024): yield 'Yes.'\n"
    ),
}
"""The smallest plug-in of each kind that says what it does."""

Add = Callable[..., None]


@pytest.fixture
def add(install: Any) -> Add:
    """Installs a package with one plug-in of a group."""

    def add_plugin(group: str, name: str, package: str = "warm-things", **declares: Any) -> None:
        install(package, HEAD + BODIES[group].format(**declares), {group: {name: "P"}})

    return add_plugin


def choice(group: str, name: str, *requested: str) -> Choice:
    choices = registry.choices("offline", {group: requested})
    return next(c for c in choices if c.name == name)


@pytest.mark.parametrize(
    ("group", "declares", "reason"),
    [
        ("parsers", {"accepts": {"application/pdf"}}, "pdf reads application/pdf already"),
        ("parsers", {"accepts": {".pdf"}}, "already"),
        ("parsers", {"accepts": {".JPEG".lower(), ".png"}}, "already"),
        ("encoders", {"accepts": {"text"}, "space": "bge"}, "minilm encodes text already"),
        ("encoders", {"accepts": {"thermal"}, "space": "minilm"}, "minilm"),
        ("converters", {"source": "image", "targets": {"text"}}, "ocr makes text of image already"),
        ("converters", {"source": "image", "targets": {"text", "thermal"}}, "ocr"),
        ("generators", {"accepts": {"table"}, "emits": "image"}, "makes image of table already"),
        ("generators", {"accepts": {"thermal", "text"}, "emits": "text"}, "extractive"),
        ("rerankers", {"accepts": {"text"}}, "every search ranks text already"),
        ("rewriters", {}, "every search reads questions already"),
        ("language_models", {}, "what is asked would be sent to it"),
    ],
)
def test_installing_a_package_takes_nothing_over(
    add: Add, group: str, declares: dict[str, Any], reason: str
) -> None:
    """What is read, encoded, converted, made and ranked now stays as it is until it is named; the
    offer says what does it now, and the line that changes it.
    """
    before = registry.kit()
    add(group, "warm", **declares)
    offer = choice(group, "warm")
    assert not offer.is_used
    assert reason in offer.why
    assert f'{group} = ["warm"] uses it' in offer.why
    assert registry.kit().specs == before.specs
    assert choice(group, "warm", "warm").is_used
    assert "warm" in registry.kit(**{group: ["warm"]}).specs[group]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("group", "declares"),
    [
        ("parsers", {"accepts": {".thermal"}}),
        ("parsers", {"accepts": {"application/x-thermal", "application/pdf"}}),
        ("encoders", {"accepts": {"thermal"}, "space": "warm"}),
        ("encoders", {"accepts": {"thermal", "text"}, "space": "warm"}),
        ("converters", {"source": "thermal", "targets": {"text", "image"}}),
        ("converters", {"source": "text", "targets": {"thermal"}}),
        ("generators", {"accepts": {"thermal", "text"}, "emits": "thermal"}),
        ("rerankers", {"accepts": {"thermal"}}),
    ],
)
def test_what_adds_something_works_when_it_is_installed(
    add: Add, group: str, declares: dict[str, Any]
) -> None:
    """A new modality is somebody's package and nothing else to configure; it can be left out."""
    add(group, "warm", **declares)
    assert choice(group, "warm").is_used
    assert "alone" in choice(group, "warm").why
    assert "warm" in registry.kit().specs[group]
    assert not choice(group, "warm", "-warm").is_used


def test_leaving_ours_out_makes_room(add: Add) -> None:
    """With `-ocr` nothing else finds words in pictures: then an installed converter does."""
    add("converters", "warm", source="image", targets={"text"})
    assert choice("converters", "warm", "-ocr").is_used


@pytest.mark.parametrize("packages", [("a-first", "b-second"), ("b-second", "a-first")])
def test_of_two_packages_the_first_by_name_is_used(add: Add, packages: tuple[str, str]) -> None:
    """Whatever the order in which they were installed; the other is offered, and says whose turn it
    is.
    """
    for package in packages:
        add("parsers", package[0], package, accepts={".thermal"})
    assert choice("parsers", "a").is_used
    assert "a reads .thermal already" in choice("parsers", "b").why
    assert choice("parsers", "b", "-a").is_used
    kit = registry.kit(parsers=["b"])
    assert type(kit.parsers[".thermal"]).__module__ == "b_second"


def test_a_name_of_ours_stays_ours(add: Add) -> None:
    """Another package's `pdf` does not replace ours without a word; its full name uses it."""
    add("parsers", "pdf", accepts={"application/pdf"})
    assert type(registry.load("parsers", "pdf")).__module__ == "polysense.read.document.pdf.parser"
    offer = choice("parsers", "warm-things/pdf")
    assert not offer.is_used
    assert 'parsers = ["warm-things/pdf"]' in offer.why
    kit = registry.kit(parsers=["warm-things/pdf"])
    assert type(kit.parsers["application/pdf"]).__module__ == "warm_things"


def test_the_parser_named_last_reads_what_several_accept(add: Add) -> None:
    """As an option given later wins over one given before; the built-in can be named again."""
    add("parsers", "warm", accepts={"application/pdf"})
    add("parsers", "cool", "cool-things", accepts={"application/pdf", "text/plain"})

    def module(*parsers: str) -> str:
        return type(registry.kit(parsers=parsers).parsers["application/pdf"]).__module__

    assert module("warm", "cool") == "cool_things"
    assert module("cool", "warm") == "warm_things"
    assert module("cool", "pdf") == "polysense.read.document.pdf.parser"
    assert module("cool", "-cool").startswith("polysense.")


def test_a_broken_package_stops_nothing_but_itself(install: Any) -> None:
    """A library opens and says what it has; only who names the broken one gets its error."""
    install("cold-things", "import nothing_of_that_name\n", {"encoders": {"cold": "P"}})
    assert "cannot be loaded: ModuleNotFoundError" in choice("encoders", "cold").why
    assert "cold" not in registry.kit().encoders
    with pytest.raises(ModuleNotFoundError):
        registry.kit(encoders=["cold"])


@pytest.mark.parametrize("group", ["parsers", "encoders", "converters", "generators"])
def test_a_mistyped_name_is_told(group: str) -> None:
    """Left out or added: else `-pfd` would go on reading PDFs without a word."""
    for text in ("-nonsense", "nonsense", "-nonsense:x=1"):
        with pytest.raises(BadConfig, match="nonsense") as error:
            registry.kit(**{group: [text]})  # type: ignore[arg-type]
        assert "Installed:" in error.value.hint


def test_everything_is_chosen_for_a_reason() -> None:
    """Each plug-in once, with a word on why it is used or not."""
    requested: dict[str, tuple[str, ...]] = {
        "parsers": ("-pdf",),
        "encoders": ("clip",),
        "converters": (),
        "generators": (),
    }
    choices = registry.choices("offline", requested)
    assert {(c.group, c.name) for c in choices} == {
        (g, n) for g in requested for n in registry.installed(g)
    }
    why = {(c.group, c.name): (c.is_used, c.why) for c in choices}
    assert why["parsers", "pdf"] == (False, "left out by `-pdf`")
    assert why["encoders", "clip"] == (True, "named in the settings")
    assert why["encoders", "minilm"] == (True, "in the profile")
    assert why["converters", "whisper"] == (False, "not in the profile; name it to use it")


def test_a_plugin_that_asks_a_language_model_must_be_named(install: Any) -> None:
    """Installing it sends nothing anywhere, in a kind that others join by themselves."""
    body = (
        BODIES["converters"]
        .format(source="smell", targets=["text"])
        .replace(
            " def convert",
            " def __init__(self, *, language_model): self.model = language_model\n def convert",
        )
    )
    install("warm-things", HEAD + body, {"converters": {"nose": "P"}})
    idle = choice("converters", "nose")
    assert not idle.is_used
    assert "would be sent to a language model" in idle.why
    assert choice("converters", "nose", "nose").is_used
    models = ["openai:model=any"]
    kit = registry.kit(converters=["nose"], language_models=models)
    assert kit.converters["nose"].model is kit.language_model
