"""Files of sound and moving pictures, opened safely: no playlists, no network, no other files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from polysense.errors import NotFound, TooLarge, Unreadable

_DEMUXERS = (
    "3g2,3gp,aac,ac3,aiff,amr,ape,asf,asf_o,au,avi,caf,dts,dv,eac3,flac,flv,gif,h264,hevc,ivf,"
    "m4a,m4v,matroska,mj2,mov,mp2,mp3,mp4,mpeg,mpegts,mpegvideo,mpc,mpc8,mxf,nistsphere,ogg,rm,"
    "sox,tta,voc,w64,wav,webm,wsd,wv"
)
"""FFmpeg's readers that open the given file alone: no playlists, lists of pictures or devices."""

MAX_SECONDS = 48 * 3600.0
"""A recording is taken to end here at the latest: two days."""

# A header that claims more is not believed: the packets are read instead. Judged, not measured.
_MAX_HEADER_SECONDS = 12 * 3600.0
# Seconds after zero at which a first packet is late; earlier ones make up for a codec's delay.
_MIN_LATE_SECONDS = 0.2
_MAX_TAG_CHARS = 4000
# Words of a recording's description: the context of every chunk, so a few only. Judged.
_DESCRIPTION_WORDS = 60
_MICROSECONDS = 1_000_000  # FFmpeg's unit for a container's times

_DESCRIPTION_TAGS = (
    *("title", "artist", "album", "show", "date", "genre"),
    *("description", "synopsis", "comment", "keywords"),
)


@contextmanager
def open_container(data: Path | bytes, name: str = "") -> Iterator[Any]:
    """A PyAV container. Raises NotFound, TooLarge, Unreadable, while it is open too."""
    import av

    name = name or (data.name if isinstance(data, Path) else "a recording")
    if isinstance(data, Path) and not data.is_file():
        raise NotFound(f"{name} is not there")
    source = f"file:{data.absolute()}" if isinstance(data, Path) else io.BytesIO(data)
    options = {"format_whitelist": _DEMUXERS} | (
        {"protocol_whitelist": "file"} if isinstance(data, Path) else {}
    )
    try:
        with av.open(source, mode="r", options=options, metadata_errors="replace") as container:
            yield container
    except MemoryError as e:
        raise TooLarge(f"{name} needs more memory than there is") from e
    except (av.error.FFmpegError, ValueError, OverflowError) as e:
        message = getattr(e, "strerror", None) or str(e)
        raise Unreadable(f"{name} is no readable recording: {message}") from e


def start_seconds(container: Any) -> float:
    """The second at which the recording begins on its own clock; users' times count from there."""
    return float(container.start_time or 0) / _MICROSECONDS


def length_seconds(container: Any) -> float:
    """The length by the header where that is credible, else by the last packet of the file.

    Matroska's header may count from the first packet or from zero: where these differ, the packets
    from the earlier of both ends on are read.
    """
    zero, end = start_seconds(container), 0.0
    if container.duration and 0 < container.duration < _MAX_HEADER_SECONDS * _MICROSECONDS:
        length = float(container.duration) / _MICROSECONDS
        if zero < _MIN_LATE_SECONDS or "matroska" not in container.format.name:
            return length
        container.seek(int(max(zero, length - 1) * _MICROSECONDS))
    for packet in packets(
        container, [s for s in container.streams if s.type in ("audio", "video")]
    ):
        if packet.pts is not None and packet.time_base:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base) - zero)
    container.seek(0)
    return min(end, MAX_SECONDS)


def rewind(file: Any, stream: Any, start: float, margins: Sequence[float]) -> None:
    """Seek to before `start` by the first of `margins` (seconds) that is enough.

    A file without an index may land too late.
    """
    zero = start_seconds(file)
    for margin in margins:
        if start <= margin:
            break
        file.seek(int((zero + start - margin) * _MICROSECONDS))
        first = next((p for p in packets(file, [stream]) if p.pts is not None), None)
        if first is not None and float(first.pts * first.time_base) - zero <= start:
            file.seek(int((zero + start - margin) * _MICROSECONDS))
            return
    file.seek(min(0, int(zero * _MICROSECONDS)))


def packets(container: Any, streams: list[Any]) -> Iterator[Any]:
    """The packets of these streams up to the end, or to where a cut-off file breaks."""
    import av

    if not streams:
        return
    try:
        yield from container.demux(streams)
    except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError):
        return


def decode_packet(packet: Any) -> list[Any]:
    """The frames of a packet; none where it is damaged."""
    import av

    try:
        return list(packet.decode())
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def metadata(container: Any) -> dict[str, str]:
    """The tags of the file, else those of its streams (Ogg has them there), keys in lower case."""
    fields: dict[str, str] = {}
    for source in (container, *container.streams):
        for key, value in source.metadata.items():
            text = " ".join(str(value).replace("\0", " ").split())[:_MAX_TAG_CHARS]
            if text:
                fields.setdefault(key.lower(), text)
    return fields


def describe(tags: Mapping[str, str]) -> str:
    """What a reader would call the recording: title, artist, album and the like.

    >>> describe({"title": "Horned Viper", "artist": "Conquest Of Steel", "encoder": "Lavf58"})
    'Horned Viper, Conquest Of Steel'
    """
    words = list(
        dict.fromkeys(
            tags[key]
            for key in _DESCRIPTION_TAGS
            if key in tags and (key == "date" or re.search(r"[^\W\d_]{2}", tags[key]))
        )
    )
    return " ".join(", ".join(words).split()[:_DESCRIPTION_WORDS])


def summary_fields(duration: float, tags: Mapping[str, str]) -> dict[str, Any]:
    """The tags of `describe` one by one, and the duration."""
    return {"duration": round(duration, 3)} | {
        key: tags[key] for key in (*_DESCRIPTION_TAGS, "location") if key in tags
    }
