"""The box to ask in: words, files in hand, filters, and what the answer is to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from polysense.errors import BadQuery
from polysense.modalities import all_modalities
from polysense.serve.page.filters import Filters
from polysense.serve.page.html import button, icon_button, tag
from polysense.serve.page.session import QueryFiles, Session
from polysense.types import Part

_SUBMIT_ON_ENTER = """(e) => {
  if (!e.shiftKey && !e.isComposing) { e.preventDefault(); e.target.form.requestSubmit(); }
}"""


class Intake(ui.element, component="intake.js"):
    """Takes files: dropped, pasted, chosen, recorded, photographed."""


class QuestionBox:
    """What one visitor asks with; `submit` is called when it is sent."""

    def __init__(
        self, session: Session, query_files: QueryFiles, submit: Callable[..., object]
    ) -> None:
        self.session, self._query_files, self._submit = session, query_files, submit
        self.filters = Filters(session)
        self.output = "text"
        """The modality of the next answer."""
        self._file_ids: list[str] = []

    def build(self) -> None:
        """Draw it."""
        translate = self.session.translate
        with tag("form", "box", props={"role": "search"}) as form:
            form.on("submit.prevent", self._submit)
            self._file_chips = tag("div", "given")
            tag("label", "only-read", translate("Ask or search"), {"for": "question"})
            question = tag(
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
            question.on("keydown.enter", js_handler=_SUBMIT_ON_ENTER)
            form.on("submit", js_handler="(e) => e.preventDefault()")
            with tag("div", "tools"):
                self._intake()
                icon_button("filter", translate("Filters"), lambda: self.filters.toggle())
                tag("button", "send", translate("Ask"), {"type": "submit"})
        with tag("div", "under"):
            tag("span", "label", translate("Answer as"))
            self._chips = {m: self._chip(m) for m in all_modalities()}
        self.filters.build()

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

    def add_file(self, upload: dict[str, Any]) -> None:
        """A file came: show it."""
        file = self._query_files.get(str(upload.get("id", "")), self.session.grant)
        if file is None or file.id in self._file_ids:
            return
        self._file_ids.append(file.id)
        with self._file_chips, tag("span", "thing") as chip:
            if file.part.mime.startswith("image/"):
                tag("img", "", props={"src": f"/page/hands/{file.id}", "alt": ""})
            tag("span", "name", file.part.name)
            tag("span", "soft", self.session.translate(file.part.modality))

            def remove_file() -> None:
                self._file_ids.remove(file.id)
                self._query_files.remove(file.id)
                chip.delete()

            icon_button(
                "close", f"{self.session.translate('Remove')} {file.part.name}", remove_file
            )

    def query(self, text: str) -> tuple[str | Part, ...]:
        """The words, if any, and the files in hand. Raises BadQuery where there is neither."""
        files = [self._query_files.get(id, self.session.grant) for id in self._file_ids]
        parts = [file.part for file in files if file]
        if not text.strip() and not parts:
            raise BadQuery("nothing was asked", self.session.translate("What do you want to know?"))
        return (*([text] if text.strip() else []), *parts)

    def release_files(self) -> None:
        """Put down the files in hand."""
        for id in self._file_ids:
            self._query_files.remove(id)
