"""The grid as a picture to click: from what one asks with to what one gets, by which ways."""

from __future__ import annotations

from urllib.parse import urlencode

from polysense.errors import NoRoute
from polysense.generate.routes import Way
from polysense.serve.page.ask import OUTPUTS
from polysense.serve.page.html import button, link, tag
from polysense.serve.page.session import Visit

INPUTS = ("text", "image", "audio", "video", "3d", "code", "table", "graph")


class Grid:
    """What evidence of each kind can become here, with the plug-ins that are installed."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self._ways = {to: _reachable(visit, to) for to in OUTPUTS}

    def build(self) -> None:
        """Draw it."""
        say = self.visit.say
        with tag("div", "hall"):
            tag("h1", "", say("Which way from what you ask with to what you get"))
            tag("p", "soft", say("Choose a cell to see the ways, and to ask so."))
            with tag("div", "ways-wrap"), tag("table", "ways"):
                with tag("thead"), tag("tr"):
                    tag("th", "", " ")
                    for to in OUTPUTS:
                        tag("th", "", say(to), {"scope": "col"})
                with tag("tbody"):
                    for source in INPUTS:
                        with tag("tr"):
                            tag("th", "", say(source), {"scope": "row"})
                            for to in OUTPUTS:
                                self._cell(source, to)
            self._detail = tag("div")

    def _cell(self, source: str, to: str) -> None:
        ways = self._ways[to].get(source, ())
        label = f"{self.visit.say(source)} → {self.visit.say(to)}"
        with tag("td"):
            if not ways:
                tag(
                    "button",
                    "",
                    "–",
                    {
                        "disabled": True,
                        "type": "button",
                        "aria-label": f"{label}: {self.visit.say('No way here')}",
                    },
                )
                return
            best = 1 - ways[0].cost
            with button(
                "", "", lambda: self._choose(source, to), {"aria-label": f"{label}: {best:.2f}"}
            ) as made:
                tag("span", "", f"{best:.2f}")
                tag(
                    "small", "", f"{len(ways)} {self.visit.say('ways' if len(ways) > 1 else 'way')}"
                )
            made.style(f"--q: {best:.2f}")

    def _choose(self, source: str, to: str) -> None:
        say = self.visit.say
        self._detail.clear()
        with self._detail, tag("div", "way"):
            tag("h2", "", f"{say(source)} → {say(to)}")
            with tag("ul"):
                for way in self._ways[to][source][:5]:
                    with tag("li"):
                        tag("code", "", str(way))
                        tag("span", "soft", f"  {say('quality')} {1 - way.cost:.2f}")
            link(
                "link", say("Ask so"), f"/?{urlencode({'library': self.visit.held.name, 'to': to})}"
            )


def _reachable(visit: Visit, to: str) -> dict[str, tuple[Way, ...]]:
    try:
        return visit.held.library.routes(to)
    except NoRoute:
        return {}
