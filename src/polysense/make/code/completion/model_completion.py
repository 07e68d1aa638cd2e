"""Half a function, finished by a language model that reads what of the library is like it, and what
is like its own draft: Zhang et al., "RepoCoder: repository-level code completion through iterative
retrieval and generation" (EMNLP 2023, arXiv:2303.12570).
"""

from __future__ import annotations

import re
import textwrap
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from polysense.make.code.completion import continuation
from polysense.make.code.completion.generator import Completion
from polysense.make.code.completion.unfinished import Unfinished, unfinished
from polysense.messages import Message, Usage
from polysense.model_reply import Reply, fenced, read_prompt, reply
from polysense.protocols import Generator, LanguageModel
from polysense.read.file import mime
from polysense.types import Evidence, Modality, Origin, Part, Query

MAX_PIECES, MAX_PIECE_CHARS, MAX_CODE_CHARS = 10, 1500, 6000
"""Pieces of code that a model is shown, as RepoCoder shows ten, characters of each, and of the code
that breaks off, its end. Judged: some 6,000 tokens.
"""

MAX_TOKENS = 400
"""Tokens that a model may write; a function of thirty lines has some 300."""

MAX_CUT_LINES = 40
"""Last lines that may be left out until what was written is whole: models go on behind a function.
"""

MEMO_SIZE = 8
"""Replies that are kept: the last round's is asked for again for the answer. Judged."""

_FENCE = re.compile(r"```[\w+-]*\n(.*?)(?:\n```|\Z)", re.S)


@dataclass(frozen=True, slots=True)
class _Request:
    """All that a model is told: the instructions, (name of its file, words) of each piece, the code
    that breaks off.
    """

    instructions: str
    pieces: tuple[tuple[str, str], ...]
    code: str

    @property
    def messages(self) -> list[Message]:
        blocks = [f"{name}:\n{fenced('piece', text)}" for name, text in self.pieces]
        return [
            Message.of("system", self.instructions),
            Message.of("user", "\n\n".join([*blocks, f"Go on:\n{fenced('code', self.code)}"])),
        ]


class ModelCompletion(Generator):
    """Half a function in the question -> the whole of it, in the language model's words, of the
    code that was found for it and for its draft. Marked as generated; what does not parse is none.

    rounds is how often it is searched and written. prompt is a file with other instructions than
    the package's own.
    """

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "code"
    cost = 0.5
    origin: Origin = "generated"
    is_conclusive = True
    reads_all = True

    def __init__(self, *, language_model: LanguageModel, rounds: int = 2, prompt: str = "") -> None:
        self.language_model, self.rounds, self.prompt = language_model, rounds, prompt
        self._rule = Completion()
        self._replies: OrderedDict[_Request, Reply] = OrderedDict()
        self._lock = Lock()

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """The unfinished function with its draft so far, as the rule for them looks for it."""
        return self._rule.seek(query, drafted)

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """What the model writes; nothing where that is no code. meta["usage"] has the tokens that
        this call took: none where the same was asked before. Raises ModelFailed.
        """
        for target in unfinished(query)[:1]:
            pieces = [e for e in evidence if e.hit.chunk.text.strip()][:MAX_PIECES]
            if (part := self._part(self._reply(target, pieces), target, pieces)) is not None:
                yield part

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        return self.draft(query, evidence)

    def _reply(self, target: Unfinished, pieces: Sequence[Evidence]) -> Reply:
        """What the model says, or has said to the very same words, whoever asked: nothing that one
        has given goes to another. Several may ask at once.
        """
        request = _Request(
            read_prompt("polysense.make.code.completion", "model_completion", self.prompt),
            tuple((e.hit.chunk.asset.label, e.hit.chunk.text[:MAX_PIECE_CHARS]) for e in pieces),
            f"{target.code}\n{target.partial_line}".rstrip()[-MAX_CODE_CHARS:],
        )
        with self._lock:
            if request in self._replies:
                return replace(self._replies[request], usage=Usage())
        answer = reply(self.language_model, request.messages, MAX_TOKENS)
        with self._lock:
            self._replies[request] = answer
            while len(self._replies) > MEMO_SIZE:
                self._replies.popitem(last=False)
        return answer

    def _part(self, answer: Reply, target: Unfinished, pieces: Sequence[Evidence]) -> Part | None:
        """The function with what was said in it; None where that is no code."""
        rest = next(_whole_rests(_lines(answer.text, target), target), None)
        if rest is None:
            return None
        code = continuation.complete_source(target, rest) or ""
        ending = (mime.endings(target.mime) or (".txt",))[0]
        name = target.path.name if target.path else f"{target.function.name}{ending}"
        meta = {
            "language": target.mime.rsplit("/", 1)[-1].removeprefix("x-"),
            "model": self.language_model.name,
            "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
            "evidence": [e.n for e in pieces],
            "completion": rest,
        }
        return Part("code", code, mime=target.mime, name=re.sub(r"[^\w.+-]+", "_", name), meta=meta)


def _lines(text: str, target: Unfinished) -> list[str]:
    """What a model wrote as lines of the function: without a fence, and what it repeats of it."""
    fence = _FENCE.search(text)
    code = fence[1] if fence else text
    own = target.function_text.rstrip()
    head = textwrap.dedent(own).strip()
    if head and head in code:
        code = code[code.index(head) + len(head) :]
    lines = [line.rstrip() for line in code.split("\n")]
    while lines and not lines[0].strip():
        lines.pop(0)
    return lines


def _whole_rests(lines: Sequence[str], target: Unfinished) -> Iterator[str]:
    """The longest beginnings of the lines with which the function is whole, as they are indented or
    moved to where the function's statements stand.
    """
    indent = target.function.indent
    for cut in range(min(MAX_CUT_LINES, len(lines))):
        head_lines = "\n".join(lines[: len(lines) - cut])
        if not head_lines.strip():
            return
        # blanks before the first line are lost where a model's words are taken whole
        moved = textwrap.indent(textwrap.dedent(head_lines), indent)
        for rest in (head_lines, f"{indent}{head_lines.lstrip()}", moved):
            is_inside = all(line.startswith(indent) for line in rest.split("\n") if line.strip())
            if is_inside and continuation.complete_source(target, rest) is not None:
                yield rest.rstrip()
