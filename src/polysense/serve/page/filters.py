"""Only of some kind, in some folder, of some time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from polysense.modalities import all_modalities
from polysense.serve.page.html import tag
from polysense.serve.page.session import Session

MOST_CHARACTERS = 200
"""Of a field; judged, not measured."""


class Filters:
    """Fields under the box; `condition` is what they ask for, as a library reads it."""

    def __init__(self, session: Session, changed: Callable[[], object]) -> None:
        self._session, self._changed = session, changed
        self.values = dict.fromkeys(("kind", "folder", "name", "after", "before"), "")
        """What is chosen; "" where a field filters nothing."""
        self._fields: dict[str, ui.element] = {}

    def build(self) -> None:
        """Draw them, out of sight."""
        translate = self._session.translate
        with tag("div", "filters hidden") as self._panel, tag("div", "two"):
            with tag("label"):
                tag("span", "", translate("Only this kind"))
                with tag("select", "field") as select:
                    for m in ("", *all_modalities()):
                        tag("option", "", translate(m) if m else translate("Any"), {"value": m})
                self._bind(select, "kind")
            self._field("Folder", "folder", "text")
            self._field("Name has", "name", "text")
            self._field("Changed after", "after", "date")
            self._field("Changed before", "before", "date")

    def restore(self, values: Mapping[str, Any]) -> None:
        """Filter as before, in sight."""
        for name, field in self._fields.items():
            value = str(values.get(name, ""))[:MOST_CHARACTERS]
            if value != self.values[name] and (name != "kind" or value in ("", *all_modalities())):
                self.values[name] = field.props["value"] = value
                field.update()
        if any(self.values.values()):
            self._panel.classes(remove="hidden")

    def toggle(self) -> None:
        """Show or hide them."""
        self._panel.classes(toggle="hidden")

    @property
    def modality(self) -> list[str]:
        """The modality that is chosen, if any."""
        return [self.values["kind"]] if self.values["kind"] else []

    @property
    def condition(self) -> str:
        """The other fields, written like SQL."""
        values = {name: value.replace("'", "''") for name, value in self.values.items()}
        conditions = []
        if values["folder"]:
            conditions.append(f"folder = '{values['folder']}'")
        if values["name"]:
            conditions.append(f"name like '%{values['name']}%'")
        if values["after"]:
            conditions.append(f"modified >= '{values['after']}'")
        if values["before"]:
            conditions.append(f"modified < '{values['before']}'")
        return " and ".join(conditions)

    @property
    def full_condition(self) -> str:
        """The condition with the modality in it, for questions."""
        modality = [f"modality = '{m}'" for m in self.modality]
        return " and ".join([*modality, *([self.condition] if self.condition else [])])

    def _field(self, label: str, name: str, kind: str) -> None:
        with tag("label"):
            tag("span", "", self._session.translate(label))
            field = tag("input", "field", props={"type": kind, "maxlength": MOST_CHARACTERS})
            self._bind(field, name)

    def _bind(self, field: ui.element, name: str) -> None:
        self._fields[name] = field

        def set_value(e: Any) -> None:
            self.values[name] = str(e.args)[:MOST_CHARACTERS]
            self._changed()

        field.on("change", set_value, js_handler="(e) => emit(e.target.value)")
