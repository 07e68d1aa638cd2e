"""Small models of the true architecture that hear and see, saved as a hub holds them; and the
sounds that tests ask about.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
COLOURS = ((200, 40, 40), (40, 160, 40), (40, 40, 200), (220, 220, 60))
SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


VISION = {**SIZES, "image_size": 32, "patch_size": 8}


def byte_tokenizer(**more: Any) -> Any:
    """Single bytes, so that any text has tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = ("<pad>", "<s>", "</s>", "<unk>")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {t: i for i, t in enumerate((*special, *alphabet))}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        **more,
    )


def tone(seconds: float, hertz: float, rate: int = RATE) -> NDArray[np.float32]:
    """A steady tone with its octave."""
    t = np.arange(round(seconds * rate)) / rate
    sound = 0.3 * np.sin(2 * np.pi * hertz * t) + 0.1 * np.sin(4 * np.pi * hertz * t)
    return sound.astype(np.float32)


def hiss(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Noise."""
    noise = np.random.default_rng(seed).normal(0, 0.2, round(seconds * RATE))
    return noise.astype(np.float32)


def write_wav(path: Path, sound: NDArray[np.float32]) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


def write_film(path: Path, colours: tuple[tuple[int, int, int], ...] = COLOURS[:2]) -> Path:
    """Two seconds of each colour, with a square that moves; ten frames a second."""
    import av

    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        for colour in colours:
            for i in range(20):
                pixels = np.full((64, 96, 3), colour, np.uint8)
                pixels[20:40, 2 * i : 2 * i + 20] = 255
                out.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(picture.encode(None))
    return path


def clip_folder(home: Path) -> Path:
    """A CLIP of 16 dimensions that looks at 32 x 32 pixels."""
    import torch
    from transformers import CLIPConfig, CLIPModel, CLIPProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    text = {**SIZES, "vocab_size": len(tokenizer), "bos_token_id": 1, "eos_token_id": 2}
    config = CLIPConfig(
        text_config={**text, "pad_token_id": 0}, vision_config=VISION, projection_dim=16
    )
    CLIPModel(config).save_pretrained(home)
    images = CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    CLIPProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(home)
    return home


def clap_model(is_fused: bool = False) -> tuple[Any, Any]:
    """A CLAP of 16 dimensions that hears two seconds at once, and its processor."""
    import torch
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, ClapProcessor

    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    text = {**SIZES, "vocab_size": len(tokenizer), "projection_dim": 16, "pad_token_id": 0}
    audio = {
        "hidden_size": 32,
        "num_mel_bins": 64,
        "spec_size": 256,
        "patch_size": 4,
        "patch_stride": [4, 4],
        "patch_embeds_hidden_size": 16,
        "depths": [1, 1],
        "num_attention_heads": [1, 2],
        "window_size": 8,
        "projection_dim": 16,
        "num_hidden_layers": 2,
        "enable_fusion": is_fused,
        "enable_patch_fusion": is_fused,
    }
    extractor = ClapFeatureExtractor(
        feature_size=64,
        sampling_rate=48_000,
        max_length_s=2,
        truncation="fusion" if is_fused else "rand_trunc",
    )
    model = ClapModel(ClapConfig(text_config=text, audio_config=audio, projection_dim=16))
    return model, ClapProcessor(feature_extractor=extractor, tokenizer=tokenizer)


def teach_clap(
    model: Any, processor: Any, pairs: dict[str, NDArray[np.float32]], steps: int = 40
) -> None:
    """Until each text is near to its sound (samples at 48 kHz), and other words to neither."""
    import torch

    from polysense.ingest.library_calibration import stock_queries

    torch.manual_seed(0)
    others = [query for language, query in stock_queries() if language == "en"][::8]
    tokens = processor.tokenizer([*pairs, *others], padding=True, return_tensors="pt")
    mels = processor.feature_extractor(
        list(pairs.values()), sampling_rate=48_000, return_tensors="pt"
    )["input_features"].float()
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    target = 2 * torch.eye(len(pairs) + len(others))[:, : len(pairs)] - 1
    model.eval()  # as it is used: without dropout, and with the statistics that it has
    for _ in range(steps):
        texts = model.get_text_features(**tokens).pooler_output
        sounds = model.get_audio_features(
            input_features=mels, is_longer=torch.zeros((len(pairs), 1), dtype=torch.bool)
        ).pooler_output
        loss = ((texts @ sounds.T - 0.7 * target) ** 2).mean(dim=1)
        loss = loss[: len(pairs)].mean() + loss[len(pairs) :].mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
