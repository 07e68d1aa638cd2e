"""A server that speaks OpenAI's chat completions, and does what the model's name says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 7
"""Characters that "scripted" sends at once: in the middle of words."""

WORDS = ("High ", "water ", "is at ", "noon. [1]")
STATUSES = {
    "unauthorised": (401, "Incorrect API key provided: {key}"),
    "forbidden": (403, "Not yours"),
    "missing": (404, "model 'missing' not found"),
    "too-long": (400, "This model's maximum context length is 4096 tokens"),
    "busy": (429, "Rate limit reached"),
    "broken": (500, "Internal error"),
    "too-large": (413, "Request entity too large"),
}


def _event(body: Any) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _delta(content: Any, reason: Any = None) -> bytes:
    return _event({"choices": [{"delta": {"content": content}, "finish_reason": reason}]})


STREAMS = {
    "no-object": _event([]),
    "no-choices": _event({"hello": 1}),
    "choices-are-words": _event({"choices": "Noon."}),
    "delta-is-words": _event({"choices": [{"delta": "Noon."}]}),
    "content-is-a-number": _delta(5) + _delta(None, "stop"),
    "usage-is-words": _delta("Noon.", "stop") + _event({"choices": [], "usage": "much"}),
    "usage-is-null": _delta("Noon.", "stop")
    + _event({"choices": [], "usage": {"prompt_tokens": None}}),
    "nothing-at-all": b"",
    "blank": _delta(" \n") + _delta(None, "stop"),
    "declines": _event(
        {"choices": [{"delta": {"refusal": "I may not."}, "finish_reason": "stop"}]}
    ),
    "no-finish": _delta("Noon.") + b"data: [DONE]\n\n",
    "utf-16": _delta("Noon.", "stop").decode().encode("utf-16"),
    "latin-1": b'data: {"choices": [{"delta": {"content": "caf\xe9"}}]}\n\n',
    "chinese": 'data: {"choices": [{"delta": {"content": "正午"}}]}\r\n\r\n'.encode()
    + _delta(None, "stop"),
}
"""Whole bodies of answers, by the model's name; they are sent byte by byte."""


def words_of(body: dict[str, Any]) -> str:
    """The words of all messages of a request."""
    contents = [m["content"] for m in body["messages"]]
    parts = [[{"text": c}] if isinstance(c, str) else c for c in contents]
    return "\n".join(p["text"] for message in parts for p in message if "text" in p)


class Server(ThreadingHTTPServer):
    """`requests` are the bodies that came, with their headers; `replies` are what models say, by
    their names, `scripts` what they say the first time, the second and so on, then the last.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.replies: dict[str, str] = {}
        self.scripts: dict[str, list[str]] = {}
        self.pause = threading.Event()
        """Set to let "slow" and "waits" go on."""
        self.say: Callable[[str], str] = lambda words: ""
        """What the model "scripted" says to all that it was told."""

    @property
    def last_words(self) -> str:
        """All that the last request told the model, but pictures and sounds."""
        return words_of(self.requests[-1][0])

    @property
    def url(self) -> str:
        """What base_url is to be."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no fault."""


@contextmanager
def running() -> Iterator[Server]:
    """A server for as long as it is needed."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.pause.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((body, {**dict(self.headers), "path": self.path}))
        model, self.words = body["model"], words_of(body)
        attempts = sum(b["model"] == model for b, _ in self.server.requests)
        if model in STATUSES or (model == "busy-once" and attempts == 1):
            status, message = STATUSES[model if model in STATUSES else "busy"]
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            key = key or self.headers.get("api-key", "")
            return self._answer_json(status, {"error": {"message": message.format(key=key)}})
        if model == "waits":
            self.server.pause.wait(5)
            return None
        if model == "unpaid":
            error = {"message": "You exceeded your quota", "code": "insufficient_quota"}
            return self._answer_json(429, {"error": error})
        if model == "whole":
            message = {"role": "assistant", "content": "Noon."}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            return self._answer_json(200, {"choices": [choice]})
        if model == "hangs-up":
            self.close_connection = True
            return None
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        if model == "drops":
            self.send_header("Content-Length", "9999")
        if model == "not-gzip":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.close_connection = True
        if model in STREAMS:
            for byte in STREAMS[model]:
                self.wfile.write(bytes([byte]))
        elif model in self.server.scripts or model in self.server.replies:
            script = self.server.scripts.get(model)
            reply = script[min(attempts, len(script)) - 1] if script else self.server.replies[model]
            for line in reply.splitlines(keepends=True):
                self._chunk(line)
            self._end()
        else:
            getattr(self, f"_{model.replace('-', '_')}", self._good)()
        return None

    def _answer_json(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(data)

    def _send(self, data: bytes) -> None:
        self.wfile.write(b"data: " + data + b"\n\n")
        self.wfile.flush()

    def _chunk(self, content: str | None = None, reason: str | None = None, **more: Any) -> None:
        delta = {} if content is None else {"content": content}
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        body = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        self._send(json.dumps({**body, "choices": [choice], **more}).encode())

    def _end(self, reason: str = "stop") -> None:
        self._chunk(reason=reason)
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        self._chunk(choices=[], usage=usage)
        self._send(b"[DONE]")

    def _good(self) -> None:
        for word in WORDS:
            self._chunk(word)
        self._end()

    def _scripted(self) -> None:
        text = self.server.say(self.words)
        for at in range(0, len(text), PIECE):
            self._chunk(text[at : at + PIECE])
        self._end()

    def _slow(self) -> None:
        self._chunk(WORDS[0])
        self.server.pause.wait(5)
        for word in WORDS[1:]:
            self._chunk(word)
        self._end()

    def _no_usage(self) -> None:
        self._chunk("Noon.")
        self._chunk(reason="stop")
        self._send(b"[DONE]")

    def _cut_off(self) -> None:
        self._chunk(WORDS[0])

    _drops = _cut_off

    def _runs_away(self) -> None:
        for _ in range(10_000):
            self._chunk("and on " * 100)

    def _repeats_the_key(self) -> None:
        key = self.headers.get("Authorization", "")
        self._send(json.dumps({"error": {"message": f"bad {key}"}}).encode())

    def _stalls(self) -> None:
        self._chunk(WORDS[0])
        self.server.pause.wait(5)

    def _never_stops(self) -> None:
        self._chunk("and on " * 10)
        self._end("length")

    def _filtered(self) -> None:
        self._end("content_filter")

    def _empty(self) -> None:
        self._end()

    def _bad_json(self) -> None:
        self._send(b'{"choices": [')

    def _bad_bytes(self) -> None:
        self._send(b'{"choices": [{"delta": {"content": "\xff\xfe"}}]}')

    def _fails_midway(self) -> None:
        self._chunk(WORDS[0])
        self._send(json.dumps({"error": {"message": "out of memory", "type": "server"}}).encode())
