"""Places found, one under the other: what each is, where, why it was found, and more like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polysense.render import short
from polysense.serve import serializers
from polysense.serve.page.html import button, sign, tag
from polysense.serve.page.session import Visit
from polysense.types import Hit, Span


@dataclass(frozen=True, slots=True)
class Doing:
    """What clicks do."""

    look: Callable[[Hit, Span, str], object]
    like: Callable[[Hit], object]


def entry(
    visit: Visit,
    hit: Hit,
    doing: Doing,
    *,
    number: int = 0,
    span: Span | None = None,
    quote: str = "",
) -> None:
    """One place; number is that of the evidence, 0 for what was only found."""
    chunk, place = hit.chunk, span or hit.place
    with tag("article", "hit cited" if number else "hit", props={"data-chunk": chunk.id}):
        with button(
            "look",
            "",
            lambda: doing.look(hit, place, quote),
            {"tabindex": "-1", "aria-hidden": "true"},
        ):
            with tag("span", "icon"):
                sign(hit.modality)
            if chunk.part is not None:
                source = serializers.links(visit.held.name, chunk.asset.id, chunk.id)["picture"]
                tag(
                    "img",
                    "",
                    props={
                        "src": f"{source}?longest=320",
                        "alt": "",
                        "loading": "lazy",
                        "data-optional": "",
                    },
                )
        with tag("div"):
            with tag("div", "head"):
                if number:
                    tag("span", "number", str(number))
                button("name", chunk.asset.name, lambda: doing.look(hit, place, quote))
                tag("span", "place", "" if str(place) == "whole" else str(place))
            if said := short(quote or chunk.text or chunk.context, 320):
                tag("p", "snippet", said)
            _more(visit, hit, doing)


def _more(visit: Visit, hit: Hit, doing: Doing) -> None:
    with tag("div", "more"):
        tag("span", "soft", visit.say(hit.modality))
        if hit.chunk.asset.folder:
            tag("span", "soft", hit.chunk.asset.folder)
        if hit.why:
            toggle = button("link", visit.say("Why"), lambda: None, {"aria-expanded": "false"})
        button("link", visit.say("More like this"), lambda: doing.like(hit))
    if hit.why:
        with tag("div", "why hidden") as why:
            for w in hit.why:
                tag("span", "", w.space)
                tag("span", "", f"#{w.rank}")
                tag("span", "", f"{w.score:.3f}")

        def turn() -> None:
            why.classes(toggle="hidden")

        toggle.on("click", turn)
