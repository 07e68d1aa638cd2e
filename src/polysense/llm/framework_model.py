"""What language models of other frameworks do alike: messages in, words out without thoughts, a
bound on them, and errors that say whose they are.
"""

from __future__ import annotations

import json
import re
from abc import abstractmethod
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from threading import RLock
from typing import Any, ClassVar, NamedTuple

from polysense.errors import BadQuery, ModelFailed, PolysenseError
from polysense.import_path import own_words
from polysense.llm.thoughts import Thoughts
from polysense.messages import Chat, Message, Usage
from polysense.protocols import LanguageModel
from polysense.types import Modality, Part

MAX_CHARACTERS_PER_TOKEN = 16
"""A model that has said more for each token asked for does not heed the bound. Prose has about
four. Judged, not measured.
"""

CHARACTERS_BESIDE = 1000
"""Characters that are let pass beside those, of thoughts. Judged, not measured."""

PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is given: about what such models look at."""

_CUT_OFF = {"length", "max_tokens", "max_output_tokens"}
_WITHHELD = {"content_filter", "safety"}
_REASONS = ("finish_reason", "stop_reason", "done_reason")
"""Where the providers behind a framework say why a model has stopped."""

_SCHEMA = "Answer with nothing but JSON that follows this JSON schema:\n"
_HINT_LENGTH = "Ask for less; in Python, raise `most`."
_HINT_FAILED = "Check the model's name, its key and its server, then ask again."


class Piece(NamedTuple):
    """What comes at once: words, and what the framework tells with them."""

    words: str
    usage: Usage | None = None
    reason: str = ""


class FrameworkModel(LanguageModel):
    """A language model that somebody has made in a framework.

    A framework says who answers (`_model`, made on first use) and how (`_pieces`). accepts: what
    messages may hold besides words, "text+image" for a model that sees. context: the tokens that it
    reads and writes. limit: the name of the option that bounds the tokens written, "" for a model
    that has none. A schema is asked for in words: not every model of a framework can be held to one
    otherwise.
    """

    framework: ClassVar[str]

    def __init__(self, *, source: Any, model: str, accepts: str, context: int, limit: str) -> None:
        self._source, self.model = source, str(model)
        modalities = re.split(r"[+,\s]+", accepts.strip())
        self.accepts: frozenset[Modality] = frozenset({"text", *filter(None, modalities)})
        self.context, self.limit = context, str(limit)
        kind = source if isinstance(source, str) else type(source).__name__
        self.name = f"{self.model or kind.rpartition(':')[2] or 'a model'} of {self.framework}"
        self._lock = RLock()

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        self._check_parts(messages)
        if schema is not None:
            order = Message.of("system", _SCHEMA + json.dumps(schema))
            messages = [*(m for m in messages if m.speaker == "system"), order] + [
                m for m in messages if m.speaker != "system"
            ]
        with self._lock:
            model = self._model
        usage, reason, is_empty, thoughts = Usage(), "", True, Thoughts()
        room = CHARACTERS_BESIDE + MAX_CHARACTERS_PER_TOKEN * most
        with self._faults(), closing(self._pieces(model, messages, most)) as pieces:
            for piece in pieces:
                usage, reason = piece.usage or usage, piece.reason or reason
                room -= len(piece.words)
                if room < 0:
                    message = f"goes on after the {most} tokens that were asked for"
                    raise self._failure(message, "Take another model, or name its limit=.")
                if words := thoughts.feed(piece.words):
                    is_empty &= not words.strip()
                    yield words
        self._check_end(reason.lower(), is_empty and not thoughts.rest.strip(), most)
        if thoughts.rest:
            yield thoughts.rest
        yield usage

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model; it is not asked."""
        with self._lock:
            _ = self._model

    def _options(self, most: int) -> dict[str, Any]:
        """The bound, as the model takes it."""
        return {self.limit: most} if self.limit else {}

    def _check_parts(self, messages: Chat) -> None:
        for part in (p for m in messages for p in m.parts):
            if part.modality not in self.accepts & {"text", "image"}:
                raise BadQuery(
                    f"{self.name} takes no {part.modality}",
                    f"It takes {', '.join(sorted(self.accepts & {'text', 'image'}))}; "
                    "accepts=text+image is for one that sees.",
                )

    def _check_end(self, reason: str, is_empty: bool, most: int) -> None:
        """Raises ModelFailed where what came is not the whole answer."""
        if reason in _CUT_OFF:
            raise self._failure(f"stopped at {most} tokens, before its end", _HINT_LENGTH)
        if reason in _WITHHELD:
            raise self._failure("held back its answer (content filter)", "Ask in other words.")
        if is_empty:
            raise self._failure("gave an empty answer", "Ask again, or try another model.")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Whatever goes wrong in the framework, as ModelFailed; without its traceback, in which
        headers with a key may stand.
        """
        try:
            yield
        except PolysenseError:
            raise
        except Exception as e:  # noqa: BLE001 - somebody's model may fail in any way
            raise self._failure(f"failed: {own_words(e)}", _HINT_FAILED) from None

    def _failure(self, what: str, hint: str) -> ModelFailed:
        return ModelFailed(f"{self.name} {what}", hint)

    @cached_property
    @abstractmethod
    def _model(self) -> Any:
        """The framework's own object. Raises BadConfig, MissingDependency."""

    @abstractmethod
    def _pieces(self, model: Any, messages: Chat, most: int) -> Generator[Piece, None, None]:
        """What the model says, as it comes."""


def png_of(part: Part) -> bytes:
    """A picture as PNG, no larger than models look at."""
    from polysense.read.image.decode import pixels, png

    return png(pixels(part, longest=PICTURE_PIXELS))


def reason_of(metadata: Mapping[str, Any]) -> str:
    """Why a model has stopped, from what a framework tells beside its words; "" where it has not,
    or does not say.
    """
    reasons = (metadata.get(key) for key in _REASONS)
    return next((str(reason) for reason in reasons if reason), "")


def usage_of(metadata: Any) -> Usage | None:
    """Tokens, from what a framework tells of them by OpenAI's names or by its own; None where it
    does not.

    >>> usage_of({"prompt_tokens": 12, "completion_tokens": 3})
    Usage(input_tokens=12, output_tokens=3)
    """
    if not isinstance(metadata, Mapping):
        return None
    counts = [
        next((n for name in names if isinstance(n := metadata.get(name), int)), None)
        for names in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    ]
    return None if counts == [None, None] else Usage(counts[0] or 0, counts[1] or 0)
