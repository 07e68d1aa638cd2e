"""Film: what is seen, heard and read in it is the evidence; read back with PyAV."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from polysense.errors import BadConfig
from polysense.make.film.narrated_film import NarratedFilm
from polysense.read.film import decode as video
from polysense.read.sound import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

RATE = 22_050
QUERY = (Part("text", "How does the mill work?"),)


def tone(seconds: float, pitch: float = 440.0) -> bytes:
    return decode.wav(
        (0.5 * np.sin(2 * np.pi * pitch * np.arange(round(seconds * RATE)) / RATE)).astype(
            np.float32
        ),
        RATE,
    )


def png(colour: tuple[int, int, int], size: tuple[int, int] = (1200, 800)) -> bytes:
    """A picture of that colour with a pattern, so that it counts as a photograph."""
    picture = np.zeros((size[1], size[0], 3), np.uint8) + np.uint8(colour)
    picture += (np.indices((size[1], size[0])).sum(0) // 40 % 2 * 40).astype(np.uint8)[..., None]
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return out.getvalue()


def narrated_evidence(
    n: int,
    words: str,
    *,
    picture: bytes | None = None,
    seconds: float = 2.0,
    modality: str = "text",
    part: Part | None = None,
) -> Evidence:
    forms = (
        [
            Part(
                "audio",
                tone(seconds),
                "audio/wav",
                meta={"cues": [[0.1, seconds - 0.1, words]], "languages": ["en"]},
            )
        ]
        if seconds
        else []
    )
    forms += [Part("image", picture, "image/png")] if picture else []
    chunk = Chunk(
        Asset(f"{n}", f"/kb/guide-{n}.md", "text/plain", modality, 1),
        Span(page=n),
        modality,
        part,
        words,
    )
    return Evidence(n, Hit(chunk, 1.0), Part("text", words), Span(page=n), forms=tuple(forms))


def clip(path: Path, seconds: tuple[float, float], n: int = 1) -> Evidence:
    span = Span(seconds=seconds)
    chunk = Chunk(
        Asset(path.name, str(path), "video/mp4", "video", 1, path=path),
        span,
        "video",
        Part("video", path, span=span),
    )
    return Evidence(n, Hit(chunk, 1.0), chunk.part, span)


def generate_part(*evidence: Evidence, **settings: float) -> Part:
    (part,) = NarratedFilm(**settings).generate(QUERY, evidence)  # type: ignore[arg-type]
    return part


def decode_film(part: Part) -> tuple[list[np.ndarray], np.ndarray]:
    """Its frames in grey, and its sound at 48 kHz."""
    with av.open(io.BytesIO(part.data)) as file:
        assert [s.codec_context.name for s in file.streams][:2] == ["h264", "aac"]
        assert file.streams.video[0].pix_fmt == "yuv420p"
        frames = [f.to_ndarray(format="gray") for f in file.decode(video=0)]
    with av.open(io.BytesIO(part.data)) as file:
        return frames, np.concatenate([f.to_ndarray()[0] for f in file.decode(audio=0)])


@pytest.mark.slow
def test_a_scene_for_each_piece_in_order() -> None:
    """Pictures and sound last as long as the film says, each scene at its second; a caption is on
    it, and words in the track.
    """
    part = generate_part(
        narrated_evidence(1, "The wheel has thirty-two paddles.", picture=png((200, 40, 40))),
        narrated_evidence(2, "It turns on the ebb.", picture=png((30, 40, 120)), seconds=3.0),
    )
    assert part.meta["evidence"] == [1, 2]
    frames, sound = decode_film(part)
    seconds = part.meta["seconds"]
    assert len(frames) == round(25 * seconds)
    assert len(sound) / 48_000 == pytest.approx(seconds, abs=0.05)
    second = part.meta["scenes"][1]["at"]
    red, blue = (
        video.frame(part.data, t)[100:300, 200:700].mean((0, 1)) for t in (1.5, second + 1.5)
    )
    assert red[0] > 150 > red[2]
    assert blue[2] > 110 > blue[0]
    assert frames[40][480:540, 40:400].max() > 200
    ((language, cues),) = video.embedded_subtitles(part.data)
    assert language == "eng"
    assert [c.text for c in cues] == [
        "The wheel has thirty-two paddles. [1] — guide-1.md, p. 1",
        "It turns on the ebb. [2] — guide-2.md, p. 2",
    ]
    assert cues[1].start == pytest.approx(second + 0.45, abs=0.02)


@pytest.mark.slow
def test_the_same_evidence_makes_the_same_bytes() -> None:
    """Answers can be compared; x264 reads memory that is not its own where a side is no multiple of
    16.
    """
    e = narrated_evidence(1, "The wheel has thirty-two paddles.", picture=png((200, 40, 40)))
    assert len({generate_part(e).data for _ in range(3)}) == 1


@pytest.mark.slow
def test_sound_is_in_step_with_its_scene() -> None:
    """What is said begins a little after its picture, and is silent between scenes."""
    part = generate_part(
        narrated_evidence(1, "One.", picture=png((90, 90, 90))),
        narrated_evidence(2, "Two.", picture=png((90, 200, 90))),
    )
    _, sound = decode_film(part)
    second = part.meta["scenes"][1]["at"]
    loud = np.abs(sound[: len(sound) // 480 * 480].reshape(-1, 480)).max(1) > 0.1
    starts = np.flatnonzero(np.diff(loud.astype(int)) == 1) / 100
    assert starts == pytest.approx([0.35, second + 0.35], abs=0.08)


def test_moving_seconds_move_and_keep_their_sound(data: Path) -> None:
    """A film's own seconds are shown at their pace, with its own sound, in step."""
    path = data / "video-clips" / "friday.mp4"
    part = generate_part(clip(path, (1.0, 4.0)))
    frames, sound = decode_film(part)
    assert len(frames) == 75
    for t in (0.8, 2.0):
        inner = video.frame(part.data, t)[:400, 128:896]
        there = np.asarray(Image.fromarray(video.frame(path, 1.0 + t)).resize((768, 576)))[:400]
        assert np.abs(inner.astype(int) - there).mean() < 12
    own = decode.samples(Part("video", path, span=Span(seconds=(1.0, 4.0))), 48_000)
    n = min(len(own), len(sound))
    lags = [
        float(
            np.corrcoef(np.abs(own[4800 : n - 4800]), np.abs(sound[4800 + k : n - 4800 + k]))[0, 1]
        )
        for k in (-2400, 0, 2400)
    ]
    assert lags[1] == max(lags)
    assert lags[1] > 0.8


def test_a_transcript_is_shown_when_it_is_said(data: Path) -> None:
    """Captions of a recording come from the marks of its words, not from the letters' share."""
    e = clip(data / "video-clips" / "friday.mp4", (1.0, 5.0))
    text = "Hildy! What?"
    marks = (TextSpan(0, 6, Span(seconds=(1.5, 2.0))), TextSpan(7, 12, Span(seconds=(4.0, 4.5))))
    part = generate_part(
        replace(
            e,
            hit=replace(e.hit, chunk=e.hit.chunk.with_(text=text, marks=marks)),
            part=Part("text", text),
        )
    )
    ((_, cues),) = video.embedded_subtitles(part.data)
    assert [(round(c.start, 1), c.text.split(" [")[0]) for c in cues] == [
        (0.5, "Hildy!"),
        (3.0, "What?"),
    ]


@pytest.mark.slow
def test_a_model_turns(data: Path) -> None:
    """A mesh is drawn anew as it turns."""
    path = next((data / "shapes-kaykit").rglob("*.glb"))
    part = generate_part(
        narrated_evidence(
            1, "A barrel.", modality="3d", part=Part("3d", path, "model/gltf-binary", path.name)
        )
    )
    frames, _ = decode_film(part)
    apart = np.abs(frames[20].astype(int) - frames[60].astype(int))[:380]
    assert frames[40][:20].mean() > 235
    assert (apart > 25).mean() > 0.002


@pytest.mark.slow
def test_words_without_a_picture_get_a_card_and_sound_gets_bars() -> None:
    """Nothing is a blank: words are written large, a recording is drawn by its loudness."""
    frames, _ = decode_film(
        generate_part(narrated_evidence(1, "高潮在中午 High water is at noon."))
    )
    assert (frames[40][150:400] > 180).sum() > 800
    recording = narrated_evidence(1, "", seconds=0.0, modality="audio")
    frames, _ = decode_film(
        generate_part(replace(recording, forms=(Part("audio", tone(2.0), "audio/wav"),)))
    )
    assert (frames[40][100:330] > 120).sum() > 5000


def test_what_can_be_neither_seen_nor_heard_makes_nothing() -> None:
    """The planner goes another way; a later piece without anything is passed over."""
    assert list(NarratedFilm().generate(QUERY, [])) == []
    assert (
        list(NarratedFilm().generate(QUERY, [narrated_evidence(1, "Words alone.", seconds=0.0)]))
        == []
    )
    part = generate_part(
        narrated_evidence(1, "One.", picture=png((90, 90, 90))),
        narrated_evidence(2, "Words alone.", seconds=0.0),
    )
    assert part.meta["evidence"] == [1]


@pytest.mark.slow
def test_hostile_forms_cost_at_most_their_scene(tmp_path: Path) -> None:
    """A pixel, a broken picture, a broken sound, endless words, a file that is gone."""
    pixel = narrated_evidence(1, "A pixel. " * 300, picture=png((5, 5, 5), (1, 1)))
    unreadable = replace(
        narrated_evidence(2, "Broken."),
        forms=(Part("image", b"no picture", "image/png"), Part("audio", b"no sound", "audio/wav")),
    )
    missing = clip(tmp_path / "gone.mp4", (0.0, 1.0), 3)
    wide = narrated_evidence(4, "‮مرحبا \x00\ud800 😀", picture=png((9, 9, 9), (4000, 2)))
    part = generate_part(pixel, unreadable, missing, wide)
    assert part.meta["evidence"] == [1, 4]
    frames, _ = decode_film(part)
    assert len(frames) == round(25 * part.meta["seconds"])


def test_it_is_bounded() -> None:
    """A long recording is cut, and scenes that would make the film too long are left out."""
    long = [
        narrated_evidence(n, f"Number {n}.", picture=png((90, 90, 90)), seconds=60.0)
        for n in (1, 2)
    ]
    part = generate_part(*long, size=256, longest=30)
    assert part.meta["evidence"] == [1]
    assert part.meta["seconds"] < 23
    with pytest.raises(BadConfig):
        NarratedFilm(size=10)


def test_the_contract_holds() -> None:
    """Evidence, the first of it, none."""
    check_generator(
        NarratedFilm(size=256),
        [
            narrated_evidence(1, "One.", picture=png((90, 90, 90)), seconds=1.0),
            narrated_evidence(2, "Two.", seconds=1.0),
        ],
    )


@pytest.mark.slow
def test_thirty_seconds_take_less_than_thirty(data: Path) -> None:
    """Pictures, a clip and a model on two cores: 9 s of processor time measured."""
    mesh = next((data / "shapes-kaykit").rglob("*.glb"))
    evidence = [
        narrated_evidence(
            1, "The wheel has thirty-two paddles.", picture=png((200, 40, 40)), seconds=7.0
        ),
        narrated_evidence(
            2,
            "A barrel.",
            seconds=5.0,
            modality="3d",
            part=Part("3d", mesh, "model/gltf-binary", mesh.name),
        ),
        clip(data / "video-clips" / "friday.mp4", (0.0, 6.0), 3),
        narrated_evidence(4, "Words on a card.", seconds=8.0),
    ]
    began = time.process_time()
    part = generate_part(*evidence)
    assert part.meta["seconds"] > 28
    assert time.process_time() - began < 30
