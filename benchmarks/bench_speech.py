"""What recognisers hear: of people reading, of answers that are spoken, of other languages and of
what is no speech.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from polysense.evaluate.bench import Row
from polysense.evaluate.metrics import edit_distance
from polysense.make.sound.speech.converter import Speech
from polysense.protocols import Converter
from polysense.read.sound.decode import RATE, samples
from polysense.read.sound.pocketsphinx import PocketSphinx
from polysense.read.sound.whisper_tiny.converter import WhisperTiny
from polysense.types import Part

SENTENCES = """
The harbour master opens the gate every morning at seven.
Please bring the blue folder to the meeting on Monday.
The train to the coast leaves from platform four.
She bought fresh bread and a bottle of milk.
High water is at noon and the boats come in.
He painted the old house white and the door green.
We walked along the river until the sun went down.
The doctor told him to rest for a few days.
My sister works in a small library near the station.
The machine stops when the temperature is too high.
They found the missing keys under the kitchen table.
There are three windows on the north side of the building.
The children played football in the park after school.
Turn left at the second bridge and follow the road.
The report describes how the company changed over ten years.
It rained all night and the garden is under water.
The teacher asked a question that nobody could answer.
You can pay for the tickets at the main entrance.
The museum keeps a collection of very old clocks.
A strong wind from the west pushed the ship onto the rocks.
""".strip().split("\n")


OLD_SPEECH = (
    "And so my fellow Americans ask not what your country can do for you ask what you can do for "
    "your country"
)

CORRECTIONS = {
    "spk1_snt2": "drop the two when you add the figures",
    "spk2_snt1": "we are sure that one war is enough",
    "spk2_snt3": "tear a thin sheet from the yellow pad",
    "spk2_snt5": "jump the fence and hurry up the bank",
    "spk2_snt6": "canned pears lack full flavor",
}
"""What is said where the data has other words, as the Harvard sentences (IEEE 1969) have it."""

NUMBERS = {"1455": "fourteen fifty five", "15th": "fifteenth", "42": "forty two"}
"""How numbers are said: the references have them in words."""

OTHER_LANGUAGES = {
    "cmn": "图书馆星期一关门，但是花园整天都对孩子们开放，请大家早点来。",
    "de": "Der Zug nach Hamburg fährt heute erst um acht Uhr ab, weil die Brücke gesperrt ist.",
    "es": "La biblioteca cierra a las nueve de la noche y abre otra vez el martes por la mañana.",
    "fr": "Le musée est fermé le lundi, mais le jardin reste ouvert toute la journée.",
    "it": "Il treno per Milano parte dal binario quattro alle sette e mezza di sera.",
    "nl": "De boot naar het eiland vertrekt morgen om tien uur vanaf de oude haven.",
    "pl": "Muzeum jest zamknięte w poniedziałek, ale ogród jest otwarty przez cały dzień.",
    "pt": "O barco para a ilha sai amanhã às dez horas do porto velho da cidade.",
    "ru": "Музей закрыт в понедельник, но сад открыт весь день для детей и взрослых.",
    "sv": "Båten till ön går i morgon klockan tio från den gamla hamnen.",
}

NOISE_PER_CLASS = 10
"""Clips of each class of ESC-10: rain, engines, animals."""


def run(data: Path, work: Path) -> Iterator[Row]:
    """Words that are said, and then recognised."""
    recognisers: dict[str, Converter] = {"whisper_tiny": WhisperTiny()}
    if find_spec("pocketsphinx"):
        recognisers["pocketsphinx"] = PocketSphinx()
    for name, recogniser in recognisers.items():
        yield from _read_speech(data, name, recogniser)
        yield _spoken_answers(name, recogniser)
        yield from _no_english(data, name, recogniser)


_NUMBER = re.compile(rf"\b({'|'.join(NUMBERS)})\b")


def _transcript(recogniser: Converter, sound: Part) -> str:
    return " ".join(str(part.data) for part in recogniser.convert(sound))


def _errors(expected: str, transcript: str) -> tuple[int, int]:
    """Wrong words, and how many there are."""
    true_words, recognised = (
        re.findall(r"[a-z0-9']+", _NUMBER.sub(lambda m: NUMBERS[m.group()], text.lower()))
        for text in (expected, transcript)
    )
    return edit_distance(true_words, recognised), len(true_words)


def _clips(data: Path) -> Mapping[str, Mapping[Path, str]]:
    """Recordings of people, and their words."""
    folder = data / "speech-ljspeech"
    with (folder / "metadata.csv").open(encoding="utf-8") as f:
        rows = {row[0]: row[-1] for row in csv.reader(f, delimiter="|", quoting=csv.QUOTE_NONE)}
    audiobook = {p: rows[p.stem] for p in sorted((folder / "wavs").iterdir()) if p.stem in rows}
    sentences = {}
    for path in sorted((data / "speech-samples/annotation").glob("ASR_*.json")):
        for stem, row in json.loads(path.read_text("utf-8")).items():
            clip = data / "speech-samples/ASR" / f"{stem}.wav"
            if clip.is_file():
                sentences[clip] = CORRECTIONS.get(stem, row["wrd"])
    return {
        "audiobook": audiobook,
        "single sentences": sentences,
        "a speech of 1961": {data / "speech-multilingual/jfk.flac": OLD_SPEECH},
    }


def _read_speech(data: Path, name: str, recogniser: Converter) -> Iterator[Row]:
    start, first = time.perf_counter(), 0.0
    total_wrong = total_words = 0
    seconds = busy = 0.0
    for kind, clips in _clips(data).items():
        wrong = words = 0
        for path, expected in clips.items():
            sound = Part("audio", path)
            seconds += len(samples(sound, RATE)) / RATE
            before = time.process_time()
            errors, count = _errors(expected, _transcript(recogniser, sound))
            if not first:  # with the time that the model takes to load
                first = time.perf_counter() - start
            else:
                busy += time.process_time() - before
            wrong, words = wrong + errors, words + count
        total_wrong, total_words = total_wrong + wrong, total_words + words
        yield Row(
            f"{name}: word error rate, {kind}",
            f"{wrong / words:.3f}",
            note=f"{wrong} of {words} words, {len(clips)} clips",
        )
    rate = total_wrong / total_words
    target = {"target": "<= 0.08", "reached": rate <= 0.08} if name == "whisper_tiny" else {}
    yield Row(f"{name}: word error rate, all", f"{rate:.3f}", **target)
    yield Row(
        f"{name}: real-time factor",
        f"{busy / seconds:.3f}",
        note=f"processor seconds a second of sound; first words after {first:.1f} s",
    )


def _spoken_answers(name: str, recogniser: Converter) -> Row:
    wrong = words = nothing = 0
    synthesiser = Speech()
    for sentence in SENTENCES:
        sounds = synthesiser.convert(Part("text", sentence))
        transcript = " ".join(_transcript(recogniser, sound) for sound in sounds)
        errors, count = _errors(sentence, transcript)
        wrong, words, nothing = wrong + errors, words + count, nothing + (not transcript)
    return Row(
        f"{name}: spoken answers, word error rate",
        f"{wrong / words:.3f}",
        note=f"{wrong} of {words} words; {len(SENTENCES)} English sentences, {nothing} of them not "
        "heard at all",
    )


def _no_english(data: Path, name: str, recogniser: Converter) -> Iterator[Row]:
    sounds = [
        sound
        for language, words in OTHER_LANGUAGES.items()
        for sound in Speech(voice=language).convert(Part("text", words))
    ]
    examples = data / "speech-multilingual/examples"
    sounds += [Part("audio", examples / clip) for clip in ("chinese.flac", "french.aiff")]
    transcripts = [t for t in (_transcript(recogniser, sound) for sound in sounds) if t]
    yield Row(
        f"{name}: clips in other languages that are written as English",
        f"{len(transcripts)} of {len(sounds)}",
        note="; ".join(transcripts)[:200],
    )
    clips = [
        clip
        for folder in sorted((data / "audio-esc10").iterdir())
        if folder.is_dir()
        for clip in sorted(folder.iterdir())[:NOISE_PER_CLASS]
    ]
    transcripts = [t for t in (_transcript(recogniser, Part("audio", clip)) for clip in clips) if t]
    yield Row(
        f"{name}: clips without speech that have words",
        f"{len(transcripts)} of {len(clips)}",
        note="; ".join(transcripts)[:200],
    )
