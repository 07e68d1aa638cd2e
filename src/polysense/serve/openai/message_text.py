"""The text of an answer as a message: words with [n], links to media; its citations; its sound."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from polysense.results import Answer, AnswerPart
from polysense.serve import serializers
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.schema import AudioOutput, UrlCitation
from polysense.types import Evidence, Part

_CITATION = re.compile(r"\[(\d{1,3})\]")
PCM16_RATE = 24_000
"""Samples a second of pcm16, as OpenAI has it."""


@dataclass
class MessageText:
    """The text of a message as it grows, and what of it is words, in which [n] is a citation."""

    text: str = ""
    _prose_ranges: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, is_prose: bool = True, gap: str = "\n") -> str:
        """What is new in the text."""
        new = (gap if self.text else "") + text
        if is_prose:
            self._prose_ranges.append((len(self.text), len(self.text) + len(new)))
        self.text += new
        return new

    def citations(
        self, evidence: Sequence[Evidence], entry: PoolEntry, base: str
    ) -> list[UrlCitation]:
        """Every [n], with the file and place that it means and where to see it."""
        citations = []
        for m in (
            m
            for start, end in self._prose_ranges
            for m in _CITATION.finditer(self.text, start, end)
        ):
            if 1 <= int(m[1]) <= len(evidence):
                e = evidence[int(m[1]) - 1]
                chunk = e.hit.chunk
                links = serializers.links(entry.name, chunk.asset.id, chunk.id, e.span)
                url = base + links["page"]
                title = f"{chunk.asset.label}, {e.span}"
                citations.append(
                    UrlCitation(start_index=m.start(), end_index=m.end(), title=title, url=url)
                )
        return citations


def audio_part(answer: Answer) -> AnswerPart | None:
    """What of an answer is to be heard."""
    return next((p for p in answer.parts if p.part.modality == "audio"), None)


def add_media(message: MessageText, entry: PoolEntry, answer: Answer, base: str) -> str:
    """Add code as it is, and other media as links in markdown; what is new in the text."""
    new = ""
    for answer_part in answer.parts:
        part = answer_part.part
        if part.modality == "text":
            continue
        if isinstance(part.data, str):
            block = _code_block(part.data, part.mime.rpartition("/")[2].removeprefix("x-"))
            new += message.add(block, is_prose=False, gap="\n\n")
        elif url := _media_url(entry, answer, answer_part):
            name = " ".join((part.name or part.modality).split())
            name = re.sub(r"([\[\]\\`*_<>])", r"\\\1", name)
            picture = "!" if part.modality == "image" else ""
            new += message.add(f"{picture}[{name}]({base}{url})", is_prose=False, gap="\n\n")
        citations = "".join(f" [{n}]" for n in part.meta.get("evidence", ()))
        new += message.add(citations, gap="") if citations else ""
    return new


def _code_block(code: str, language: str) -> str:
    """Code in markdown, between more backticks than it has in a row itself."""
    ticks = "`" * max([3, *(len(t) + 1 for t in re.findall("`+", code))])
    return f"{ticks}{language}\n{code.rstrip()}\n{ticks}"


def _media_url(entry: PoolEntry, answer: Answer, answer_part: AnswerPart) -> str:
    """Of a picture that is a place in a file, what shows that place; else the thing itself."""
    if answer_part.part.modality == "image" and answer_part.part.span:
        for e in answer.evidence:
            if e.hit.chunk.part is answer_part.part:
                return serializers.links(entry.name, e.hit.chunk.asset.id, e.hit.chunk.id)[
                    "picture"
                ]
    return str(serializers.part_json(entry, answer_part).get("url", ""))


def audio_output(answer_part: AnswerPart, answer: Answer, audio_format: str) -> AudioOutput:
    """The recording or speech, with its own words or those of the evidence it was cut from."""
    from polysense.make.file.export import export
    from polysense.read.sound import decode

    part = answer_part.part
    whole = (
        part
        if isinstance(part.data, bytes) and not part.span
        else Part(
            "audio", decode.wav(decode.samples(part, PCM16_RATE), PCM16_RATE), mime="audio/wav"
        )
    )
    is_raw = audio_format == "pcm16"
    data = (
        decode.wav(decode.samples(whole, PCM16_RATE), PCM16_RATE)[44:]
        if is_raw
        else export(whole, {"opus": ".ogg"}.get(audio_format, f".{audio_format}"))
    )
    texts = [str(c[2]) for c in part.meta.get("cues", ())] or _cut_transcript(part, answer)
    transcript = " ".join(" ".join(texts).split())
    return AudioOutput(
        id=f"audio-{part.id}",
        data=base64.b64encode(data).decode(),
        expires_at=int(time.time()),
        transcript=transcript,
    )


def _cut_transcript(part: Part, answer: Answer) -> list[str]:
    """The words in the seconds that were cut out of recordings."""
    texts = []
    for cut in part.meta.get("cuts", ()):
        chunk, (first, last) = answer.evidence[cut["evidence"] - 1].hit.chunk, cut["seconds"]
        timed = [(m, m.span.seconds) for m in chunk.marks if m.span.seconds]
        passages = [
            chunk.text[m.start : m.end] for m, (start, end) in timed if start < last and first < end
        ]
        texts += passages if timed else [chunk.text]
    return texts
