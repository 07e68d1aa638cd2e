"""The box to ask in: words and files in hand become a query; nothing does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from nicegui import Client
from nicegui.elements.mixins.text_element import TextElement
from nicegui.page import page

from polysense.errors import BadQuery
from polysense.modalities import all_modalities
from polysense.serve.access import LOCAL, Grant
from polysense.serve.context import Context
from polysense.serve.page.grid import RouteGrid
from polysense.serve.page.html import icon
from polysense.serve.page.question_box import QuestionBox
from polysense.serve.page.session import QueryFile, QueryFiles, Session
from polysense.serve.page.translations import translator
from polysense.types import Part


@pytest.fixture
def query_files() -> Iterator[QueryFiles]:
    """None yet."""
    query_files = QueryFiles()
    yield query_files
    query_files.close()


@pytest.fixture
def box(context: Context, query_files: QueryFiles) -> Iterator[QuestionBox]:
    """Drawn, with nothing in it."""
    session = Session(context, LOCAL, context.pool.get("main"), "en", str)
    with Client(page("")):
        box = QuestionBox(session, query_files, lambda: None)
        box.build()
        yield box


WARMTH = """
from polysense.modalities import ModalityDescription
WARMTH = ModalityDescription("warmth", title="heat", icon="M1 1h2")
"""


def test_a_modality_of_somebodys_package_is_on_the_page(
    context: Context, query_files: QueryFiles, install: Any
) -> None:
    """Among the answers, in the filter, in the grid of routes, with its name and its sign."""
    install("polysense-warm", WARMTH, {"modalities": {"warmth": "WARMTH"}})
    session = Session(context, LOCAL, context.pool.get("main"), "en", translator("en"))
    with Client(page("")) as client:
        box = QuestionBox(session, query_files, lambda: None)
        box.build()
        grid = RouteGrid(session)
        grid.build()
        icon("warmth")
    elements = client.elements.values()
    options = {e.props.get("value") for e in elements if e.tag == "option"}
    rows = {e._text for e in elements if e.tag == "th" and isinstance(e, TextElement)}
    signs = {e.props.get("d") for e in elements if e.tag == "path"}
    assert "warmth" in box._chips
    assert {"", *all_modalities()} == options
    assert "heat" in rows
    assert "M1 1h2" in signs


def bring(query_files: QueryFiles, owner: Grant = LOCAL) -> dict[str, Any]:
    """A file comes, as the browser tells it."""
    id, folder = query_files.new_folder()
    (folder / "a.txt").write_text("a")
    query_files.add(QueryFile(id, Part("text", folder / "a.txt", "text/plain", "a.txt"), owner))
    return {"id": id}


def test_words_and_files_are_asked_with(box: QuestionBox, query_files: QueryFiles) -> None:
    """Either or both; a file that comes twice is one."""
    with pytest.raises(BadQuery):
        box.query("  ")
    assert box.query("moon") == ("moon",)
    upload = bring(query_files)
    box.add_file(upload)
    box.add_file(upload)
    (part,) = box.query("")
    assert isinstance(part, Part)
    assert part.name == "a.txt"
    assert box.query("moon") == ("moon", part)


def test_files_of_others_are_not_asked_with(box: QuestionBox, query_files: QueryFiles) -> None:
    """An id that is guessed brings nothing."""
    box.add_file(bring(query_files, Grant("bob", "read")))
    box.add_file({"id": "no such"})
    box.add_file({})
    assert box.query("moon") == ("moon",)


def test_the_box_is_as_it_was(box: QuestionBox, query_files: QueryFiles) -> None:
    """A tab that is loaded again gives back what stood in it, down to a filter that was taken off;
    a form that does not exist is none.
    """
    upload = bring(query_files)
    assert box.restore({"to": "image", "with": upload["id"], "kind": "text", "folder": "letters"})
    assert box.output == "image"
    assert len(box.query("")) == 1
    assert box.filters.full_condition == "modality = 'text' and folder = 'letters'"
    parameters = box.parameters(" moon & stars ")
    assert (parameters["q"], parameters["with"]) == ("moon & stars", upload["id"])
    assert "name" not in parameters
    assert box.restore({"to": "nonsense", "kind": "nonsense", "folder": ""})
    assert box.output == "image"
    assert box.filters.full_condition == "modality = 'text'"
    assert box.query("moon") == ("moon",)


def test_a_file_that_is_gone_is_told(box: QuestionBox) -> None:
    """Asked without it, the question would be another."""
    assert not box.restore({"with": "no such"})


def test_one_output_is_chosen(box: QuestionBox) -> None:
    """Words at first; each chip tells whether it is the one."""
    assert box.output == "text"
    box.choose_output("image")
    assert box.output == "image"
    pressed = {m: box._chips[m].props["aria-pressed"] for m in all_modalities()}
    assert [m for m, state in pressed.items() if state == "true"] == ["image"]


def test_searching_again_is_offered_where_a_model_is_named(
    box: QuestionBox, query_files: QueryFiles, writing_context: Context
) -> None:
    """It stands in the address, and in the tab when that is loaded again; elsewhere there is no
    such button, and an address cannot ask for it.
    """
    assert box._again is None
    box.restore({"again": "1"})
    assert not box.searches_again
    session = Session(writing_context, LOCAL, writing_context.pool.get("main"), "en", str)
    with Client(page("")):
        own = QuestionBox(session, query_files, lambda: None)
        own.build()
        assert own._again is not None
        assert "again" not in own.parameters("moon")
        own.restore({"again": "1"})
        assert own.searches_again
        assert own._again.props["aria-pressed"] == "true"
        assert own.parameters("moon")["again"] == "1"
        own.restore({})
        assert not own.searches_again
