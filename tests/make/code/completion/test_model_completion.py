"""A language model finishes half a function, of code that was found for it and for its draft."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.make.code.completion.model_completion import ModelCompletion
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel
from polysense.testing import check_generator
from polysense.types import Part

from ....llm.server import Server, running
from .test_generator import STUB, evidence, shop

__all__ = ["shop"]
BODY = "    for at in range(0, len(items), size):\n        yield items[at : at + size]"
QUERY = (Part("text", STUB),)


class Scripted(LanguageModel):
    """Says one thing after the other, the last from then on; keeps what it was told."""

    accepts = frozenset({"text"})
    name = "scripted"
    context = 8000

    def __init__(self, *texts: str) -> None:
        self.texts, self.requests = texts, list[str]()

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        self.requests.append("\n".join(m.text for m in messages))
        yield self.texts[min(len(self.requests), len(self.texts)) - 1]
        yield Usage(10, 5)


def source_of(text: str, shop: Path) -> str:
    parts = list(ModelCompletion(language_model=Scripted(text)).generate(QUERY, evidence(shop)))
    return str(parts[0].data) if parts else ""


@pytest.fixture
def chunks(shop: Path) -> Path:
    return shop / "chunks.py"


def test_contract(chunks: Path) -> None:
    """As anybody's generator."""
    check_generator(ModelCompletion(language_model=Scripted(BODY)), evidence(chunks), STUB)


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"```python\n{BODY}\n```\nThis cuts the list.",
        f"{STUB}\n{BODY}",
        f"{BODY}\n\nThat is all, and now (",
        "for at in range(0, len(items), size):\n    yield items[at : at + size]",
    ],
)
def test_what_a_model_writes_becomes_the_function(text: str, chunks: Path) -> None:
    """In a fence, with the head again, with talk behind it, at another margin: once, and whole."""
    code = source_of(text, chunks)
    (function,) = ast.parse(code).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == "batched"
    assert "yield items[at:at + size]" in ast.unparse(function)
    assert code.count("def batched") == 1


def test_what_is_no_code_is_no_answer(chunks: Path) -> None:
    """It is left to the rule then."""
    assert source_of("I cannot help with (that", chunks) == ""


def test_what_it_is_told(chunks: Path) -> None:
    """The pieces with their files, as data; the code that breaks off; what it read is evidence."""
    model = Scripted(BODY)
    (part,) = ModelCompletion(language_model=model).generate(QUERY, evidence(chunks))
    assert "chunks.py:" in model.requests[0]
    assert "itertools.islice" in model.requests[0]
    assert model.requests[0].index("islice") < model.requests[0].index("def batched")
    assert part.meta["evidence"] == [e.n for e in evidence(chunks)][: len(part.meta["evidence"])]
    assert (part.meta["model"], part.meta["usage"]) == ("scripted", [10, 5])


def test_what_one_user_gave_goes_to_no_other(chunks: Path) -> None:
    """The same function in another file is asked for anew; the very same request is not, and took
    no tokens.
    """
    model = Scripted(BODY)
    generator = ModelCompletion(language_model=model)
    mine = (Part("text", f"SECRET = 'of the first'\n\n\n{STUB}"),)
    (first,) = generator.draft(mine, evidence(chunks))
    (second,) = generator.draft(QUERY, evidence(chunks))
    assert "SECRET" in str(first.data)
    assert "SECRET" not in str(second.data)
    assert len(model.requests) == 2
    (again,) = generator.generate(QUERY, evidence(chunks))
    assert (again.data, len(model.requests)) == (second.data, 2)
    assert (second.meta["usage"], again.meta["usage"]) == ([10, 5], [0, 0])


def test_several_ask_at_once(chunks: Path) -> None:
    """Who waits for a model keeps no other from asking."""
    both = Barrier(2, timeout=10)

    class Slow(Scripted):
        def chat(self, *args: Any, **options: Any) -> Iterator[str | Usage]:
            both.wait()
            return super().chat(*args, **options)

    generator = ModelCompletion(language_model=Slow(BODY))
    queries = [QUERY, (Part("text", f"import os\n\n\n{STUB}"),)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda q: list(generator.draft(q, evidence(chunks))), queries))
    assert all(answers)


def test_a_plain_question_is_not_for_it(chunks: Path) -> None:
    """The model is not asked."""
    model = Scripted(BODY)
    generator = ModelCompletion(language_model=model)
    query = (Part("text", "What does chunked do?"),)
    assert generator.seek(query) == ()
    assert list(generator.generate(query, evidence(chunks))) == []
    assert not model.requests


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.mark.slow
def test_rounds_through_the_library(shop: Path, server: Server, tmp_path: Path) -> None:
    """RepoCoder's loop: the draft finds what the stub did not, and is written anew of that; two
    requests, and the answer is the second, cited.
    """
    pytest.importorskip("openai", reason="needs the extra llm")
    (shop / "far.py").write_text(
        "def weigh(cargo):\n    quintal = harbour_scales(cargo)\n    return quintal\n"
    )
    for n in range(12):
        (shop / f"near{n}.py").write_text(
            f'def batched{n}(items, size):\n    """Yield lists of at most size."""\n'
            f"    return list(items)[:{n}]\n"
        )
    draft = "    quintal = harbour_scales(items)\n    return quintal"
    server.scripts["coder"] = [draft, BODY]
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        generators=["model_completion"],
        language_models=[f"openai:model=coder,base_url={server.url}"],
    )
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(shop)
        answer = kb.ask(STUB, to="code", k=4)
    first, second = (str(body["messages"]) for body, _ in server.requests)
    assert "harbour_scales(cargo)" not in first
    assert "harbour_scales(cargo)" in second
    part = answer.parts[0]
    assert (part.modality, part.origin) == ("code", "generated")
    assert "yield items[at : at + size]" in str(part.data)
    assert any(e.hit.uri.endswith("far.py") for e in answer.evidence)


def test_it_needs_a_model() -> None:
    """The settings that name it and none are told."""
    with pytest.raises(BadConfig, match="language model"):
        dict(registry.kit(generators=["model_completion"]).generators)
