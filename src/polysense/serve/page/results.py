"""Search results, one under the other: what each is, where, why it was found, and more like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polysense.render import shorten
from polysense.serve import serializers
from polysense.serve.page.html import button, icon, tag
from polysense.serve.page.session import Session
from polysense.types import Hit, Span

SNIPPET_CHARACTERS = 320
"""Of the text under a result, about three lines; judged, not measured."""


@dataclass(frozen=True, slots=True)
class HitActions:
    """What clicks do."""

    open_place: Callable[[Hit, Span, str], object]
    find_similar: Callable[[Hit], object]


def show_hit(
    session: Session,
    hit: Hit,
    actions: HitActions,
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
            lambda: actions.open_place(hit, place, quote),
            {"tabindex": "-1", "aria-hidden": "true"},
        ):
            with tag("span", "icon"):
                icon(hit.modality)
            if chunk.part is not None:
                source = serializers.links(session.entry.name, chunk.asset.id, chunk.id)["picture"]
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
                button("name", chunk.asset.label, lambda: actions.open_place(hit, place, quote))
                tag("span", "place", "" if str(place) == "whole" else str(place))
            if snippet := shorten(quote or chunk.text or chunk.context, SNIPPET_CHARACTERS):
                tag("p", "snippet", snippet)
            _show_details(session, hit, actions)


def _show_details(session: Session, hit: Hit, actions: HitActions) -> None:
    with tag("div", "more"):
        tag("span", "soft", session.translate(hit.modality))
        if hit.chunk.asset.folder:
            tag("span", "soft", hit.chunk.asset.folder)
        if hit.why:
            why_button = button(
                "link", session.translate("Why"), lambda: None, {"aria-expanded": "false"}
            )
        button("link", session.translate("More like this"), lambda: actions.find_similar(hit))
    if hit.why:
        with tag("div", "why hidden") as why:
            for w in hit.why:
                tag("span", "", w.space)
                tag("span", "", f"#{w.rank}")
                tag("span", "", f"{w.score:.3f}")

        def toggle_why() -> None:
            why.classes(toggle="hidden")

        why_button.on("click", toggle_why)
