"""Files of sound and moving pictures, opened safely: no playlists, no network, no other files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polysense.errors import NotFound, TooLarge, Unreadable

_FORMATS = (
    "3g2,3gp,aac,ac3,aiff,amr,ape,asf,asf_o,au,avi,caf,dts,dv,eac3,flac,flv,gif,h264,hevc,ivf,m4a,m4v,matroska,mj2,mov,mp2,mp3,mp4,mpeg,"
    "mpegts,mpegvideo,mpc,mpc8,mxf,nistsphere,ogg,rm,sox,tta,voc,w64,wav,webm,wsd,wv"
)
"""The readers that only read the file they are given: playlists, lists of pictures and devices are
not among them.
"""

MAX_SECONDS = 48 * 3600.0
"""A recording is taken to end here at the latest: two days."""

_BELIEVED = 12 * 3600.0
_MAX_TAG = 4000
_SAID = (
    "title",
    "artist",
    "album",
    "show",
    "date",
    "genre",
    "description",
    "synopsis",
    "comment",
    "keywords",
)


@contextmanager
def opened(data: Path | bytes, name: str = "") -> Iterator[Any]:
    """A PyAV container. Raises NotFound, TooLarge, and Unreadable for what FFmpeg says while it is
    open, too.
    """
    import av

    name = name or (data.name if isinstance(data, Path) else "a recording")
    if isinstance(data, Path) and not data.is_file():
        raise NotFound(f"{name} is not there")
    source = f"file:{data.absolute()}" if isinstance(data, Path) else io.BytesIO(data)
    options = {"format_whitelist": _FORMATS} | (
        {"protocol_whitelist": "file"} if isinstance(data, Path) else {}
    )
    try:
        with av.open(source, mode="r", options=options, metadata_errors="replace") as container:
            yield container
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except (av.error.FFmpegError, ValueError, OverflowError) as e:
        said = getattr(e, "strerror", None) or str(e)
        raise Unreadable(f"{name} is no readable recording: {said}") from e


def origin(container: Any) -> float:
    """The second at which the recording begins on its own clock; times told to users count from
    there.
    """
    return float(container.start_time or 0) / 1_000_000


def length(container: Any) -> float:
    """Seconds, as the header says where that is credible, else by the last packet: the whole file
    is read then.
    """
    if container.duration and 0 < container.duration < _BELIEVED * 1_000_000:
        return float(container.duration) / 1_000_000
    start, end = origin(container), 0.0
    for packet in packets(
        container, [s for s in container.streams if s.type in ("audio", "video")]
    ):
        if packet.pts is not None and packet.time_base:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base) - start)
    container.seek(0)
    return min(end, MAX_SECONDS)


def rewind(file: Any, stream: Any, start: float, leads: Sequence[float]) -> None:
    """Seek to `leads` seconds before `start`, the least first; further back where a file without an
    index lands too late.
    """
    zero = origin(file)
    for lead in leads:
        if start <= lead:
            break
        file.seek(int((zero + start - lead) * 1_000_000))
        first = next((p for p in packets(file, [stream]) if p.pts is not None), None)
        if first is not None and float(first.pts * first.time_base) - zero <= start:
            file.seek(int((zero + start - lead) * 1_000_000))
            return
    file.seek(min(0, int(zero * 1_000_000)))


def packets(container: Any, streams: list[Any]) -> Iterator[Any]:
    """The packets of these streams up to the end, or to where a cut-off file breaks."""
    import av

    if not streams:
        return
    try:
        yield from container.demux(streams)
    except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError):
        return


def decoded(packet: Any) -> list[Any]:
    """The frames of a packet; none where it is damaged."""
    import av

    try:
        return list(packet.decode())
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def metadata(container: Any) -> dict[str, str]:
    """What the file says about itself; its streams' words where it says nothing (Ogg keeps them
    there). Keys in lower case.
    """
    found: dict[str, str] = {}
    for source in (container, *container.streams):
        for key, value in source.metadata.items():
            said = " ".join(str(value).replace("\0", " ").split())[:_MAX_TAG]
            if said:
                found.setdefault(key.lower(), said)
    return found


def said(tags: Mapping[str, str]) -> str:
    """What a reader would call the recording: its title, artist, album and the like, in at most
    sixty words.

    >>> said({"title": "Horned Viper", "artist": "Conquest Of Steel", "encoder": "Lavf58"})
    'Horned Viper, Conquest Of Steel'
    """
    words = list(
        dict.fromkeys(
            tags[key]
            for key in _SAID
            if key in tags and (key == "date" or re.search(r"[^\W\d_]{2}", tags[key]))
        )
    )
    return " ".join(", ".join(words).split()[:60])


def facts(duration: float, tags: Mapping[str, str]) -> dict[str, Any]:
    """The same, and its length, one by one."""
    return {"duration": round(duration, 3)} | {
        key: tags[key] for key in (*_SAID, "location") if key in tags
    }
