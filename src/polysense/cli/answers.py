"""An answer in the terminal: its sentences as they come, its other parts as files."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from polysense.errors import BadQuery

if TYPE_CHECKING:
    from polysense.events import AnswerEvent
    from polysense.library import Library
    from polysense.results import Answer


def answer_listener(streams: bool) -> Callable[[AnswerEvent], None]:
    """Hears of an answer in the making: prints a sentence as soon as it is made, where it `streams`
    (evidence is listed at the end), and shows on a terminal how far a model is that makes a part.
    """
    from polysense.events import GenerationStep
    from polysense.ingest.progress import ProgressLine

    line = ProgressLine()

    def hear(event: AnswerEvent) -> None:
        if isinstance(event, GenerationStep):
            if event.total:
                line.step("making", event.done, event.total)
            return
        line.end()  # of a model that was given up
        if streams and getattr(event, "modality", "") == "text":
            print(getattr(event, "data", ""), flush=True)

    return hear


def modalities_of(to: str, output: str) -> list[str]:
    """The modalities that an answer is asked for in: those named, else that of what the name given
    with -o ends in, else words.

    >>> modalities_of("", "sums.csv"), modalities_of("image, audio", ""), modalities_of("", "")
    (['table'], ['image', 'audio'], ['text'])
    """
    from polysense.make.file.output_endings import modality_written

    modalities = [m.strip() for m in to.split(",") if m.strip()]
    return modalities or [modality_written(Path(output or "").suffix.lower())]


def check_output(output: str, modalities: Sequence[str]) -> None:
    """Raise BadQuery where what is asked for cannot be written under the name given with -o, unless
    each of several modalities has its own ending; OSError where no file of that name can be.
    """
    from polysense.make.file.output_endings import check_ending

    if not output:
        return
    if output == "-":
        raise BadQuery("-o names a file", "Leave -o out to have words and code printed.")
    names_folder = output.endswith(tuple(filter(None, (os.sep, os.altsep))))
    folder = Path(output) if names_folder else Path(output).parent
    if not folder.is_dir():
        first = next(f for f in (folder, *folder.parents) if os.path.lexists(f))
        if not first.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(first))
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    if names_folder or Path(output).is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), output)
    if len(modalities) < 2:
        check_ending(Path(output).suffix.lower(), modalities[0] if modalities else "text")


def check_code(kb: Library, output: str, modalities: Sequence[str]) -> None:
    """Raise BadQuery where code is asked for under an ending that nothing writes which makes code
    of what the library holds; code that it holds may be in any language.
    """
    from polysense.make.file.output_endings import is_source_code

    suffix = Path(output or "").suffix.lower()
    if not suffix or list(modalities) != ["code"] or not kb.exists:
        return
    endings: dict[str, None] = {}
    for source, pipelines in kb.routes("code").items():
        if not kb.store.count(f"modality = '{source}'"):
            continue
        for pipeline in pipelines:
            generator = kb.kit.generators.get(pipeline.generator)
            own_endings = generator.endings if generator else ()
            if not own_endings and is_source_code(suffix):
                return
            endings.update(dict.fromkeys(own_endings))
    if endings and suffix not in endings:
        raise BadQuery(
            f"nothing here can be written as {suffix}",
            f"Name a file that ends in {', '.join(endings)}.",
        )


def save_parts(
    answer: Answer, output: str, modalities: Sequence[str], cache: Path
) -> dict[int, Path]:
    """Number of an answer's part -> the file that it is saved in.

    That is the file named with -o, one of that name for each modality, or one in the cache.
    """
    from polysense.make.file.export import ending, fits

    if output and len(modalities) < 2:
        path = answer.save(output)
        suffix = path.suffix.lower()
        fitting = [
            n
            for n, p in enumerate(answer.parts)
            if p.part.modality in modalities and fits(p.part, suffix)
        ]
        return dict.fromkeys(
            sorted(fitting, key=lambda n: ending(answer.parts[n].part) != suffix)[:1], path
        )
    saved: dict[int, Path] = {}
    for n, part in enumerate(p.part for p in answer.parts):
        if isinstance(part.data, bytes) or (output and part.modality in modalities):
            stem = Path(output).with_suffix("") if output else cache / "answers" / part.id[:12]
            stem.parent.mkdir(parents=True, exist_ok=True)
            saved[n] = answer.save(stem.with_name(stem.name + ending(part)), n)
    return saved
