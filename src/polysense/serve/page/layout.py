"""What every page has: the head, the bar on top, light and dark, the language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from nicegui import ui

from polysense.serve.page.html import icon, link, tag
from polysense.serve.page.places.lines import colours
from polysense.serve.page.session import LANGUAGE, Visit

PAGES = (("/", "Ask"), ("/library", "Library"), ("/grid", "Grid"))

_HEAD = """<script>
addEventListener("error", (e) => { if (e.target.dataset?.optional !== undefined) e.target.remove(); }, true);
document.documentElement.dataset.theme = localStorage.getItem("theme")
  ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
</script>
<link rel="stylesheet" href="/page/static/page.css">"""

_TURN = """const to = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
document.documentElement.dataset.theme = to; localStorage.setItem("theme", to);"""

_KEYS = """window.addEventListener("keydown", (e) => {
  const typing = e.target.closest("input, textarea, select, [contenteditable]");
  if (e.key === "/" && !typing) { e.preventDefault(); document.querySelector("#question")?.focus(); }
  if (e.key === "Escape" && !document.querySelector(".lens")) document.querySelector("#close-place")?.click();
  if (!typing && (e.key === "j" || e.key === "k")) {
    const all = [...document.querySelectorAll(".hit .name")], at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at + (e.key === "j" ? 1 : -1)))]?.focus();
  }
});"""


@contextmanager
def framed(visit: Visit, here: str) -> Iterator[None]:
    """A page's own content goes inside."""
    say = visit.say
    ui.add_head_html(_HEAD)
    ui.add_head_html(f"<style>{colours()}</style>")
    ui.add_head_html(
        f"<script>document.documentElement.lang = {visit.language!r};\n{_KEYS}</script>"
    )
    link("only-read", say("Skip to the question"), "#question")
    with tag("header", "bar"):
        with link("brand", "", _at("/", visit)):
            tag("span", "", "poly")
            tag("i", "", "sense")
        with tag("nav", props={"aria-label": "polysense"}):
            for path, name in PAGES:
                link(
                    "",
                    say(name),
                    _at(path, visit),
                    {"aria-current": "page"} if path == here else {},
                )
        with tag("div", "end"):
            _libraries(visit, here)
            other = "en" if visit.language == "zh" else "zh"
            cookie = f"document.cookie = '{LANGUAGE}={other};path=/;max-age=31536000;samesite=strict'; location.reload()"
            made = tag(
                "button",
                "icon",
                "EN" if other == "en" else "中",
                {"type": "button", "aria-label": say("English" if other == "en" else "Chinese")},
            )
            made.on("click", js_handler=f"() => {{ {cookie} }}")
            turn = icon("moon", f"{say('Light')} / {say('Dark')}", lambda: None)
            turn.on("click", js_handler=f"() => {{ {_TURN} }}")
    with tag("main"):
        yield


def _libraries(visit: Visit, here: str) -> None:
    names = [n for n in visit.server.shelf.names() if visit.grant.may("read", n)]
    if len(names) < 2:
        return
    with tag("select", "plain-select", props={"aria-label": visit.say("Library")}) as chosen:
        for name in names:
            tag(
                "option",
                "",
                name,
                {"value": name, **({"selected": True} if name == visit.held.name else {})},
            )
    chosen.on(
        "change",
        js_handler=f"(e) => {{ location.href = '{here}?' + new URLSearchParams({{library: e.target.value}}) }}",
    )


def _at(path: str, visit: Visit) -> str:
    return (
        f"{path}?{urlencode({'library': visit.held.name})}" if visit.held.name != "main" else path
    )
