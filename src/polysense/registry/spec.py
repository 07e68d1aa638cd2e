"""A plug-in with its options, written as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from polysense.errors import BadConfig


@dataclass(frozen=True, slots=True)
class Spec:
    """A plug-in's name and its constructor's keyword arguments, written "name:key=value,key=value".

    >>> Spec.parse("clip:model=/models/clip,device=cpu")
    Spec(name='clip', options=(('model', '/models/clip'), ('device', 'cpu')))
    """

    name: str
    options: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read one; raises BadConfig."""
        name, _, rest = text.strip().partition(":")
        pairs = [p.partition("=") for p in rest.split(",") if p.strip()]
        if not name or any(not sep for _, sep, _ in pairs):
            raise BadConfig(
                f"{text!r} is not a plug-in", 'Write "name" or "name:key=value,key=value".'
            )
        return cls(name, tuple((k.strip(), _value(v.strip())) for k, _, v in pairs))

    def __str__(self) -> str:
        return (
            self.name
            + (":" if self.options else "")
            + ",".join(f"{k}={v}" for k, v in self.options)
        )


def _value(text: str) -> Any:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
