"""What `ask` with a language model takes beside its search and the model's own time.

The model is a server of OpenAI's protocol in this process that answers at once; its time is that of
the calls, from the first to the last piece. What is ours is the rest: evidence judged, sentences
checked, citations placed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from answer_sets import SETS, sampled
from bench_answers import library
from polysense import Library
from polysense.evaluate.bench import Row
from polysense.llm.openai import OpenAI
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel

SAMPLE, PLACES = 30, 12
MODEL_SECONDS = 1.0
"""What a fast model takes for a short answer, to which ours is compared; judged."""

TARGET = 0.05


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        choice = {"delta": {"content": "It is so. [1]"}, "finish_reason": "stop"}
        self.wfile.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")


class Watch(LanguageModel):
    """A language model whose seconds are counted."""

    def __init__(self, model: LanguageModel) -> None:
        self.model, self.accepts, self.name = model, model.accepts, model.name
        self.context, self.seconds = model.context, 0.0

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        start = time.perf_counter()
        pieces = list(self.model.chat(messages, schema=schema, most=most))
        self.seconds += time.perf_counter() - start
        yield from pieces


@contextmanager
def _server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def run(data: Path, work: Path) -> Iterator[Row]:
    """Milliseconds of a question, by what they are spent on: the median of the sample."""
    questions = SETS["xquad-en"](data, "")
    sample = sampled(questions.questions, SAMPLE)
    with library(questions, work) as kb:
        folder, kit = kb.folder, kb.kit
    with _server() as url:
        watch = Watch(OpenAI(model="at-once", base_url=url, retries=0))
        with Library(folder, kit=replace(kit, language_models={"watch": watch})) as kb:
            kb.ask(sample[0].text)  # loaded, and warm
            search, model, ours = [], [], []
            for q in sample:
                start = time.perf_counter()
                kb.search(q.text, k=PLACES)
                search.append(time.perf_counter() - start)
                watch.seconds, start = 0.0, time.perf_counter()
                kb.ask(q.text, k=PLACES)
                model.append(watch.seconds)
                ours.append(time.perf_counter() - start - watch.seconds - search[-1])
    names = ("its search alone", "the model's server, which answers at once", "ours beside both")
    for name, seconds in zip(names, (search, model, ours), strict=True):
        yield Row(f"ask with a language model: {name}", f"{1000 * median(seconds):.0f} ms")
    share = median(o / (s + MODEL_SECONDS) for o, s in zip(ours, search, strict=True))
    yield Row(
        f"ours, as a share of search and a model of {MODEL_SECONDS:g} s",
        f"{share:.3f}",
        f"<= {TARGET}",
        share <= TARGET,
        f"{len(sample)} questions of XQuAD",
    )
