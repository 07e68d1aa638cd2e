"""Captions by BLIP and BLIP-2, on small models of the true architectures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polysense import Library, kit, registry
from polysense.errors import BadConfig, MissingDependency
from polysense.ingest.workers import Limits
from polysense.read.image.blip import Blip
from polysense.testing import check_converter
from polysense.types import Part

from ...encoders.tiny_media import SIZES, VISION, byte_tokenizer

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

CAPTION = "a red boat"
PICTURE = Part("image", np.full((40, 60, 3), (200, 40, 40), np.uint8))


def teach(loss_of: Callable[[], Any], model: Any, steps: int) -> None:
    """Until it says the caption."""
    import torch

    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    model.train()
    for _ in range(steps):
        loss_of().backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


@pytest.fixture(scope="module")
def blip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import BlipConfig, BlipForConditionalGeneration, BlipProcessor
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    home = tmp_path_factory.mktemp("models") / "blip-tiny"
    torch.manual_seed(0)
    tokenizer = byte_tokenizer(cls_token="<s>", sep_token="</s>")
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    text = {
        **SIZES,
        "vocab_size": len(tokenizer),
        "encoder_hidden_size": 32,
        "projection_dim": 16,
        "max_position_embeddings": 64,
        "bos_token_id": 1,
        "pad_token_id": 0,
        "eos_token_id": 2,
        "sep_token_id": 2,
    }
    model = BlipForConditionalGeneration(
        BlipConfig(text_config=text, vision_config=VISION, projection_dim=16)
    )
    images = BlipImageProcessorPil(size={"height": 32, "width": 32})
    processor = BlipProcessor(image_processor=images, tokenizer=tokenizer)
    pixels = processor(images=[Image.fromarray(PICTURE.data)], return_tensors="pt").pixel_values
    ids = torch.tensor([tokenizer(CAPTION).input_ids])
    teach(lambda: model(pixel_values=pixels, input_ids=ids, labels=ids).loss, model, 60)
    model.save_pretrained(home)
    processor.save_pretrained(home)
    return home


@pytest.fixture(scope="module")
def blip2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import (
        Blip2Config,
        Blip2ForConditionalGeneration,
        Blip2Processor,
        Blip2QFormerConfig,
        Blip2VisionConfig,
        OPTConfig,
    )
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    home = tmp_path_factory.mktemp("models") / "blip2-tiny"
    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    images = BlipImageProcessorPil(size={"height": 32, "width": 32})
    processor = Blip2Processor(image_processor=images, tokenizer=tokenizer, num_query_tokens=4)
    image_token = tokenizer.convert_tokens_to_ids("<image>")
    writer = OPTConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        word_embed_proj_dim=32,
        ffn_dim=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=128,
        bos_token_id=1,
        pad_token_id=0,
        eos_token_id=2,
    )
    config = Blip2Config(
        vision_config=Blip2VisionConfig(**VISION).to_dict(),
        qformer_config=Blip2QFormerConfig(
            **SIZES, encoder_hidden_size=32, vocab_size=len(tokenizer)
        ).to_dict(),
        text_config=writer.to_dict(),
        num_query_tokens=4,
        image_token_index=image_token,
    )
    model = Blip2ForConditionalGeneration(config)
    pixels = processor(images=[Image.fromarray(PICTURE.data)], return_tensors="pt").pixel_values
    ids = torch.tensor([[image_token] * 4 + [1, *tokenizer(CAPTION).input_ids, 2]])
    labels = ids.masked_fill(ids == image_token, -100)
    teach(lambda: model(pixel_values=pixels, input_ids=ids, labels=labels).loss, model, 60)
    model.save_pretrained(home)
    processor.save_pretrained(home)
    return home


@pytest.fixture(params=["blip", "blip2"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Both kinds of model."""
    return request.getfixturevalue(request.param)


def test_the_contract(folder: Path) -> None:
    (part,) = check_converter(Blip(model=str(folder), device="cpu"), PICTURE)
    assert part.data == CAPTION
    assert part.meta["model"] == folder.name


def test_words_with_which_it_begins(folder: Path) -> None:
    """The model goes on from there; of BLIP-2 they are put before what it says."""
    (part,) = Blip(model=str(folder), device="cpu", prompt="a red").convert(PICTURE)
    assert str(part.data).startswith("a red ")
    assert not str(part.data).startswith("a red a red")


def test_words_find_a_picture_by_its_caption(folder: Path, tmp_path: Path) -> None:
    """Its chunk says which model wrote it, and its place is the picture."""
    files = tmp_path / "files"
    files.mkdir()
    Image.fromarray(PICTURE.data).save(files / "IMG_0001.png")
    (files / "notes.txt").write_text("High water follows the moon.")
    own = kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[
            *(f"-{c}" for c in registry.OFFLINE.converters),
            f"blip:model={folder},device=cpu",
        ],
    )
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(files).failed
        hit = kb.search("red boat")[0]
        assert (hit.modality, hit.chunk.asset.name) == ("image", "IMG_0001.png")
        assert (hit.chunk.text, hit.chunk.context) == ("", CAPTION)
        assert hit.chunk.meta["captioner"] == "blip"
        assert hit.chunk.meta["caption_model"] == folder.name
        assert hit.why[0].space == "bm25"


@pytest.mark.parametrize("kind", ["llava", "bert"])
def test_another_kind_of_model_is_refused(tmp_path: Path, kind: str) -> None:
    """With where such a model belongs; nothing is indexed meanwhile."""
    (tmp_path / "config.json").write_text(f'{{"model_type": "{kind}"}}')
    blip = Blip(model=str(tmp_path))
    with pytest.raises(BadConfig, match=f"of the type {kind}") as error:
        blip.check()
    assert "caption" in error.value.hint
    with pytest.raises(BadConfig):
        list(blip.convert(PICTURE))


def test_what_is_not_here_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="there is no folder"):
        Blip(model=str(tmp_path / "none")).check()
    with pytest.raises(MissingDependency) as error:
        Blip(model="nobody/no-such-model", offline=True).check()
    assert "hf download" in error.value.hint


def test_constructing_does_no_work() -> None:
    """A profile may list it where transformers is not installed."""
    assert Blip(model="/nowhere").is_captioner
