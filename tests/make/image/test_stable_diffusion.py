"""Pictures that a model draws of what was retrieved: what is retrieved changes them, and they say how
they were made.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense import Library, registry
from polysense.doctor import examine
from polysense.errors import BadConfig, Cancelled, ModelFailed
from polysense.ingest.workers import Limits
from polysense.make.file import provenance
from polysense.make.image.stable_diffusion import StableDiffusion
from polysense.testing import check_generator
from polysense.types import AnswerEvent, GenerationStep, Part

from ..conftest import PipelineFolder
from ..diffusion.pieces import ASK, BLUE, RED, parts, picture, words
from ..diffusion.tiny_pipelines import ip_adapter


def drawing(model: Path, **options: object) -> StableDiffusion:
    return StableDiffusion(model=str(model), steps=2, device="cpu", **options)


def draw(plugin: StableDiffusion, *evidence: object) -> Part:
    [part] = parts(plugin.generate(ASK, evidence))
    with Image.open(io.BytesIO(part.data)) as image:
        assert (image.format, image.size) == ("PNG", (32, 32))
    return part


@pytest.fixture
def library(tmp_path: Path, pipeline_folder: PipelineFolder):
    """Of a note on a lighthouse, and a picture of it in a colour."""

    def make(name: str, colour: tuple[int, int, int]) -> Library:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "lighthouse.txt").write_text("The lighthouse of Arno has a white tower.")
        Image.fromarray(np.full((48, 48, 3), colour, np.uint8)).save(folder / "lighthouse.png")
        model = pipeline_folder("stable_diffusion")
        kit = registry.kit(
            encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
            converters=[f"-{c}" for c in registry.OFFLINE.converters],
            generators=[f"stable_diffusion:model={model},steps=4,device=cpu"],
        )
        kb = Library(tmp_path / f"{name}-kb", kit=kit, limits=Limits(workers=1))
        assert not kb.index(folder).failed
        return kb

    return make


def test_contract(pipeline_folder: PipelineFolder) -> None:
    """On words alone, and on none."""
    check_generator(drawing(pipeline_folder("stable_diffusion")))


def test_a_library_draws(library) -> None:
    """What is asked to be drawn is drawn of words and picture, marked as a model's with its seed
    and evidence, in the file too; the same again, another for another picture.
    """
    question = "Draw the lighthouse of Arno."
    with library("red", RED) as kb:
        answer, again = (kb.ask(question, to="image") for _ in range(2))
    with library("blue", BLUE) as kb:
        other = kb.ask(question, to="image")
    part = answer.parts[0]
    assert (part.modality, part.origin, part.evidence) == ("image", "generated", (1, 2))
    assert [e.hit.chunk.asset.name for e in answer.evidence] == ["lighthouse.txt", "lighthouse.png"]
    assert part.part.meta["model"] == "stable_diffusion"
    assert "stable_diffusion" in str(answer.route)
    claim = provenance.read(part.data, "image/png")
    assert claim is not None
    [action] = claim["actions"]
    assert action["digitalSourceType"].endswith("trainedAlgorithmicMedia")
    assert action["softwareAgent"] == {"name": "stable_diffusion"}
    assert action["parameters"]["seed"] == 0
    assert {i["relationship"] for i in claim["ingredients"]} == {"inputTo"}
    pixels = [np.asarray(Image.open(io.BytesIO(a.parts[0].data))) for a in (answer, again, other)]
    assert part.data == again.parts[0].data
    assert (pixels[0] != pixels[2]).any()


def test_the_thing_itself_comes_first(library) -> None:
    """Who asks to see something is shown it, though a model could draw it."""
    with library("kb", RED) as kb:
        answer = kb.ask("What does the lighthouse of Arno look like?", to="image")
    assert answer.parts[0].origin == "retrieved"


def test_whoever_asks_hears_the_steps_and_can_stop(library) -> None:
    """The work ends at the step at which its listener raises; the next question is answered."""
    events: list[AnswerEvent] = []

    def leave(event: AnswerEvent) -> None:
        events.append(event)
        if isinstance(event, GenerationStep) and event.done == 1:
            raise Cancelled("the reader has left")

    with library("kb", RED) as kb:
        with pytest.raises(Cancelled):
            kb.ask("Draw the lighthouse of Arno.", to="image", tell=leave)
        assert [e for e in events if isinstance(e, GenerationStep)][-1].done == 1
        assert kb.ask("Draw the lighthouse of Arno.", to="image").parts[0].origin == "generated"


@pytest.mark.parametrize("condition", ["image", "embeddings", "ip_adapter"])
def test_a_retrieved_picture_changes_what_is_drawn(
    pipeline_folder: PipelineFolder, tmp_path: Path, condition: str
) -> None:
    """By each way in which a picture can be followed; the same one gives the same bytes."""
    model = pipeline_folder("stable_diffusion")
    adapter = ip_adapter(tmp_path / "adapter", model) if condition == "ip_adapter" else ""
    plugin = drawing(model, condition=condition, ip_adapter=str(adapter))
    red, same, blue = (draw(plugin, words(1), picture(2, c)) for c in (RED, RED, BLUE))
    assert red.data == same.data
    assert red.data != blue.data
    assert red.meta["conditions"] == condition
    assert red.meta["evidence"] == ([2] if condition == "embeddings" else [2, 1])


def test_an_adapter_beside_the_model_is_used(
    pipeline_folder: PipelineFolder, tmp_path: Path
) -> None:
    """Without a setting; without a picture the words alone are drawn."""
    model = Path(shutil.copytree(pipeline_folder("stable_diffusion"), tmp_path / "model"))
    ip_adapter(model / "ip_adapter", model)
    plugin = drawing(model)
    assert draw(plugin, picture(1)).meta["conditions"] == "ip_adapter"
    assert draw(plugin, words(1)).meta["conditions"] == "words"
    several, one = draw(plugin, picture(1), picture(2, BLUE)), draw(plugin, picture(1))
    assert several.meta["evidence"] == [1, 2]
    assert several.data != one.data


def test_an_adapter_of_a_hub(
    monkeypatch: pytest.MonkeyPatch, pipeline_folder: PipelineFolder, tmp_path: Path
) -> None:
    """Of its many files the one that is named is fetched, and its CLIP. Of several in a folder, one
    is to be named.
    """
    import huggingface_hub

    model, patterns = pipeline_folder("stable_diffusion"), list[str]()
    adapter = ip_adapter(tmp_path / "hub" / "models", model) / "ip-adapter.bin"

    def snapshot_download(name: str, *, allow_patterns: list[str], **_: object) -> str:
        assert name == "someone/adapters"
        patterns.extend(allow_patterns)
        return str(tmp_path / "hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    plugin = drawing(model, ip_adapter="someone/adapters/models/ip-adapter.bin")
    assert draw(plugin, picture(1)).meta["conditions"] == "ip_adapter"
    assert patterns[0] == "models/ip-adapter.bin"
    shutil.copy(adapter, adapter.with_name("other.bin"))
    with pytest.raises(BadConfig, match="2 IP-Adapters"):
        draw(drawing(model, ip_adapter=str(adapter.parent)), picture(1))


def test_the_words_of_evidence_change_what_is_drawn(pipeline_folder: PipelineFolder) -> None:
    """They are in the prompt, and so does the seed; pictures are left aside where the settings say
    so.
    """
    plugin = drawing(pipeline_folder("stable_diffusion"), condition="words")
    white, black = draw(plugin, words()), draw(plugin, words(text="Its tower is black."))
    assert white.data != black.data
    assert draw(plugin, words(), picture(2, BLUE)).data == white.data
    plugin.seed = 1
    assert draw(plugin, words()).data != white.data
    assert not parts(plugin.generate(ASK, [picture(1)]))


def test_closed_it_stops_at_the_next_step(pipeline_folder: PipelineFolder) -> None:
    """The denoiser is not run on for somebody who has left."""
    plugin = StableDiffusion(model=str(pipeline_folder("stable_diffusion")), steps=50, device="cpu")
    stream, calls = plugin.generate(ASK, [words()]), []
    assert next(stream) == GenerationStep(0, 50)
    plugin._pipeline.unet.register_forward_hook(lambda *_: calls.append(1))
    next(stream)
    stream.close()
    assert len(calls) < 49


def test_sdxl(pipeline_folder: PipelineFolder) -> None:
    """Draws over a picture, and with another scheduler another picture of words."""
    model = pipeline_folder("sdxl")
    assert draw(drawing(model), words(1), picture(2)).meta["conditions"] == "image"
    own, other = (draw(drawing(model, scheduler=s), words()) for s in ("", "DDIMScheduler"))
    assert own.data != other.data


def test_what_the_safety_checker_flags_is_withheld(pipeline_folder: PipelineFolder) -> None:
    """A black picture is no answer; without the checker there is one."""
    model = pipeline_folder("careful")
    with pytest.raises(ModelFailed, match="withheld"):
        draw(drawing(model), words())
    draw(drawing(model, safety=False), words())


def test_wrong_settings(pipeline_folder: PipelineFolder, tmp_path: Path) -> None:
    """Each is told with what to write, before anything is drawn."""
    model = pipeline_folder("stable_diffusion")
    with pytest.raises(BadConfig, match="no folder") as refusal:
        drawing(tmp_path / "nowhere").check()
    assert "stable_diffusion:model=FOLDER" in refusal.value.hint
    [problem] = examine(requested={"generators": [f"stable_diffusion:model={tmp_path}"]})[
        "problems"
    ]
    assert "model_index.json" in problem["problem"]
    with pytest.raises(BadConfig, match="no IP-Adapter") as refusal:
        drawing(model, ip_adapter=str(tmp_path), condition="ip_adapter").check()
    assert "image_encoder/" in refusal.value.hint
    with pytest.raises(BadConfig, match="NoScheduler") as refusal:
        draw(drawing(model, scheduler="NoScheduler"), words())
    assert "DDIMScheduler" in refusal.value.hint
    with pytest.raises(BadConfig, match="embeddings"):
        draw(drawing(pipeline_folder("careful"), condition="embeddings"), picture())
    for options in ({"size": 30}, {"size": 4096}, {"strength": 2.0}, {"condition": "style"}):
        with pytest.raises(BadConfig):
            drawing(model, **options)
