"""Only of some kind, in some folder, of some time."""

from __future__ import annotations

from typing import Any

from polysense.serve.page.html import tag
from polysense.serve.page.session import Visit

KINDS = ("", "text", "image", "audio", "video", "code", "3d", "table", "graph")


class Filters:
    """Fields under the box; `where` is what they ask for, as a library reads it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._values = dict.fromkeys(("modality", "folder", "name", "after", "before"), "")

    def build(self) -> None:
        """Draw them, out of sight."""
        say = self._visit.say
        with tag("div", "filters hidden") as self._panel, tag("div", "two"):
            with tag("label"):
                tag("span", "", say("Only this kind"))
                with tag("select", "field") as kind:
                    for m in KINDS:
                        tag("option", "", say(m) if m else say("Any"), {"value": m})
                self._heard(kind, "modality")
            self._field("Folder", "folder", "text")
            self._field("Name has", "name", "text")
            self._field("Changed after", "after", "date")
            self._field("Changed before", "before", "date")

    def turn(self) -> None:
        """Show or hide them."""
        self._panel.classes(toggle="hidden")

    @property
    def modality(self) -> list[str]:
        """The kinds wanted."""
        return [self._values["modality"]] if self._values["modality"] else []

    @property
    def where(self) -> str:
        """The rest, as a condition."""
        v = {name: value.replace("'", "''") for name, value in self._values.items()}
        said = []
        if v["folder"]:
            said.append(f"folder = '{v['folder']}'")
        if v["name"]:
            said.append(f"name like '%{v['name']}%'")
        if v["after"]:
            said.append(f"modified >= '{v['after']}'")
        if v["before"]:
            said.append(f"modified < '{v['before']}'")
        return " and ".join(said)

    @property
    def both(self) -> str:
        """The kind as well, for questions."""
        kind = [f"modality = '{m}'" for m in self.modality]
        return " and ".join([*kind, *([self.where] if self.where else [])])

    def _field(self, label: str, name: str, kind: str) -> None:
        with tag("label"):
            tag("span", "", self._visit.say(label))
            self._heard(tag("input", "field", props={"type": kind, "maxlength": 200}), name)

    def _heard(self, field: Any, name: str) -> None:
        def changed(e: Any) -> None:
            self._values[name] = str(e.args)[:200]

        field.on("change", changed, js_handler="(e) => emit(e.target.value)")
