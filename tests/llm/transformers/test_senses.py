"""Models that see, hear and look at clips answer of what was retrieved as it is: LLaVA, Idefics
(Flamingo's kind), Qwen2-Audio, Video-LLaVA and Qwen2-VL from folders, through `Library.ask`.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, registry
from polysense.chat_models.prompt import inputs
from polysense.errors import BadConfig, MissingDependency
from polysense.llm.transformers.language_model import Transformers
from polysense.messages import Message, Usage
from polysense.read.image.decode import png
from polysense.read.sound.decode import wav
from polysense.results import Answer
from polysense.types import Part, Span

from ...encoders.tiny_media import write_film
from . import tiny_senses
from .tiny import ANSWER

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
PICTURE = np.full((40, 60, 3), 90, np.uint8)
SOUND = np.zeros(16_000 * 2, np.float32)
QUESTION = "What about high water at the old harbour?"
CUE = "1\n00:00:{:02},000 --> 00:00:{:02},000\nHigh water at the old harbour is at noon.\n"


def harbour(folder: Path) -> Path:
    """A page that shows a picture, with words that name what is asked and do not tell it."""
    folder.mkdir()
    (folder / "harbour.png").write_bytes(png(PICTURE))
    (folder / "page.md").write_text("# Tides\n\n![High water at the old harbour](harbour.png)\n")
    return folder


def ask(folder: Path, model: Path, **options: Any) -> Answer:
    """The answer of a library of these files, by words alone and this model."""
    more = "".join(f",{k}={v}" for k, v in options.items())
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=["-whisper_tiny"],
        language_models=[f"transformers:model={model}{more}"],
    )
    with Library(folder.with_suffix(".kb"), kit=kit) as kb:
        kb.index(folder)
        return kb.ask(QUESTION, where="modality != 'text'")


def input_tokens(model: Transformers, *parts: Part | str) -> int:
    *_, usage = model.chat([Message.of("user", *parts)])
    assert isinstance(usage, Usage)
    return usage.input_tokens


def check(answer: Answer, name: str, model: str) -> None:
    """It is the model's, and cites the thing itself."""
    assert answer.parts[0].data == "High water is at noon. [1]", answer.warnings
    assert answer.parts[0].origin == "generated"
    assert answer.parts[0].part.meta["model"] == model
    assert answer.evidence[0].hit.uri.endswith(name)


def test_llava_answers_of_a_retrieved_picture(seer: Path, tmp_path: Path) -> None:
    """What it says of the picture is cited, with the picture beside it, and told to be its own;
    blind, it is struck.
    """
    folder = harbour(tmp_path / "files")
    answer = ask(folder, seer)
    check(answer, "harbour.png", "tiny-seer")
    assert answer.warnings == (
        "what is said of harbour.png is tiny-seer's own reading; no words bear it out",
    )
    assert "image" in [p.modality for p in answer.parts]
    blind = ask(folder, seer, accepts="text")
    assert "noon" not in blind.text
    assert answer.usage.input_tokens > blind.usage.input_tokens


@pytest.mark.slow
def test_flamingo_reads_pictures_among_words(tmp_path: Path) -> None:
    """Idefics takes both in one list; an address in words is not fetched."""
    model = tiny_senses.flamingo(tmp_path / "tiny-flamingo")
    check(ask(harbour(tmp_path / "files"), model), "harbour.png", "tiny-flamingo")
    own = Transformers(model=str(model))
    chat = [Message.of("user", Part("image", PICTURE), "http://127.0.0.1:9/x.png", "When?")]
    assert "".join(map(str, list(own.chat(chat))[:-1])) == ANSWER


@pytest.mark.slow
def test_qwen_audio_hears_the_seconds_that_were_found(tmp_path: Path) -> None:
    """The cue tells what is asked about, the sound of its seconds goes to the model."""
    folder = tmp_path / "files"
    folder.mkdir()
    rate = 16_000
    (folder / "pier.wav").write_bytes(wav(np.zeros(rate * 9, np.float32), rate))
    (folder / "pier.srt").write_text(CUE.format(4, 6))
    model = tiny_senses.listener(tmp_path / "tiny-listener")
    answer = ask(folder, model)
    check(answer, "pier.wav", "tiny-listener")
    assert answer.evidence[0].span.seconds == (4.0, 6.0)
    assert not answer.warnings, "the cue bears it out"
    deaf = ask(folder, model, accepts="text")
    assert answer.usage.input_tokens > deaf.usage.input_tokens + 2 * 25
    own = Transformers(model=str(model))
    two = Part("audio", SOUND, "audio/pcm;rate=16000")
    one = Part("audio", SOUND, "audio/pcm;rate=16000", span=Span(seconds=(0.0, 1.0)))
    difference = input_tokens(own, two, "When?") - input_tokens(own, one, "When?")
    assert difference == 25, "of each second 25 vectors"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["viewer", "qwen_seer", "qwen3_seer"])
def test_a_clip_is_looked_at(kind: str, tmp_path: Path) -> None:
    """Video-LLaVA, Qwen2-VL and Qwen3-VL get frames of the retrieved seconds, with what is said meanwhile."""
    pytest.importorskip("torchvision", reason="their processors of clips need torchvision")
    folder = tmp_path / "files"
    folder.mkdir()
    write_film(folder / "pier.mp4")
    (folder / "pier.srt").write_text(CUE.format(2, 4))
    model = getattr(tiny_senses, kind)(tmp_path / f"tiny-{kind}")
    answer = ask(folder, model)
    check(answer, "pier.mp4", f"tiny-{kind}")
    assert answer.evidence[0].span.seconds is not None
    blind = ask(folder, model, accepts="text")
    assert answer.usage.input_tokens > blind.usage.input_tokens


@pytest.mark.slow
def test_several_clips_with_the_seconds_of_their_frames(tmp_path: Path) -> None:
    """Each by its own length: Qwen3-VL reads when a frame was shown, in seconds of its clip."""
    pytest.importorskip("torchvision", reason="its processor of clips needs torchvision")
    own = Transformers(model=str(tiny_senses.qwen3_seer(tmp_path / "tiny-qwen3")))
    film = write_film(tmp_path / "film.mp4")
    clips = [Part("video", film, "video/mp4", span=Span(seconds=(2.0, end))) for end in (4.0, 3.0)]
    weights = own._load()
    encoded = inputs(weights, [Message.of("user", *clips, Part("image", PICTURE), "What?")])
    text = weights.tokenizer.decode(encoded["input_ids"][0])
    seconds = re.findall(r"<([\d.]+) seconds>", text)
    assert seconds == ["0.1", "0.6", "1.1", "1.6", "0.1", "0.3", "0.6", "0.8"]


def test_clips_as_pictures_for_one_that_sees(seer: Path, tmp_path: Path) -> None:
    """Where it is wished: eight, of sixteen tokens each in this LLaVA."""
    film = write_film(tmp_path / "film.mp4")
    clip = Part("video", film, "video/mp4", span=Span(seconds=(2.0, 4.0)))
    own = Transformers(model=str(seer), accepts="text+image+video")
    before = input_tokens(own, "What?")
    assert input_tokens(own, clip, "What?") == before + 8 * (16 + 1)
    assert Transformers(model=str(seer)).accepts == {"text", "image"}


@pytest.mark.slow
def test_models_of_two_halves_write_too(tmp_path: Path) -> None:
    """A T5 reads with an encoder; its words come through the same door."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    from .tiny import tokenizer

    torch.manual_seed(0)
    own = tokenizer(None)
    config = T5Config(
        vocab_size=len(own), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2,
        decoder_start_token_id=0, pad_token_id=0, eos_token_id=2,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config).eval()  # nothing is left out by chance
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    target = torch.tensor([[*own(ANSWER).input_ids, 2]])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more only wait for each other on so little
    prompt = own("User: When?\n\nAssistant:", return_tensors="pt").input_ids
    for _ in range(1000):
        loss = model(input_ids=prompt, labels=target).loss
        if loss.item() < 0.01:
            break
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.set_num_threads(threads)
    model.save_pretrained(tmp_path)
    own.save_pretrained(tmp_path)
    pieces = list(Transformers(model=str(tmp_path)).chat([Message.of("user", "When?")]))
    assert "".join(map(str, pieces[:-1])) == ANSWER


def test_a_lora_is_added_to_the_weights(reader: Path, tmp_path: Path) -> None:
    """Zero weights change nothing, large ones do; a folder without one is told."""
    peft = pytest.importorskip("peft", reason="needs the package peft")
    import torch
    from transformers import MistralForCausalLM

    chat = [Message.of("user", "When is high water?")]
    torch.manual_seed(0)
    for name, size in (("none", 0.0), ("large", 9.0)):
        config = peft.LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
        model = peft.get_peft_model(MistralForCausalLM.from_pretrained(reader), config)
        with torch.no_grad():
            for key, weights in model.named_parameters():
                if "lora_B" in key:
                    weights.fill_(size)
        model.save_pretrained(tmp_path / name)
    own = Transformers(model=str(reader), adapter=str(tmp_path / "none"))
    assert "".join(map(str, list(own.chat(chat))[:-1])) == ANSWER
    other = Transformers(model=str(reader), adapter=str(tmp_path / "large"))
    text = "".join(map(str, islice(other.chat(chat, most=200), len(ANSWER))))
    assert text != ANSWER
    with pytest.raises(BadConfig, match=r"no adapter_model\.safetensors"):
        list(Transformers(model=str(reader), adapter=str(reader)).chat(chat))


def test_without_torchvision_clips_are_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the processor needs is told, not a traceback."""
    import importlib.util

    if importlib.util.find_spec("torchvision"):
        pytest.skip("torchvision is installed")
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    own = tiny_senses.own_tokenizer("<|image_pad|>", image="<|image_pad|>")
    rope = {"rope_parameters": tiny_senses.ROPE}
    text = {**tiny_senses.qwen_text(len(own), **rope), "model_type": "qwen2_vl_text"}
    vision = {"depth": 1, "embed_dim": 32, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2}
    shape = Qwen2VLConfig(text_config=text, vision_config=vision)
    Qwen2VLForConditionalGeneration(shape).save_pretrained(tmp_path)
    own.save_pretrained(tmp_path)
    Qwen2VLImageProcessorPil().save_pretrained(tmp_path)
    setting = tmp_path / "preprocessor_config.json"
    config = {**json.loads(setting.read_text()), "processor_class": "Qwen2VLProcessor"}
    setting.write_text(json.dumps(config))
    model = Transformers(model=str(tmp_path))
    with pytest.raises(MissingDependency, match=r"(?i)torchvision"):
        list(model.chat([Message.of("user", Part("image", PICTURE), "What?")]))
