"""A server that speaks OpenAI's embeddings, pictures, speech and transcription, and does what the
model's name says.
"""

from __future__ import annotations

import base64
import json
import re
from contextlib import AbstractContextManager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np

from polysense.read.image.decode import png
from polysense.read.sound.decode import wav

from .local_server import Server, serve

WIDTH = 8
PICTURE = png(np.full((8, 8, 3), 200, np.uint8))
SOUND = wav(np.sin(np.arange(8000) / 10).astype(np.float32), 16_000)
SEGMENTS = [
    {"id": 0, "start": 0.0, "end": 1.5, "text": " High water.", "avg_logprob": -0.05},
    {"id": 1, "start": 1.5, "end": 2.0, "text": " Mumble.", "avg_logprob": -2.0},
]


def vector(text: str, width: int = WIDTH) -> list[float]:
    """Numbers by the text's words, so that those with the same are near."""
    total = np.zeros(width)
    for word in re.findall(r"\w+", text.lower()):
        seed = int.from_bytes(sha256(word.encode()).digest()[:4], "big")
        total += np.random.default_rng(seed).normal(size=width)
    return [float(x) for x in total]


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        is_json = self.headers["Content-Type"].startswith("application/json")
        body = json.loads(raw) if is_json else raw
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.server.requests.append((self.path, headers, body))
        model = body["model"] if is_json else _field(raw, "model")
        attempts = sum(_model(b) == model for _, _, b in self.server.requests)
        if model == "unauthorised":
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            return self._json(401, {"error": {"message": f"Incorrect API key provided: {key}"}})
        if model == "busy-once" and attempts == 1:
            return self._json(429, {"error": {"message": "Rate limit reached"}})
        if model == "other-protocol":
            return self._json(200, {"hello": 1})
        return getattr(self, f"_{self.path.partition('?')[0].rpartition('/')[2]}")(body)

    def _embeddings(self, body: dict[str, Any]) -> None:
        width = body.get("dimensions", WIDTH)
        rows = [
            {"object": "embedding", "index": i, "embedding": vector(text, width)}
            for i, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 5, "total_tokens": 5}
        self._json(
            200, {"object": "list", "model": body["model"], "data": rows[::-1], "usage": usage}
        )

    def _generations(self, body: dict[str, Any]) -> None:
        pictures = {"broken": "no base64!", "no-picture": base64.b64encode(b"hello").decode()}
        data = pictures.get(body["model"], base64.b64encode(PICTURE).decode())
        usage: dict[str, Any] | None = {"input_tokens": 9, "output_tokens": 100}
        if body["model"] == "uncounted":
            usage = {"input_tokens": None}
        self._json(200, {"created": 1, "data": [{"b64_json": data}], "usage": usage})

    def _speech(self, body: dict[str, Any]) -> None:
        unknown = b"\xff" * 4
        sent = SOUND[:4] + unknown + SOUND[8:40] + unknown + SOUND[44:]
        self._bytes(200, "audio/wav", sent if body["model"] == "streams" else SOUND)

    def _transcriptions(self, body: bytes) -> None:
        text = " ".join(str(s["text"]).strip() for s in SEGMENTS)
        self._json(
            200, {"language": "english", "duration": 2.0, "text": text, "segments": SEGMENTS}
        )

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._bytes(status, "application/json", json.dumps(body).encode())

    def _bytes(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(data)


def _model(body: Any) -> str:
    return str(body["model"]) if isinstance(body, dict) else _field(body, "model")


def _field(form: bytes, name: str) -> str:
    """A field of a form of several parts."""
    match = re.search(rb'name="%s"\r\n\r\n([^\r]*)' % name.encode(), form)
    return match[1].decode() if match else ""


def running() -> AbstractContextManager[Server]:
    """A server for as long as it is needed."""
    return serve(_Handler, "/v1")
