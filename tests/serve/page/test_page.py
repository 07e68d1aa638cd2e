"""The page in a real browser: what people see, click and hear; and what a hostile file cannot do to
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Running, ask

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_dropped_files_are_asked_and_cited(page: Any, running: Running, tmp_path: Path) -> None:
    """From a dropped folder to the line that answers: nothing but the page is needed."""
    folder = tmp_path / "harbour"
    folder.mkdir()
    (folder / "crane.md").write_text(
        "# The crane\n\nIt came by barge.\n\nThe crane was painted green in 1971 by Ada Quill.\n"
    )
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    page.goto("/library")
    page.set_input_files("input[webkitdirectory]", str(folder))
    page.wait_for_selector(".file .name:has-text('crane.md')", timeout=90_000)
    page.wait_for_selector(".failure b:has-text('broken.pdf')")
    assert "Save it again" in page.inner_text(".failure") or "save it again" in page.inner_text(
        ".failure"
    )
    ask(page, "Who painted the crane green?")
    assert "Ada Quill" in page.inner_text(".said")
    page.click(".said .cite >> nth=0")
    assert "painted green in 1971" in page.inner_text(".place-body .line.on")
    page.goto("/library")
    page.click(".file:has(.name:has-text('crane.md')) button.icon")
    page.wait_for_selector(".file.removed .name:has-text('crane.md')")
    wait_for_jobs(page)
    page.reload()
    page.wait_for_selector(".file .name")
    assert page.locator(".file .name:has-text('crane.md')").count() == 0


def test_a_citation_opens_the_page_at_its_region(page: Any) -> None:
    """The row that answers is marked on the very page of the PDF."""
    ask(page, "What does E-17 mean?")
    assert "Pond float stuck" in page.inner_text(".said")
    page.click(".said .cite >> nth=0")
    page.wait_for_function("document.querySelector('.leaf img')?.naturalWidth > 500")
    assert "Page 4 / 4" in page.inner_text(".place-foot")
    leaf, region = (
        page.locator(".leaf").bounding_box(),
        page.locator(".leaf .region").bounding_box(),
    )
    assert 0.3 < (region["y"] - leaf["y"]) / leaf["height"] < 0.6
    assert region["height"] < 0.2 * leaf["height"]
    page.keyboard.press("Escape")
    page.wait_for_selector(".place-pane", state="hidden")


def test_a_citation_opens_the_second(page: Any) -> None:
    """A film stands at the second that is cited, its words beside it, and plays."""
    ask(page, "when the last boat has gone, what is lit?")
    page.click(".hit .name:has-text('a-day-at-the-mill.mp4') >> nth=0")
    page.wait_for_function("document.querySelector('.player video')?.readyState > 1")
    start = page.evaluate("document.querySelector('.player video').currentTime")
    assert start > 20
    assert page.locator(".words .on").count() >= 1
    page.click(".player .play")
    page.wait_for_function(f"document.querySelector('.player video').currentTime > {start} + 0.2")
    box = page.locator(".wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.wait_for_function(
        "Math.abs(document.querySelector('.player video').currentTime / document.querySelector('.player video').duration - 0.25) < 0.1"
    )


def test_a_question_asked_over_another(page: Any) -> None:
    """The last one is answered; what was left says nothing any more."""
    page.goto("/")
    page.wait_for_selector("#question")
    for words in ("who mended the water wheel?", "What does E-17 mean?"):
        page.fill("#question", words)
        page.press("#question", "Enter")
    page.wait_for_selector(".section h2:has-text('Evidence')")
    page.wait_for_timeout(500)
    assert "Pond float stuck" in page.inner_text(".answer")
    assert "mended" not in page.inner_text(".said")


def test_code_is_shown_at_its_lines(page: Any) -> None:
    """Highlighted, the cited lines marked and in sight."""
    ask(page, "with_retry", "code")
    page.click(".hit .name:has-text('fetch.py') >> nth=0")
    page.wait_for_selector(".place-body .line.on")
    on = page.locator(".place-body .line.on")
    assert on.first.is_visible()
    assert page.locator(".place-body .lines span[class^='p-']").count() > 10


def test_cells_are_marked(page: Any) -> None:
    """A table's cited cells, and no others."""
    ask(page, "accounts 2024 wages", "table")
    page.click(".hit .name:has-text('accounts.xlsx') >> nth=0")
    page.wait_for_selector(".place-body table.cells td.on")
    assert page.locator(".place-body td.on").count() < page.locator(".place-body td").count()


def test_a_model_turns_and_its_part_is_lit(page: Any) -> None:
    """By the address that the API gives for a part."""
    results = page.request.post(
        "/api/libraries/main/search",
        data={"text": "lighthouse lantern", "modality": ["3d"], "k": 20},
    ).json()
    lantern = next(h for h in results["hits"] if h["span"].get("node") == "lantern")
    page.goto(lantern["links"]["page"])
    page.wait_for_selector(".place-body .model[data-shown=yes] canvas")
    assert page.get_attribute(".place-body .model", "data-lit") == "lantern"
    before = page.locator(".place-body .model").screenshot()
    page.wait_for_timeout(700)
    assert page.locator(".place-body .model").screenshot() != before


def test_a_graph_is_drawn(page: Any) -> None:
    """The statement that answers, and what it is linked to."""
    ask(page, "who mended the water wheel?")
    page.click(".hit .name:has-text('people.tsv') >> nth=0")
    page.wait_for_selector(".place-body .drawn canvas")
    assert "mended" in page.inner_text(".place-body .piece.on")


def test_an_answer_as_video_plays(page: Any) -> None:
    """What was made is a film that the browser plays, and a file to keep."""
    ask(page, "the ferry Petrel II", "video")
    page.wait_for_function("document.querySelector('.made video')?.readyState > 1")
    page.click(".made .play")
    page.wait_for_function("document.querySelector('.made video').currentTime > 0.2")
    with page.expect_download() as download:
        page.click(".made a:has-text('Download')")
    assert download.value.path().stat().st_size > 10_000


def test_filters_and_more_like_this(page: Any) -> None:
    """Only pictures; then what is like the first, with the reasons for it."""
    page.goto("/")
    page.click("button[aria-label='Filters']")
    page.select_option(".filters select", "image")
    page.fill("#question", "red bicycle")
    page.press("#question", "Enter")
    page.wait_for_selector(".hit .name:has-text('red-bicycle')")
    page.wait_for_selector(".section h2:has-text('Evidence'), .problem")
    assert page.locator(".hit .more >> text=/^image/").count() == page.locator(".hit").count()
    page.click(".hit >> nth=0 >> text=Why")
    assert "bm25" in page.inner_text(".why:not(.hidden)")
    page.click(".hit >> nth=0 >> text=More like this")
    page.wait_for_selector("h2:has-text('More like this')")
    assert page.locator(".hit .name:has-text('red-bicycle')").count() >= 1


def test_keys_language_and_light(page: Any) -> None:
    """/ goes to the box; Chinese and dark stay chosen."""
    page.goto("/grid")
    page.goto("/")
    page.wait_for_selector("#question")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "question"
    page.click("button[aria-label='Chinese']")
    page.wait_for_selector("h1:has-text('向你的文件提问')")
    assert page.evaluate("document.documentElement.lang") == "zh"
    page.click(".bar .end button >> nth=1")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    page.wait_for_selector("h1:has-text('向你的文件提问')")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_grid_leads_to_a_question(page: Any) -> None:
    """Every cell has a name; one is clicked, and the box is set to answer so."""
    page.goto("/grid")
    page.click("button[aria-label^='table → image']")
    assert "chart" in page.inner_text(".way")
    page.click(".way a")
    page.wait_for_selector(".chip[data-to=image][aria-pressed=true]")


def test_controls_of_a_film_are_in_sight(page: Any) -> None:
    """On a laptop's screen, without scrolling within the answer; in the pane the film stays at its
    top while the words are at their place.
    """
    ask(page, "the ferry Petrel II", "video")
    page.wait_for_function("document.querySelector('.made video')?.readyState > 1")
    player, play = (
        page.locator(f".made {name}").bounding_box() for name in (".player", ".player .play")
    )
    assert play["y"] + play["height"] <= player["y"] + player["height"]
    assert page.evaluate(
        "(e => e.scrollHeight <= e.clientHeight + 1)(document.querySelector('.made .player'))"
    )


def test_a_filter_that_hides_the_answer_is_told(page: Any) -> None:
    """The library holds it: what was looked at did not. One click asks without."""
    page.goto("/?folder=nowhere&q=What+does+E-17+mean%3F")
    page.wait_for_selector(".note:has-text('Filters are on')", timeout=60_000)
    page.click("text=Ask again without filters")
    page.wait_for_selector(".said:has-text('Pond float stuck')")
    assert page.input_value(".filters input >> nth=0") == ""
    assert "folder" not in page.url


def test_what_came_in_is_told(page: Any, running: Running) -> None:
    """How many files were added and how many could not be read, in one line; that all is ready is
    not said while more comes in, nor of a library without files.
    """
    page.request.post(
        "/api/libraries", data={"name": "new"}, headers={"content-type": "application/json"}
    )
    page.goto("/library?library=new")
    page.wait_for_selector(".drop")
    assert "ready" not in page.inner_text(".counts")
    base = f"{running.url}/api/libraries/new/files/"
    page.request.put(base + "good.txt", data=b"The quay has nine bollards.")
    page.request.put(base + "bad.pdf", data=b"%PDF-1.4 bad")
    page.wait_for_selector(".failure b:has-text('bad.pdf')", timeout=90_000)
    page.wait_for_selector(".job.ended:has-text('1 added')", timeout=90_000)
    assert "1 could not be read" in page.inner_text(".job.ended")
    page.wait_for_selector(".counts:has-text('All vectors are ready')", timeout=60_000)


def test_watchers_may_ask_whether_a_page_is_there(page: Any) -> None:
    """HEAD, as monitors of uptime send it."""
    for path in ("/", "/library", "/grid"):
        answer = page.request.head(path)
        assert (answer.status, answer.body()) == (200, b"")
    assert page.request.head("/nowhere").status == 404


@pytest.mark.parametrize("path", ["/", "/library", "/grid", "/login", "/nowhere"])
def test_everything_has_a_name_and_fits_a_phone(page: Any, path: str) -> None:
    """For those who listen to the page, and those who hold it in one hand."""
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(path)
    page.wait_for_selector("main h1")
    outside = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => !e.closest('.ways-wrap, .only-read')
        && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert outside == []
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([aria-hidden]), textarea, select')].filter(e => e.tabIndex >= 0
        && !(e.innerText?.trim() || e.getAttribute('aria-label') || e.title || e.labels?.length)).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 376


def wait_for_jobs(page: Any) -> None:
    """Until the library has nothing to do."""
    for _ in range(600):
        jobs = page.request.get("/api/libraries/main/jobs").json()["jobs"]
        if all(j["state"] in ("done", "failed", "stopped") for j in jobs):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the jobs do not end")


def test_a_removed_file_can_be_put_back(page: Any, running: Running) -> None:
    """No row moves under the pointer, a second click does no harm, and one click brings the file
    back, with its content.
    """
    base = f"{running.url}/api/libraries/main/files/"
    for name in ("undo-a.txt", "undo-b.txt"):
        page.request.put(base + name, data=f"The heron {name} stands in the reeds.")
    wait_for_jobs(page)
    page.goto("/library")
    row = ".file:has(.name:has-text('undo-a.txt'))"
    page.wait_for_selector(row)
    place = """[...document.querySelectorAll('.file')].find(f => f.innerText.includes('undo-b.txt'))
        .getBoundingClientRect().y + scrollY"""
    y = page.evaluate(place)
    page.locator(f"{row} button.icon").scroll_into_view_if_needed()
    cross = page.locator(f"{row} button.icon").bounding_box()
    page.mouse.dblclick(cross["x"] + 5, cross["y"] + 5)
    page.wait_for_selector(f"{row} button:has-text('Undo')")
    page.mouse.click(cross["x"] + 5, cross["y"] + 5)
    wait_for_jobs(page)
    page.wait_for_timeout(1_500)
    assert page.evaluate(place) == y
    assert page.locator(".file.removed").count() == 1
    uploads = running.folder / "kb-served" / "files"
    assert not (uploads / "undo-a.txt").exists()
    page.click(f"{row} button:has-text('Undo')")
    page.wait_for_selector(f"{row} button.icon", timeout=60_000)
    assert (uploads / "undo-a.txt").read_text() == "The heron undo-a.txt stands in the reeds."
    assert page.evaluate(place) == y
    assert page.request.get("/api/libraries/main/assets?name=undo-a").json()["total"] == 1


def test_no_place_of_the_server_is_on_the_page(page: Any, running: Running) -> None:
    """Not in what is read, pointed at or said of what fails, in either language; nor what is typed
    in a terminal.
    """
    page.request.put(f"{running.url}/api/libraries/main/files/odd.pdf", data=b"%PDF-1.4 odd")
    page.request.post(
        "/api/libraries", data={"name": "bare"}, headers={"content-type": "application/json"}
    )
    wait_for_jobs(page)
    secrets = (str(running.folder), str(running.folder.parent), "polysense index", "/docs", "--")
    for language in ("en", "zh"):
        for path in ("/library", "/library?library=bare", "/?library=bare", "/nowhere", "/"):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            page.wait_for_timeout(800)
            if path == "/?library=bare":
                page.fill("#question", "anything")
                page.press("#question", "Enter")
                page.wait_for_selector(".answer .note")
            if path == "/":
                page.fill("#question", "What does E-17 mean?")
                page.press("#question", "Enter")
                page.wait_for_selector(".said .cite")
                page.click(".hit .name >> nth=0")
                page.wait_for_selector(".place-head .name")
            words = page.evaluate(
                """[document.body.innerText, ...[...document.querySelectorAll('*')].flatMap(
                e => ['title', 'aria-label', 'alt', 'placeholder'].map(a => e.getAttribute(a)))].join('\\n')"""
            )
            assert [s for s in secrets if s in words] == [], path


def test_hostile_files_run_nothing(page: Any, running: Running) -> None:
    """Names and contents made to be scripts are text; an SVG opened alone is inert."""
    base = f"{running.url}/api/libraries/main/files/"
    evil = "<img src=x onerror=alert(1)>"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(2)" width="90" height="60"><script>alert(3)</script><text y="20">zanzibar</text></svg>'
    html = "<p>zanzibar <script>alert(4)</script><b onclick=alert(5)>cloves</b></p>"
    for name, content in (("evil.svg", svg), ("evil.html", html), ("evil.txt", f"zanzibar {evil}")):
        assert page.request.put(base + name, data=content).status == 202
    page.wait_for_timeout(500)
    page.goto("/library")
    page.wait_for_selector(".file .name:has-text('evil.html')", timeout=90_000)
    ask(page, "zanzibar")
    for n in range(page.locator(".hit .name").count()):
        page.locator(".hit .name").nth(n).click()
        page.wait_for_timeout(200)
    results = page.request.post("/api/libraries/main/search", data={"text": "zanzibar"}).json()
    picture = next(h for h in results["hits"] if h["uri"].endswith(".svg"))
    page.goto(picture["links"]["content"])
    page.wait_for_timeout(300)
    assert page.evaluate("window.origin") == "null"


def test_what_is_not_there(page: Any) -> None:
    """A wrong address, a library that there is not: said, in the page's own clothes, with the right
    status; programs get a document.
    """
    for path in ("/nowhere", "/?library=nope"):
        assert page.goto(path).status == 404
        assert "not here" in page.inner_text("h1")
        assert "API" not in page.inner_text("body")
    answer = page.request.get("/nowhere", headers={"accept": "application/json"})
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_of_the_grid_can_be_read(page: Any, theme: str) -> None:
    """On every shade of its cells: 4.5 to 1, as WCAG asks; and a cell's name has what stands in it."""
    page.goto("/")
    page.evaluate(f"localStorage.setItem('theme', '{theme}')")
    page.goto("/grid")
    page.wait_for_selector(".ways button")
    contrasts = page.evaluate(
        """[...document.querySelectorAll('.ways button:not([disabled]) *')].map(e => {
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const light = (colour) => { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(c => c / 255)
                .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05; };
        const both = [getComputedStyle(e).color, getComputedStyle(e.parentElement).backgroundColor].map(light);
        return Math.max(...both) / Math.min(...both); })"""
    )
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5
    names = page.evaluate(
        """[...document.querySelectorAll('.ways button:not([disabled])')].filter(
        e => !e.ariaLabel.includes(e.innerText.replace(/\\s+/g, ' ').trim())).map(e => e.outerHTML)"""
    )
    assert names == []


@pytest.fixture
def locked(library: Path, tmp_path: Path) -> Iterator[tuple[Running, str]]:
    """The same library behind a token."""
    from polysense.serve.access import Keyring

    token = Keyring(tmp_path / "home" / "tokens.json").add("ann", "read")
    (tmp_path / "kb").symlink_to(library / "kb")
    server = Running(tmp_path)
    yield server, token
    server.close()


def test_a_token_is_needed(browser: Any, locked: tuple[Running, str]) -> None:
    """Without it, the way in; with a wrong one, the same; with the right one, the page, which may
    not add files.
    """
    server, token = locked
    context = browser.new_context(base_url=server.url, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    assert page.url.endswith("/login")
    page.fill("#token", "wrong")
    page.click("button")
    page.wait_for_selector("[role=alert]")
    page.fill("#token", token)
    page.click("button")
    page.wait_for_selector("#question")
    page.goto("/library")
    page.wait_for_selector(".file")
    assert page.locator(".drop").count() == 0
    assert all(
        "token" not in c["name"] and c["httpOnly"]
        for c in context.cookies()
        if c["name"] == "polysense"
    )
    context.close()
