"""A server that speaks Bedrock's Converse, ConverseStream and InvokeModel, takes only signed requests, and does
what the model's name says.
"""

from __future__ import annotations

import json
import re
import struct
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote
from zlib import crc32

from .local_server import Server, serve
from .openai_server import vector

WORDS = "High water is at noon. [1]"
PIECE = 7
"""Characters that come at once where it streams: in the middle of words."""
USAGE = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>\w+)/\d{8}/(?P<region>[\w-]+)/bedrock/aws4_request, "
    r"SignedHeaders=(?P<headers>[\w;-]+), Signature=[0-9a-f]{64}"
)
FAILURES = {
    "denied": (403, "AccessDeniedException", "You don't have access to the model"),
    "unknown": (404, "ResourceNotFoundException", "Could not resolve the model"),
    "too-long": (400, "ValidationException", "Input is too long"),
    "busy": (429, "ThrottlingException", "Too many requests"),
    "broken": (500, "InternalServerException", "Internal error"),
}


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((unquote(self.path), dict(self.headers), body))
        _, _, model, action = unquote(self.path).split("/")
        attempts = sum(path == unquote(self.path) for path, _, _ in self.server.requests)
        if not SIGNED.fullmatch(self.headers.get("Authorization", "")):
            return self._fail(403, "InvalidSignatureException", "not signed")
        if model in FAILURES or (model == "busy-once" and attempts == 1):
            return self._fail(*FAILURES[model if model in FAILURES else "busy"])
        if model.endswith("text-too-long"):
            return self._fail(*FAILURES["too-long"])
        if model == "other-protocol":
            return self._answer(200, {"hello": 1})
        if action == "converse-stream":
            return self._stream(model)
        return self._converse(model) if action == "converse" else self._invoke(model, body)

    def _stream(self, model: str) -> None:
        words, reason = _answer_of(model)
        deltas = [words[at : at + PIECE] for at in range(0, len(words), PIECE)]
        events: list[tuple[str, Any]] = [
            ("messageStart", {"role": "assistant"}),
            *(
                ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": d}})
                for d in deltas
            ),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            ("messageStop", {"stopReason": reason}),
            ("metadata", {"usage": USAGE, "metrics": {"latencyMs": 1}}),
        ]
        if model == "breaks-off":
            events = events[:2]
        data = b"".join(_frame("event", *e) for e in events)
        if model == "fails-midway":
            data = _frame("event", *events[1])
            data += _frame("exception", "modelStreamErrorException", {"message": "It fell over"})
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _converse(self, model: str) -> None:
        words, reason = _answer_of(model)
        content = [{"text": words}] if words else []
        message = {"role": "assistant", "content": content}
        answer = {"output": {"message": message}, "stopReason": reason, "usage": USAGE}
        self._answer(200, {**answer, "metrics": {"latencyMs": 1}})

    def _invoke(self, model: str, body: dict[str, Any]) -> None:
        if "singleEmbeddingParams" in body:
            own = body["singleEmbeddingParams"]
            row = vector(own["text"]["value"], own.get("embeddingDimension", 8))
            return self._answer(200, {"embeddings": [{"embeddingType": "TEXT", "embedding": row}]})
        row = vector(body["inputText"], body.get("dimensions", 8))
        return self._answer(200, {"embedding": row, "inputTextTokenCount": 3})

    def _fail(self, status: int, kind: str, message: str) -> None:
        self._answer(status, {"message": message}, kind)

    def _answer(self, status: int, body: dict[str, Any], error: str = "") -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if error:
            self.send_header("x-amzn-ErrorType", error)
        self.end_headers()
        self.wfile.write(data)


def _answer_of(model: str) -> tuple[str, str]:
    """What a model says, and why it stops."""
    words = {"empty": "", "thinks": f"<think>Hm.</think>{WORDS}"}.get(model, WORDS)
    reasons = {"cut-off": "max_tokens", "filtered": "guardrail_intervened"}
    return words, reasons.get(model, "end_turn")


def _frame(kind: str, name: str, body: dict[str, Any]) -> bytes:
    """A message of AWS's event streams: lengths, their sum, headers, payload, the sum of all."""
    headers = b"".join(
        bytes([len(key)]) + key.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for key, value in (
            (":message-type", kind),
            (f":{kind}-type", name),
            (":content-type", "application/json"),
        )
    )
    payload = json.dumps(body).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return message + struct.pack(">I", crc32(message))


def running() -> AbstractContextManager[Server]:
    """A server for as long as it is needed."""
    return serve(_Handler)
