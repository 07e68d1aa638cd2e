"""The grid to click: from what one asks with to what one gets, by which routes."""

from __future__ import annotations

from urllib.parse import urlencode

from polysense.errors import NoRoute
from polysense.generate.routes import Pipeline
from polysense.modalities import all_modalities
from polysense.serve.page.html import button, link, tag
from polysense.serve.page.session import Session

MOST_ROUTES = 5
"""The best routes of a cell that are shown; judged, not measured."""


class RouteGrid:
    """What evidence of each kind can become here, with the plug-ins that are installed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._routes = {to: _routes_to(session, to) for to in all_modalities()}

    def build(self) -> None:
        """Draw it."""
        translate = self.session.translate
        with tag("div", "hall"):
            tag("h1", "", translate("Which way from what you ask with to what you get"))
            tag("p", "soft", translate("Choose a cell to see the ways, and to ask so."))
            with tag("div", "ways-wrap"), tag("table", "ways"):
                with tag("thead"), tag("tr"):
                    tag("th", "", " ")
                    for to in self._routes:
                        tag("th", "", translate(to), {"scope": "col"})
                with tag("tbody"):
                    for source in self._routes:
                        with tag("tr"):
                            tag("th", "", translate(source), {"scope": "row"})
                            for to in self._routes:
                                self._cell(source, to)
            self._detail = tag("div")

    def _cell(self, source: str, to: str) -> None:
        routes = self._routes[to].get(source, ())
        label = f"{self.session.translate(source)} → {self.session.translate(to)}"
        with tag("td"):
            if not routes:
                tag(
                    "button",
                    "",
                    "–",
                    {
                        "disabled": True,
                        "type": "button",
                        "aria-label": f"{label}: {self.session.translate('No way here')}",
                    },
                )
                return
            quality = 1 - routes[0].cost
            ways = self.session.translate("ways" if len(routes) > 1 else "way")
            with button(
                "",
                "",
                lambda: self._show_routes(source, to),
                {"aria-label": f"{label}: {quality:.2f} {len(routes)} {ways}"},
            ) as cell:
                tag("span", "", f"{quality:.2f}")
                tag("small", "", f"{len(routes)} {ways}")
            cell.style(f"--q: {quality:.2f}")

    def _show_routes(self, source: str, to: str) -> None:
        translate = self.session.translate
        self._detail.clear()
        with self._detail, tag("div", "way"):
            tag("h2", "", f"{translate(source)} → {translate(to)}")
            with tag("ul"):
                for route in self._routes[to][source][:MOST_ROUTES]:
                    with tag("li"):
                        tag("code", "", str(route))
                        tag("span", "soft", f"  {translate('quality')} {1 - route.cost:.2f}")
            link(
                "link",
                translate("Ask so"),
                f"/?{urlencode({'library': self.session.entry.name, 'to': to})}",
            )


def _routes_to(session: Session, to: str) -> dict[str, tuple[Pipeline, ...]]:
    try:
        return session.entry.library.routes(to)
    except NoRoute:
        return {}
