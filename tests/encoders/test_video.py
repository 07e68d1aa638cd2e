"""Video: X-CLIP, and the mean of CLIP's vectors of a scene's frames, on small models of the true
architectures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Library, kit, part
from polysense.encoders.video import Video
from polysense.errors import BadConfig, Unreadable, Unsupported
from polysense.ingest.workers import Limits
from polysense.read.film.frame_sample import sample_frames
from polysense.retrieve.algebra import dense
from polysense.testing import check_encoder
from polysense.types import Part, Span

from .tiny_media import COLOURS, SIZES, VISION, byte_tokenizer, clip_folder, write_film

pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own


def film_part(path: Path, start: float, end: float) -> Part:
    return Part("video", path, "video/mp4", span=Span(seconds=(start, end)))


@pytest.fixture(scope="module")
def xclip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import XCLIPConfig, XCLIPModel, XCLIPProcessor
    from transformers.models.videomae.image_processing_pil_videomae import VideoMAEImageProcessorPil

    home = tmp_path_factory.mktemp("models") / "xclip-tiny"
    torch.manual_seed(0)
    tokenizer = byte_tokenizer()
    text = {**SIZES, "vocab_size": len(tokenizer), "bos_token_id": 1, "eos_token_id": 2}
    vision = {
        **VISION,
        "mit_hidden_size": 16,
        "mit_intermediate_size": 32,
        "mit_num_hidden_layers": 1,
        "mit_num_attention_heads": 2,
        "num_frames": 4,
    }
    config = XCLIPConfig(
        text_config={**text, "pad_token_id": 0},
        vision_config=vision,
        projection_dim=16,
        prompt_layers=1,
        prompt_num_attention_heads=2,
    )
    XCLIPModel(config).save_pretrained(home)
    images = VideoMAEImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    XCLIPProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(home)
    return home


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_folder(tmp_path_factory.mktemp("models") / "clip-tiny")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("films") / "film.mp4")


@pytest.fixture(params=["xclip", "clip"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Both kinds of model."""
    return request.getfixturevalue(request.param)


def test_the_contract(folder: Path, film: Path) -> None:
    """Scenes, pictures and words in one space, in any order and batch."""
    video = Video(model=str(folder), device="cpu", batch=2)
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
    scenes = [film_part(film, 0, 2), film_part(film, 2, 4), film_part(film, 0, 4)]
    vectors = check_encoder(video, [*scenes, Part("image", picture), Part("text", "a red wall")])
    assert vectors.shape == (3, 16)
    words = video.encode([Part("text", "red " * 900), Part("text", "")], "query")
    assert np.isnan(words).all(axis=1).tolist() == [False, True]


def test_xclip_is_the_models_own(xclip: Path, film: Path) -> None:
    """As transformers has it, of the frames in their order."""
    import torch
    from transformers import AutoProcessor, XCLIPModel

    model, processor = XCLIPModel.from_pretrained(xclip), AutoProcessor.from_pretrained(xclip)
    frames = sample_frames(film_part(film, 0, 4), 4, 512)
    with torch.no_grad():
        pixels = processor.image_processor(frames, return_tensors="pt").pixel_values
        scene = model.get_video_features(pixel_values=pixels.reshape(1, 4, 3, 32, 32)).pooler_output
        tokens = processor.tokenizer(["hello"], return_tensors="pt")
        words = model.get_text_features(
            input_ids=tokens.input_ids, attention_mask=tokens.attention_mask
        ).pooler_output
    theirs = torch.cat([scene, words])
    ours = Video(model=str(xclip), device="cpu").encode(
        [film_part(film, 0, 4), Part("text", "hello")]
    )
    np.testing.assert_allclose(ours, theirs / theirs.norm(dim=1, keepdim=True), atol=1e-5)


def test_frames_of_clip_are_averaged(clip: Path, film: Path) -> None:
    """The unit mean of what `clip` says of each frame, in the space of its words."""
    from polysense.encoders.clip import Clip

    frames = sample_frames(film_part(film, 0, 4), 8, 512)
    inputs = [*(Part("image", f) for f in frames), Part("text", "hello")]
    *stills, words = Clip(model=str(clip), device="cpu").encode(inputs)
    mean = np.mean(stills, axis=0)
    ours = Video(model=str(clip), device="cpu").encode(
        [film_part(film, 0, 4), Part("text", "hello")]
    )
    np.testing.assert_allclose(ours, [mean / np.linalg.norm(mean), words], atol=1e-5)


def test_another_number_of_frames_is_another_space(clip: Path, xclip: Path) -> None:
    """Vectors of means over other frames are not mixed; an X-CLIP has its own number."""
    two, own = Video(model=str(clip), frames=2), Video(model=str(clip))
    assert two.space.name == own.space.name == "video-clip-tiny"
    assert two.space.revision != own.space.revision
    with pytest.raises(BadConfig, match="looks at 4 frames"):
        _ = Video(model=str(xclip), frames=8).space
    with pytest.raises(BadConfig, match="not so many frames"):
        Video(model=str(clip), frames=1000)


def test_a_scene_is_found_at_its_place(folder: Path, film: Path, tmp_path: Path) -> None:
    """Index, search by scene, still and words: place and reasons, through the library. What is
    stored for a scene is the scene's vector, not its middle frame's.
    """
    files = tmp_path / "files"
    files.mkdir()
    (files / "film.mp4").write_bytes(film.read_bytes())
    write_film(files / "other.mp4", COLOURS[2:])
    own = kit(encoders=[f"video:model={folder},device=cpu", "-minilm", "-conse", "-photo"])
    encoder = own.encoders["video"]
    space = encoder.space
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(files).failed
        scene = film_part(files / "film.mp4", 2, 4)
        (expected,) = encoder.encode([scene])
        scenes = {c.span.seconds: c for c in kb.chunks(files / "film.mp4")}
        assert set(scenes) == {(0.0, 2.0), (2.0, 4.0)}
        green = scenes[2.0, 4.0]
        stored = kb.store.vectors(space, [green.id])[green.id]
        np.testing.assert_allclose(stored, expected, atol=1e-3)

        clip = write_film(tmp_path / "second.mp4", COLOURS[1:2])
        still = Part("image", sample_frames(scene, 1, 512)[0])
        for query in (part(clip), still):
            hits = kb.search(query, using=dense(space.name))
            assert (hits[0].chunk.asset.name, hits[0].place.seconds) == ("film.mp4", (2.0, 4.0))
            assert (hits[0].why[0].space, hits[0].why[0].rank) == (space.name, 1)
            assert {h.modality for h in hits} == {"video"}

        scenes = [c for n in ("film", "other") for c in kb.chunks(files / f"{n}.mp4")]
        vectors = kb.store.vectors(space, [c.id for c in scenes])
        phrase, best = nearest_words(encoder, vectors)
        hit = kb.search(phrase, using=dense(space.name))[0]
        assert hit.chunk.id == best
        assert (hit.why[0].space, hit.why[0].rank) == (space.name, 1)


def nearest_words(encoder: Video, vectors: dict[str, np.ndarray]) -> tuple[str, str]:
    """The words that an untrained model puts nearest to a scene, and that scene: others mean no
    more to it than any.
    """
    vocabulary = [
        "a",
        "red",
        "green",
        "wall",
        "ball",
        "boat",
        "that",
        "moves",
        "over",
        "the",
        "water",
        "by",
        "night",
        "xylophone",
        "12",
    ]
    draw = np.random.default_rng(0)
    phrases = [" ".join(draw.choice(vocabulary, 1 + i % 24)) for i in range(240)]
    words = encoder.encode([Part("text", p) for p in phrases], "query")
    ids = list(vectors)
    scores = words @ np.stack([vectors[i] for i in ids]).T
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return phrases[int(row)], ids[int(column)]


def test_what_is_no_film_is_said(clip: Path, tmp_path: Path) -> None:
    """By name, whatever it is."""
    garbage = tmp_path / "broken.mp4"
    garbage.write_bytes(b"\0" * 100)
    video = Video(model=str(clip), device="cpu")
    with pytest.raises(Unreadable, match=r"broken\.mp4"):
        video.encode([film_part(garbage, 0, 1)])
    with pytest.raises(Unsupported):
        video.encode([Part("video", "words")])
