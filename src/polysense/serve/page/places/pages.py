"""Pages of a PDF, with the region marked."""

from __future__ import annotations

from nicegui import ui

from polysense.read.document.pdf import decode
from polysense.serve.page.html import icon_button, tag
from polysense.serve.page.places.place import Place
from polysense.types import Box


def fits(place: Place) -> bool:
    """PDFs of the library."""
    return place.mime == "application/pdf" and place.asset is not None


def show(place: Place) -> None:
    """One page at a time, beginning with the cited one."""
    total = decode.page_count(place.path) if place.path else 1
    target_page = min(max(place.span.page or 1, 1), max(total, 1))

    @ui.refreshable
    def show_page(page: int) -> None:
        with tag("div", "leaf"):
            tag(
                "img",
                "",
                props={
                    "src": f"{place.base}/pages/{page}?longest=1600",
                    "alt": f"{place.name}, {place.translate('Page')} {page}",
                },
            )
            if page == target_page and place.span.box and place.span.box != (0.0, 0.0, 1.0, 1.0):
                mark_region(place.span.box)
        with tag("div", "place-foot"):
            icon_button(
                "back",
                place.translate("Previous page"),
                lambda: show_page.refresh(max(1, page - 1)),
            )
            tag("span", "", f"{place.translate('Page')} {page} / {total}")
            icon_button(
                "on", place.translate("Next page"), lambda: show_page.refresh(min(total, page + 1))
            )

    show_page(target_page)


def mark_region(box: Box) -> None:
    """A box of shares of what it lies on."""
    x0, y0, x1, y1 = box
    tag("div", "region").style(
        f"left:{100 * x0:.2f}%;top:{100 * y0:.2f}%;"
        f"width:{100 * (x1 - x0):.2f}%;height:{100 * (y1 - y0):.2f}%"
    )
