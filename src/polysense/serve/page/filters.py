"""Only of some kind, in some folder, of some time."""

from __future__ import annotations

from typing import Any

from polysense.modalities import all_modalities
from polysense.serve.page.html import tag
from polysense.serve.page.session import Session


class Filters:
    """Fields under the box; `condition` is what they ask for, as a library reads it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._values = dict.fromkeys(("modality", "folder", "name", "after", "before"), "")

    def build(self) -> None:
        """Draw them, out of sight."""
        translate = self._session.translate
        with tag("div", "filters hidden") as self._panel, tag("div", "two"):
            with tag("label"):
                tag("span", "", translate("Only this kind"))
                with tag("select", "field") as select:
                    for m in ("", *all_modalities()):
                        tag("option", "", translate(m) if m else translate("Any"), {"value": m})
                self._bind(select, "modality")
            self._field("Folder", "folder", "text")
            self._field("Name has", "name", "text")
            self._field("Changed after", "after", "date")
            self._field("Changed before", "before", "date")

    def toggle(self) -> None:
        """Show or hide them."""
        self._panel.classes(toggle="hidden")

    @property
    def modality(self) -> list[str]:
        """The modality that is chosen, if any."""
        return [self._values["modality"]] if self._values["modality"] else []

    @property
    def condition(self) -> str:
        """The other fields, written like SQL."""
        values = {name: value.replace("'", "''") for name, value in self._values.items()}
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
            self._bind(tag("input", "field", props={"type": kind, "maxlength": 200}), name)

    def _bind(self, field: Any, name: str) -> None:
        def set_value(e: Any) -> None:
            self._values[name] = str(e.args)[:200]

        field.on("change", set_value, js_handler="(e) => emit(e.target.value)")
