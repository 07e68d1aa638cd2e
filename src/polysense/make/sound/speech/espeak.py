"""espeak-ng, from the library and data inside the wheel espeakng-loader, in a process of its own.

The library keeps all of its state in globals, and strange letters overflow its buffers: a sentence
that ends it ends only the helper.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path
from threading import Timer

import numpy as np

from polysense.errors import Lacking
from polysense.read.sound.decode import Samples

RATE = 22_050
"""Samples a second of every voice."""

PATIENCE = 30.0
"""Seconds that one sentence may take: the engine is hundreds of times faster than speech."""

_HINT = "Install it anew: pip install --force-reinstall espeakng-loader"
_HELPER = Path(__file__).with_name("espeak_process.py")


class Engine:
    """Speaks sentences while it is open, as a context manager. Raises Lacking where the engine is
    not installed or does not start.
    """

    def __init__(self) -> None:
        try:
            import espeakng_loader
        except ImportError as e:
            raise Lacking(
                "speaking needs the package espeakng-loader",
                "Install it: pip install espeakng-loader",
            ) from e
        try:
            where = [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
        except RuntimeError as e:
            raise Lacking(f"the speech engine is not whole: {e}", _HINT) from e
        self._command = [sys.executable, "-I", "-S", str(_HELPER), *where]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Engine:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def say(self, words: str, voice: str, speed: int, pitch: int, most: float) -> Samples:
        """One sentence, mono at RATE, without the silence around it; at most `most` seconds.
        Nothing where it cannot be said.

        speed in words a minute (80 to 450), pitch 0 to 99.
        """
        text, name = words.replace("\0", " ").encode("utf-8", "replace"), voice.encode()
        if self._process is None:
            self._start()
        said = self._asked(
            struct.pack("<5i", len(name), len(text), speed, pitch, int(most * RATE)) + name + text
        )
        if said is None:
            self._stop()
            return np.zeros(0, np.float32)
        return _trimmed(np.asarray(np.frombuffer(said, "<i2"), np.float32) / np.float32(32768))

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if self._read(4) != b"able":
            self._stop()
            raise Lacking("the speech engine does not start", _HINT)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _asked(self, request: bytes) -> bytes | None:
        """The answer; None where the helper ended or took too long over it."""
        process = self._process
        if process is None or process.stdin is None:
            return None
        watch = Timer(PATIENCE, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            head = self._read(4)
            size = struct.unpack("<i", head)[0] if len(head) == 4 else -1
            said = self._read(size) if size > 0 else b""
            return said if size >= 0 and len(said) == size else None
        except OSError:
            return None
        finally:
            watch.cancel()

    def _read(self, size: int) -> bytes:
        return (
            self._process.stdout.read(size)
            if self._process is not None and self._process.stdout is not None
            else b""
        )


def _trimmed(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > 0.004)
    return sound[max(int(loud[0]) - 200, 0) : int(loud[-1]) + 600] if len(loud) else sound[:0]
