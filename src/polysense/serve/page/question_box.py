"""The box to ask in: words, files in hand, filters, and what the answer is to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from polysense.errors import BadQuery
from polysense.modalities import all_modalities
from polysense.serve.library_pool import MAIN
from polysense.serve.page.filters import Filters
from polysense.serve.page.html import button, icon_button, tag
from polysense.serve.page.session import QueryFiles, Session
from polysense.types import Part

LONGEST_ADDRESS = 8000
"""Characters of an address that browsers, proxies and this server all take."""

_SUBMIT_ON_ENTER = """(e) => {
  if (!e.shiftKey && !e.isComposing) { e.preventDefault(); e.target.form.requestSubmit(); }
}"""


_SUBMIT = """(e) => {
  e.preventDefault(); emit(document.querySelector("#question").value);
}"""


class Draft(ui.element, component="draft.js"):
    """Keeps what stands in the box in the tab, and gives it back when the tab is loaded again."""


class Intake(ui.element, component="intake.js"):
    """Takes files: dropped, pasted, chosen, recorded, photographed."""


class QuestionBox:
    """What one visitor asks with; `submit` is called when it is sent."""

    def __init__(
        self, session: Session, query_files: QueryFiles, submit: Callable[..., object]
    ) -> None:
        self.session, self._query_files, self._submit = session, query_files, submit
        self.filters = Filters(session, self.keep)
        self.output = "text"
        """The modality of the next answer."""
        self.searches_again = False
        """Whether a language model may search again before it answers."""
        self._again: ui.element | None = None
        self._files: dict[str, ui.element] = {}
        """The files in hand by their ids, each with its chip."""

    def build(self, question: str = "") -> None:
        """Draw it, with the words of a question in it."""
        translate = self.session.translate
        with tag("form", "box", props={"role": "search"}) as form:
            form.on("submit", self._submit, js_handler=_SUBMIT)
            self._file_chips = tag("div", "given")
            tag("label", "only-read", translate("Ask or search"), {"for": "question"})
            textarea = tag(
                "textarea",
                "",
                props={
                    "id": "question",
                    "rows": 1,
                    "placeholder": translate("What do you want to know?"),
                    "autofocus": True,
                    "enterkeyhint": "search",
                    "maxlength": 20000,
                },
            )
            textarea.on("keydown.enter", js_handler=_SUBMIT_ON_ENTER)
            with tag("div", "tools"):
                self._intake()
                icon_button("filter", translate("Filters"), lambda: self.filters.toggle())
                tag("button", "send", translate("Ask"), {"type": "submit"})
        with tag("div", "under"):
            tag("span", "label", translate("Answer as"))
            self._chips = {m: self._chip(m) for m in all_modalities()}
            has_model = self.session.entry.library.kit.language_model is not None
            if has_model and self.session.server.settings.rounds:
                self._again = self._again_button()
        self.filters.build()
        self._draft = Draft()
        self._draft.props.update(
            {"name": self.session.entry.name, "question": question, "state": self._state()}
        )
        self._draft.on("restored", lambda e: self._restore_draft(e.args))

    def restore(self, state: Mapping[str, Any]) -> bool:
        """What the box had before: the form of the answer, filters, files. False where a file is
        gone.

        It comes from an address or from the tab, so it is looked at like anything from outside.
        """
        output = str(state.get("to", ""))
        if output in all_modalities() and output != self.output:
            self.choose_output(output)
        if self._again is not None and bool(state.get("again")) != self.searches_again:
            self._toggle_again()
        self.filters.restore(state)
        ids = [id for id in str(state.get("with", "")).split(",") if id]
        for id in [id for id in self._files if id not in ids]:
            self._files.pop(id).delete()
        for id in ids:
            self.add_file({"id": id})
        self.keep()
        return all(id in self._files for id in ids)

    def _restore_draft(self, state: Any) -> None:
        if isinstance(state, dict) and not self.restore(state):
            ui.notify(self.session.translate("A file is no longer here: add it again."))

    def parameters(self, text: str) -> dict[str, str]:
        """These words and what stands in the box, as an address has them."""
        library = {"library": self.session.entry.name} if self.session.entry.name != MAIN else {}
        query = {**library, "q": text.strip(), **self._state()}
        return {name: value for name, value in query.items() if value}

    def keep(self, parameters: Mapping[str, str] = MappingProxyType({})) -> None:
        """Let the tab keep what stands in the box, and stand at an address that is not too long."""
        address = f"/?{urlencode(parameters)}" if parameters else ""
        address = address if len(address) <= LONGEST_ADDRESS else ""
        self._draft.props["state"] = self._state() | ({"address": address} if address else {})
        self._draft.update()

    def _state(self) -> dict[str, str]:
        again = "1" if self.searches_again else ""
        files = ",".join(self._files)
        return {"to": self.output, "again": again, "with": files, **self.filters.values}

    def _chip(self, modality: str) -> ui.element:
        with tag("span") as chip:
            element = button(
                "chip",
                self.session.translate(modality),
                lambda: self.choose_output(modality),
                {"aria-pressed": str(modality == self.output).lower()},
            )
            element.props["data-to"] = modality
        chip.classes("chips")
        return element

    def _again_button(self) -> ui.element:
        """Switches searching again on and off."""
        return button(
            "chip",
            self.session.translate("Search again"),
            self._toggle_again,
            {
                "aria-pressed": "false",
                "data-again": "",
                "title": self.session.translate("The language model may search again first."),
            },
        )

    def _toggle_again(self) -> None:
        self.searches_again = not self.searches_again
        if self._again is not None:
            self._again.props["aria-pressed"] = str(self.searches_again).lower()
            self._again.update()
        self.keep()

    def _intake(self) -> None:
        library = self.session.entry.name
        labels = {
            "attach": "Add a file",
            "record": "Record",
            "stop": "Stop recording",
            "photograph": "Take a photo",
            "take": "Take it",
            "cancel": "Cancel",
            "askWith": "Ask with this",
            "addTo": "Add to the library",
            "noMic": "The microphone cannot be used here.",
            "noLens": "The camera cannot be used here.",
        }
        intake = Intake()
        intake.props.update(
            {
                "words": {k: self.session.translate(phrase) for k, phrase in labels.items()},
                "writable": self.session.can_write,
                "to": "/page/hands",
                "library": library,
            }
        )
        intake.on("given", lambda e: self.add_file(e.args))
        intake.on("added", lambda _: ui.navigate.to(f"/library?library={library}"))
        intake.on("trouble", lambda e: ui.notify(str(e.args)[:300], color="negative"))

    def choose_output(self, modality: str) -> None:
        """Answer in this modality next time."""
        self.output = modality
        for name, chip in self._chips.items():
            chip.props["aria-pressed"] = str(name == modality).lower()
            chip.update()
        self.keep()

    def add_file(self, upload: dict[str, Any]) -> None:
        """A file came: show it."""
        file = self._query_files.get(str(upload.get("id", "")), self.session.grant)
        if file is None or file.id in self._files:
            return
        with self._file_chips, tag("span", "thing") as chip:
            if file.part.mime.startswith("image/"):
                tag("img", "", props={"src": f"/page/hands/{file.id}", "alt": ""})
            tag("span", "name", file.part.name)
            tag("span", "soft", self.session.translate(file.part.modality))

            def remove_file() -> None:
                self._query_files.remove(file.id)
                self._files.pop(file.id).delete()
                self.keep()

            icon_button(
                "close", f"{self.session.translate('Remove')} {file.part.name}", remove_file
            )
        self._files[file.id] = chip
        self.keep()

    def query(self, text: str) -> tuple[str | Part, ...]:
        """The words, if any, and the files in hand. Raises BadQuery where there is neither."""
        files = [self._query_files.get(id, self.session.grant) for id in self._files]
        parts = [file.part for file in files if file]
        if not text.strip() and not parts:
            raise BadQuery("nothing was asked", self.session.translate("What do you want to know?"))
        return (*([text] if text.strip() else []), *parts)
