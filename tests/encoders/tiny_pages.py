"""A small ColPali of the true architecture that sees the colour of each patch, and reads the letters
R, G, B as colours: its attention and its MLPs are silent, so that a patch is what it shows alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .tiny_vision import SMALL, tokenizer

SIDE, PATCH = 64, 8
GRID = SIDE // PATCH
INK: Mapping[str, tuple[int, int, int]] = {"R": (255, 0, 0), "G": (0, 160, 0), "B": (0, 0, 255)}
WHITE = (255, 255, 255)


def colpali(home: Path) -> Path:
    """Saved with random weights, but for what makes it see colours."""
    import torch
    from transformers import (
        ColPaliConfig,
        ColPaliForRetrieval,
        ColPaliProcessor,
        PaliGemmaConfig,
    )
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    own = tokenizer("<image>")
    image = own.convert_tokens_to_ids("<image>")
    gemma = {
        **SMALL,
        "model_type": "gemma",
        "vocab_size": len(own) + 2000,
        "head_dim": 16,
        "num_key_value_heads": 2,
    }
    vision = {**SMALL, "model_type": "siglip_vision_model", "image_size": SIDE, "patch_size": PATCH}
    both = PaliGemmaConfig(
        text_config=gemma,
        vision_config=vision,
        image_token_index=image,
        projection_dim=32,
        hidden_size=32,
    )
    model = ColPaliForRetrieval(ColPaliConfig(vlm_config=both, text_config=gemma, embedding_dim=16))
    images = SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    images.image_seq_length = GRID * GRID
    processor = ColPaliProcessor(image_processor=images, tokenizer=own)
    with torch.no_grad():
        _silence(model)
        _teach_letters(model, processor)
    model.save_pretrained(home)
    processor.save_pretrained(home)
    return home


def colqwen2(home: Path) -> Path:
    """ColQwen2, which keeps a page's proportions; random weights."""
    from transformers import (
        ColQwen2Config,
        ColQwen2ForRetrieval,
        ColQwen2Processor,
        Qwen2VLConfig,
    )
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    special = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    own = tokenizer(*special, "<|im_start|>", "<|im_end|>", "<|endoftext|>")
    start, end, image, video = map(own.convert_tokens_to_ids, special)
    own.image_token, own.video_token = special[2:]
    own.image_token_id, own.video_token_id = image, video
    text = {
        **SMALL,
        "vocab_size": len(own),
        "num_key_value_heads": 2,
        "pad_token_id": 0,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [2, 3, 3],
        },
    }
    vision = {
        "depth": 2,
        "embed_dim": 32,
        "hidden_size": 32,
        "num_heads": 2,
        "patch_size": 14,
        "mlp_ratio": 2,
    }
    both = Qwen2VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=image,
        video_token_id=video,
        vision_start_token_id=start,
        vision_end_token_id=end,
    )
    ColQwen2ForRetrieval(ColQwen2Config(vlm_config=both, embedding_dim=16)).save_pretrained(home)
    images = Qwen2VLImageProcessorPil(min_pixels=28 * 28 * 4, max_pixels=28 * 28 * 48)
    ColQwen2Processor(image_processor=images, tokenizer=own).save_pretrained(home)
    return home


def _silence(model: Any) -> None:
    for name, weight in model.named_parameters():
        if any(n in name for n in ("out_proj", "o_proj", "fc2", "down_proj", "position_embedding")):
            weight.zero_()


def _teach_letters(model: Any, processor: Any) -> None:
    """The embedding of a letter is what the model sees in its colour; any other is white's."""
    from PIL import Image

    def project(rgb: tuple[int, int, int]) -> Any:
        blank = np.full((SIDE, SIDE, 3), rgb, np.uint8)
        pixels = processor.process_images([Image.fromarray(blank)])["pixel_values"]
        return model.vlm.get_image_features(pixels).pooler_output.reshape(-1, 32)[0]

    table = model.vlm.get_input_embeddings().weight
    table.copy_(project(WHITE).expand_as(table))
    for letter, rgb in INK.items():
        table[processor.tokenizer.convert_tokens_to_ids(letter)] = project(rgb)


Boxes = Mapping[str, tuple[int, int, int, int]]
"""By letter, (x0, y0, x1, y1) in patches."""


def pixels(boxes: Boxes) -> np.ndarray:
    """A white page with boxes of ink, eight pixels for one that the model sees."""
    picture, step = np.full((SIDE * 8, SIDE * 8, 3), 255, np.uint8), 8 * PATCH
    for letter, (x0, y0, x1, y1) in boxes.items():
        picture[y0 * step : y1 * step, x0 * step : x1 * step] = INK[letter]
    return picture


def pdf(path: Path, pages: Sequence[Boxes], *, has_words: bool = True) -> Path:
    """A PDF with such pages, each with words that are not drawn, as under a scan, for those who read and do not look."""
    size = 8 * SIDE
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for number, boxes in enumerate(pages, 1):
        words = f"(Sheet number {number} of the harbour plans.)"
        lines = [f"BT /F 12 Tf 3 Tr 40 20 Td {words} Tj ET"] if has_words else []
        for letter, (x0, y0, x1, y1) in boxes.items():
            rgb = " ".join(f"{v / 255:.4f}" for v in INK[letter])
            step = size / GRID
            lines.append(
                f"{rgb} rg {x0 * step} {size - y1 * step} {(x1 - x0) * step} {(y1 - y0) * step} re f"
            )
        content = "\n".join(lines).encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> >> >>" % (size, size, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    raw, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(raw))
        raw += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    raw += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    raw += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        raw.index(b"xref"),
    )
    path.write_bytes(raw)
    return path
