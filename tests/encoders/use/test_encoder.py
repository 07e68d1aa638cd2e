"""USE: what says the same lies together, whatever its language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.encoders.use import encoder
from polysense.encoders.use.encoder import Use
from polysense.errors import Unsupported
from polysense.registry import OFFLINE
from polysense.types import Part

SAME = (
    "The lighthouse was painted white in 1931.",
    "灯塔在1931年被漆成白色。",
    "Der Leuchtturm wurde 1931 weiß gestrichen.",
    "Le phare a été peint en blanc en 1931.",
)
OTHER = ("Bread is baked in the village oven every Friday.", "面包每星期五在村里的烤炉里烤。")


def parts(*texts: str) -> list[Part]:
    return [Part("text", text) for text in texts]


def test_languages_share_the_space() -> None:
    """Each translation is nearer than a sentence about something else, in the same language too."""
    vectors = Use().encode(parts(*SAME, *OTHER))
    assert vectors.shape == (6, Use.space.dim)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    cosines = vectors @ vectors.T
    assert cosines[:4, :4].min() > 0.5 > 0.3 > cosines[:4, 4:].max()


def test_a_broken_cache_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file cut short by a full disk must not stop every search after it."""
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path))
    encoder._network.cache_clear()
    try:
        first = Use().encode(parts(SAME[0]))
        (home,) = tmp_path.iterdir()
        for name in ("tokens.npy", "weights.npz"):
            (home / name).write_bytes((home / name).read_bytes()[:1000])
            encoder._network.cache_clear()
            np.testing.assert_array_equal(Use().encode(parts(SAME[0])), first)
    finally:
        encoder._network.cache_clear()


def test_batches_do_not_change_vectors() -> None:
    """Nor do long texts, which are cut."""
    texts = [*SAME, "word " * 3000, *OTHER]
    together = Use().encode(parts(*texts))
    alone = np.concatenate([Use().encode(parts(text), "query") for text in texts])
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_blank_text_has_no_vector(tmp_path: Path) -> None:
    """Nothing said is NaN; files and bytes are read; what is no text is said."""
    file = tmp_path / "a.txt"
    file.write_text(SAME[1], "utf-8")
    vectors = Use().encode([*parts("", " \n\u3000"), Part("text", file), *parts(SAME[1])])
    assert np.isnan(vectors[:2]).all()
    np.testing.assert_array_equal(vectors[2], vectors[3])
    with pytest.raises(Unsupported):
        Use().encode([Part("text", np.zeros(3))])


def test_a_question_finds_a_page_of_another_language(tmp_path: Path) -> None:
    """With its place; neither language has a word of the other's."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, text in {
        "white.md": SAME[0], "oven.md": OTHER[0], "wheel.md": "The mill wheel is made of oak.",
    }.items():  # fmt: skip
        (folder / name).write_text(text, "utf-8")
    others = [f"-{e}" for e in OFFLINE.encoders if e != "use"]
    kit = registry.kit(encoders=[*others, "use"], converters=[f"-{c}" for c in OFFLINE.converters])
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(folder)
        hits = kb.search("灯塔是哪一年漆成白色的？")
        assert hits[0].chunk.asset.name == "white.md"
        assert str(hits[0].chunk.span) == "L1"
        assert [w.space for w in hits[0].why] == ["use"]
        assert kb.search("村里什么时候烤面包？")[0].chunk.asset.name == "oven.md"
        answer = kb.ask("灯塔是哪一年漆成白色的？")
        assert "white.md, L1 [1]" in answer.text
        assert answer.evidence[0].hit.chunk.asset.name == "white.md"


def test_beside_an_english_encoder_it_only_adds_other_languages(tmp_path: Path) -> None:
    """An English question finds the Chinese page too; English pages are MiniLM's alone; a library
    in English does not ask it.
    """
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "oven.md").write_text(OTHER[0], "utf-8")
    others = [f"-{e}" for e in OFFLINE.encoders if e not in ("use", "minilm")]
    kit = registry.kit(encoders=others, converters=[f"-{c}" for c in OFFLINE.converters])
    question = "In which year was the lighthouse painted white?"
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(folder)
        encode, calls = kit.encoders["use"].encode, list[object]()
        kit.encoders["use"].encode = lambda *a: (calls.append(a), encode(*a))[1]
        kb.search(question)
        assert not calls
        (folder / "灯塔.md").write_text(SAME[1], "utf-8")
        kb.index(folder)
        assert kb.search(question)[0].chunk.asset.name == "灯塔.md"
        assert calls
        (hit,) = (h for h in kb.search("village oven, lighthouse") if h.chunk.meta["lang"] == "en")
        assert "use" not in {w.space for w in hit.why}
