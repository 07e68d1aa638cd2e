"""A conversation in the terminal: each question is read with those before it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from polysense.cli.answers import answer_listener, save_parts
from polysense.cli.common import (
    SUCCESS,
    Command,
    add_rounds_argument,
    library,
    print_json,
    query_parts,
    rounds_budget,
)

if TYPE_CHECKING:
    from polysense.conversation import Conversation
    from polysense.generate.agent.budget import Budget
    from polysense.library import Library
    from polysense.results import Turn
    from polysense.types import Part

_HELP = """\
Ask anything. A question may lean on those before it: "And when was it built?"
  /with FILE   ask the next question with this file
  /to M        answer in this modality from now on: text, image, audio, ...
  /new         forget what was said
  /quit        leave (or Ctrl-D)"""


def declare(command: Command) -> None:
    """Chat."""
    c = command(_chat, "chat", "a conversation: ask, and ask on")
    c.add_argument("--where", default="", metavar="EXPR", help="only of these, like SQL")
    c.add_argument("-k", type=int, default=12, metavar="N", help="places looked at (default 12)")
    add_rounds_argument(c)
    c.add_argument(
        "--conversation",
        default="",
        metavar="NAME",
        help="go on with the conversation of this name, and keep it",
    )


@dataclass
class _Chat:
    """What was said so far, and how the next question is asked."""

    library: Library
    where: str
    k: int
    is_json: bool
    conversation: Conversation | None = None
    turns: list[Turn] = field(default_factory=list)
    to: str = "text"
    files: list[Part] = field(default_factory=list)
    budget: Budget | None = None
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    """What --json prints at the end."""

    def handle(self, line: str) -> bool:
        """A question or a command; False where it ends the chat."""
        from polysense.errors import PolysenseError

        command, _, argument = line.partition(" ")
        try:
            if command in ("/quit", "/exit"):
                return False
            if command.startswith("/") and command[1:].isalpha():
                self._obey(command, argument.strip())
            else:
                self._ask(line)
        except PolysenseError as e:
            if self.is_json:
                self.exchanges.append({"question": line, "error": str(e), "hint": e.hint})
            else:
                print(f"error: {e}\n  {e.hint}" if e.hint else f"error: {e}", file=sys.stderr)
        return True

    def _obey(self, command: str, argument: str) -> None:
        from polysense.generate.routes import routes_to
        from polysense.read.file.parts import part

        if command == "/new":
            self.turns, self.files = [], []
            if self.conversation:
                self.conversation.forget()
            self._tell("A new conversation.")
        elif command == "/with" and argument:
            self.files.append(part(argument))
            self._tell(f"The next question is asked with {self.files[-1].name}.")
        elif command == "/to" and argument:
            routes_to(self.library.kit, argument)
            self.to = argument
            self._tell(f"Answers are {argument} from now on.")
        else:
            self._tell(_HELP)

    def _ask(self, words: str) -> None:
        from polysense.render import answer_json, answer_text, sources_text
        from polysense.results import turns

        query: list[Part | str] = [words, *self.files]
        streams = self.to == "text" and not self.is_json
        answer = self.library.ask(
            *query,
            to=self.to,
            k=self.k,
            where=self.where,
            history=self.turns,
            tell=answer_listener(streams),
            budget=self.budget,
        )
        self.files = []
        parts = query_parts(query)
        self.turns += turns([(words, answer)])
        if self.conversation:
            self.conversation.add(parts, answer)
        saved = save_parts(answer, "", [self.to], self.library.cache)
        if self.is_json:
            self.exchanges.append({"question": words, **answer_json(answer, saved)})
            return
        for line in sources_text(answer) if streams else answer_text(answer, saved):
            print(line)
        for warning in answer.warnings:
            print(f"note: {warning}", file=sys.stderr)
        print(flush=True)

    def _tell(self, words: str) -> None:
        if not self.is_json:
            print(f"{words}\n", flush=True)


def _chat(args: argparse.Namespace) -> int:
    from polysense.conversation import Conversation

    is_json = bool(getattr(args, "json", False))
    budget = rounds_budget(args)
    with library(args) as kb:
        name = args.conversation
        conversation = Conversation(kb.folder, name) if name else None
        turns = list(conversation.turns) if conversation else []
        chat = _Chat(kb, args.where, args.k, is_json, conversation, turns, budget=budget)
        if sys.stdin.isatty() and not is_json:
            before = f" Going on after {len(chat.turns) // 2} questions." if chat.turns else ""
            print(f"Ask about the files in the library.{before} /help tells what else there is.\n")
        for line in _lines():
            if line.strip() and not chat.handle(line.strip()):
                break
    if is_json:
        print_json({"exchanges": chat.exchanges})
    return SUCCESS


def _lines() -> Iterator[str]:
    """What is typed, line by line, until the end; Ctrl-C takes back a line that is being typed."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  # arrow keys edit the line, and bring back earlier ones
    while True:
        try:
            yield input("> ")
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print("  (/quit or Ctrl-D leaves)")
