"""espeak-ng, from the wheel espeakng-loader, in a process of its own.

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

from polysense.errors import MissingDependency
from polysense.read.sound.decode import Samples

RATE = 22_050
"""Samples a second of every voice."""

TIMEOUT_SECONDS = 30.0
"""Seconds that one sentence may take: the engine is hundreds of times faster than speech."""

# What is quieter than this at the ends of a sentence is cut off, but for a little. Judged.
_SILENCE_LEVEL = 0.004
_MARGIN_BEFORE, _MARGIN_AFTER = 200, 600  # samples

_REINSTALL_HINT = "Install it anew: pip install --force-reinstall espeakng-loader"
_HELPER_SCRIPT = Path(__file__).with_name("espeak_process.py")


class Engine:
    """Speaks sentences while it is open, as a context manager.

    Raises MissingDependency where espeak-ng is not installed or does not start.
    """

    def __init__(self) -> None:
        try:
            import espeakng_loader
        except ImportError as e:
            raise MissingDependency(
                "speaking needs the package espeakng-loader",
                "Install it: pip install espeakng-loader",
            ) from e
        try:
            paths = [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
        except RuntimeError as e:
            raise MissingDependency(f"the speech engine is not whole: {e}", _REINSTALL_HINT) from e
        self._command = [sys.executable, "-I", "-S", str(_HELPER_SCRIPT), *paths]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Engine:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def say(self, words: str, voice: str, speed: int, pitch: int, max_seconds: float) -> Samples:
        """One sentence, mono at RATE, without the silence around it, at most `max_seconds` long.

        Nothing where it cannot be said. speed in words a minute (80 to 450), pitch 0 to 99.
        """
        text, name = words.replace("\0", " ").encode("utf-8", "replace"), voice.encode()
        if self._process is None:
            self._start()
        answer = self._request(
            struct.pack("<5i", len(name), len(text), speed, pitch, int(max_seconds * RATE))
            + name
            + text
        )
        if answer is None:
            self._stop()
            return np.zeros(0, np.float32)
        return _trim_silence(
            np.asarray(np.frombuffer(answer, "<i2"), np.float32) / np.float32(32768)
        )

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if self._read(4) != b"able":
            self._stop()
            raise MissingDependency("the speech engine does not start", _REINSTALL_HINT)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _request(self, request: bytes) -> bytes | None:
        """The answer; None where the helper ended or took too long over it."""
        process = self._process
        if process is None or process.stdin is None:
            return None
        timer = Timer(TIMEOUT_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            process.stdin.write(request)
            process.stdin.flush()
            head = self._read(4)
            size = struct.unpack("<i", head)[0] if len(head) == 4 else -1
            answer = self._read(size) if size > 0 else b""
            return answer if size >= 0 and len(answer) == size else None
        except OSError:
            return None
        finally:
            timer.cancel()

    def _read(self, size: int) -> bytes:
        return (
            self._process.stdout.read(size)
            if self._process is not None and self._process.stdout is not None
            else b""
        )


def _trim_silence(sound: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(sound) > _SILENCE_LEVEL)
    if not len(loud):
        return sound[:0]
    return sound[max(int(loud[0]) - _MARGIN_BEFORE, 0) : int(loud[-1]) + _MARGIN_AFTER]
