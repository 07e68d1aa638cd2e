"""Answers that are spoken: what a recogniser hears of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from polysense.evaluate.bench import Row
from polysense.evaluate.metrics import edit_distance
from polysense.make.sound.speech.converter import Speech
from polysense.read.sound.pocketsphinx import PocketSphinx
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


def run(data: Path, work: Path) -> Iterator[Row]:
    """Words that are said, and then recognised."""
    wrong = words = nothing = 0
    synthesiser, recogniser = Speech(), PocketSphinx()
    for sentence in SENTENCES:
        transcripts = [
            str(p.data)
            for sound in synthesiser.convert(Part("text", sentence))
            for p in recogniser.convert(sound)
        ]
        true_words, recognised_words = (
            re.findall(r"[a-z']+", s.lower()) for s in (sentence, " ".join(transcripts))
        )
        wrong, words, nothing = (
            wrong + edit_distance(true_words, recognised_words),
            words + len(true_words),
            nothing + (not recognised_words),
        )
    note = (
        f"{wrong} of {words} words; {len(SENTENCES)} English sentences, {nothing} of them not "
        "heard at all"
    )
    yield Row("Spoken answer -> the recogniser: word error rate", f"{wrong / words:.3f}", note=note)
