"""Half a function, finished by a language model that reads what of the library is like it, and what
is like its own draft: Zhang et al., "RepoCoder: repository-level code completion through iterative
retrieval and generation" (EMNLP 2023, arXiv:2303.12570).
"""

from __future__ import annotations

import re
import textwrap
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock

from polysense.make.code.completion import continuation
from polysense.make.code.completion.generator import Completion
from polysense.make.code.completion.unfinished import Unfinished, unfinished
from polysense.messages import Message
from polysense.model_reply import fenced, read_prompt, reply
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

_MEMO_SIZE = 8
_FENCE = re.compile(r"```[\w+-]*\n(.*?)(?:\n```|\Z)", re.S)


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
        self._drafts: OrderedDict[tuple[str, ...], Part | None] = OrderedDict()
        self._lock = Lock()

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """The unfinished function with its draft so far, as the rule for them looks for it."""
        return self._rule.seek(query, drafted)

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """What the model writes; nothing where that is no code. Raises ModelFailed."""
        for target in unfinished(query)[:1]:
            pieces = [e for e in evidence if e.hit.chunk.text.strip()][:MAX_PIECES]
            key = (target.function_text, *(e.hit.chunk.id for e in pieces))
            with self._lock:  # the same is asked for in the last round and for the answer
                if key not in self._drafts:
                    self._drafts[key] = self._write(target, pieces)
                    while len(self._drafts) > _MEMO_SIZE:
                        self._drafts.popitem(last=False)
                part = self._drafts[key]
            if part is not None:
                yield part

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        return self.draft(query, evidence)

    def _write(self, target: Unfinished, pieces: Sequence[Evidence]) -> Part | None:
        answer = reply(
            self.language_model, _messages(self._instructions(), target, pieces), MAX_TOKENS
        )
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

    def _instructions(self) -> str:
        return read_prompt("polysense.make.code.completion", "model_completion", self.prompt)


def _messages(instructions: str, target: Unfinished, pieces: Sequence[Evidence]) -> list[Message]:
    """The instructions, the pieces with the names of their files, the code that breaks off."""
    blocks = [
        f"{e.hit.chunk.asset.name}:\n{fenced('piece', e.hit.chunk.text[:MAX_PIECE_CHARS])}"
        for e in pieces
    ]
    code = f"{target.code}\n{target.partial_line}".rstrip()[-MAX_CODE_CHARS:]
    return [
        Message.of("system", instructions),
        Message.of("user", "\n\n".join([*blocks, f"Go on:\n{fenced('code', code)}"])),
    ]


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
