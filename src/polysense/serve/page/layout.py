"""What every page has: the head, the bar on top, light and dark, the language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from nicegui import ui

from polysense.serve.page.html import icon_button, link, tag
from polysense.serve.page.places.lines import highlight_styles
from polysense.serve.page.session import LANGUAGE, Session

PAGES = (("/", "Ask"), ("/library", "Library"), ("/grid", "Grid"))

_HEAD = """<script>
addEventListener("error", (e) => {
  if (e.target.dataset?.optional !== undefined) e.target.remove();
}, true);
document.documentElement.dataset.theme = localStorage.getItem("theme")
  ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
</script>
<link rel="stylesheet" href="/page/static/page.css">"""

_TOGGLE_THEME = """const to = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
document.documentElement.dataset.theme = to; localStorage.setItem("theme", to);"""

_KEYBOARD = """window.addEventListener("keydown", (e) => {
  const typing = e.target.closest("input, textarea, select, [contenteditable]");
  if (e.key === "/" && !typing) {
    e.preventDefault(); document.querySelector("#question")?.focus();
  }
  if (e.key === "Escape" && !document.querySelector(".lens"))
    document.querySelector("#close-place")?.click();
  if (!typing && (e.key === "j" || e.key === "k")) {
    const names = [...document.querySelectorAll(".hit .name")];
    const next = names.indexOf(document.activeElement) + (e.key === "j" ? 1 : -1);
    names[Math.max(0, Math.min(names.length - 1, next))]?.focus();
  }
});"""


@contextmanager
def page_layout(session: Session, current_path: str) -> Iterator[None]:
    """A page's own content goes inside."""
    translate = session.translate
    ui.add_head_html(_HEAD)
    ui.add_head_html(f"<style>{highlight_styles()}</style>")
    ui.add_head_html(
        f"<script>document.documentElement.lang = {session.language!r};\n{_KEYBOARD}</script>"
    )
    title = translate("Connection lost")
    retry = translate("Trying again. What you have typed and what was answered stays here.")
    ui.add_body_html(
        f"<script>addEventListener('DOMContentLoaded', () => {{ const lines = "
        f"document.querySelectorAll('#popup > span'); lines[0].textContent = {json.dumps(title)}; "
        f"lines[1].textContent = {json.dumps(retry)}; }});</script>"
    )
    link("only-read", translate("Skip to the question"), "#question")
    with tag("header", "bar"):
        with link("brand", "", _library_address("/", session)):
            tag("span", "", "poly")
            tag("i", "", "sense")
        with tag("nav", props={"aria-label": "polysense"}):
            for path, name in PAGES:
                link(
                    "",
                    translate(name),
                    _library_address(path, session),
                    {"aria-current": "page"} if path == current_path else {},
                )
        with tag("div", "end"):
            _library_menu(session, current_path)
            other = "en" if session.language == "zh" else "zh"
            set_cookie = (
                f"document.cookie = '{LANGUAGE}={other};path=/;max-age=31536000;samesite=strict'; "
                "location.reload()"
            )
            language_button = tag(
                "button",
                "icon",
                "EN" if other == "en" else "中",
                {
                    "type": "button",
                    "aria-label": translate("English" if other == "en" else "Chinese"),
                },
            )
            language_button.on("click", js_handler=f"() => {{ {set_cookie} }}")
            theme_button = icon_button(
                "moon", f"{translate('Light')} / {translate('Dark')}", lambda: None
            )
            theme_button.on("click", js_handler=f"() => {{ {_TOGGLE_THEME} }}")
    with tag("main"):
        yield


def _library_menu(session: Session, path: str) -> None:
    names = [n for n in session.server.pool.names() if session.grant.allows("read", n)]
    if len(names) < 2:
        return
    with tag(
        "select", "plain-select", props={"aria-label": session.translate("Library")}
    ) as select:
        for name in names:
            tag(
                "option",
                "",
                name,
                {"value": name, **({"selected": True} if name == session.entry.name else {})},
            )
    select.on(
        "change",
        js_handler="(e) => { "
        f"location.href = '{path}?' + new URLSearchParams({{library: e.target.value}}) }}",
    )


def _library_address(path: str, session: Session) -> str:
    return (
        f"{path}?{urlencode({'library': session.entry.name})}"
        if session.entry.name != "main"
        else path
    )
