"""Films that a model makes: of words, of a retrieved clip or picture, as files that players open."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.film.video_diffusion import VideoDiffusion
from polysense.testing import check_generator
from polysense.types import Part

from ..conftest import PipelineFolder
from ..diffusion.pieces import ASK, BLUE, RED, clip, parts, picture, words


def maker(model: Path, **options: object) -> VideoDiffusion:
    return VideoDiffusion(
        **{"model": str(model), "steps": 2, "frames": 4, "device": "cpu"} | options
    )


def film(plugin: VideoDiffusion, *evidence: object) -> Part:
    [part] = parts(plugin.generate(ASK, evidence))
    with av.open(io.BytesIO(part.data)) as file:
        [stream] = file.streams
        assert stream.codec_context.name == "h264"
        assert len(list(file.decode(video=0))) == 4
    assert part.meta["seconds"] == 0.5
    return part


def test_a_film_of_words(pipeline_folder: PipelineFolder) -> None:
    """Other words give another one."""
    plugin = maker(pipeline_folder("text_to_video"))
    check_generator(plugin)
    one, other = film(plugin, words()), film(plugin, words(text="Waves break."))
    assert one.data != other.data
    assert (one.meta["conditions"], one.meta["evidence"]) == ("words", [1])


@pytest.mark.parametrize("piece", [clip, picture])
def test_a_film_over_what_was_retrieved(pipeline_folder: PipelineFolder, piece) -> None:
    """A clip, or a picture that stands still; strength=1 leaves it aside."""
    plugin = maker(pipeline_folder("text_to_video"))
    red, same, blue = (film(plugin, words(1), piece(2, c)) for c in (RED, RED, BLUE))
    assert red.data == same.data
    assert red.data != blue.data
    assert (red.meta["conditions"], red.meta["evidence"]) == ("video", [2, 1])
    plugin.strength = 1.0
    assert film(plugin, words(1), piece(2, RED)).meta["conditions"] == "words"


def test_a_picture_that_moves(pipeline_folder: PipelineFolder) -> None:
    """By Stable Video Diffusion, which has no use for words; guidance has another name there."""
    model = pipeline_folder("stable_video")
    plugin = maker(model, width=32, height=32, guidance=2.0)
    red, blue = (film(plugin, words(1), picture(2, c)) for c in (RED, BLUE))
    assert red.data != blue.data
    assert (red.meta["conditions"], red.meta["evidence"]) == ("image", [2])
    assert not parts(plugin.generate(ASK, [words()]))


def test_a_library_makes_a_film(pipeline_folder: PipelineFolder, tmp_path: Path) -> None:
    """In place of one that is read out; it says that a model made it, in the file too."""
    (tmp_path / "mill.txt").write_text("The wheel of the tide mill turns twice a day.")
    model = pipeline_folder("text_to_video")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
        generators=[f"video_diffusion:model={model},steps=2,frames=4,device=cpu"],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "mill.txt")
        part = kb.ask("Animate the wheel of the tide mill", to="video").parts[0]
    assert (part.modality, part.origin, part.evidence) == ("video", "generated", (1,))
    claim = provenance.read(part.data, "video/mp4")
    assert claim is not None
    assert claim["actions"][0]["softwareAgent"] == {"name": "text_to_video"}


def test_what_is_made_is_bounded() -> None:
    """In frames, size and what else the settings say."""
    wrong = ({"frames": 1}, {"frames": 1000}, {"width": 12}, {"height": 4096}, {"strength": 2.0})
    for options in wrong:
        with pytest.raises(BadConfig):
            VideoDiffusion(model="any", **options)
