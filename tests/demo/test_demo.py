"""The collection that ships: every file opens with an independent reader, and every question is
answered at the place it names.
"""

from __future__ import annotations

import ast
import email
import email.policy
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from polysense.demo import FILES, QUERIES, QUESTIONS, Question

NAMES = sorted(
    str(p.relative_to(FILES)) for p in FILES.rglob("*") if p.is_file() and p.suffix != ".pyc"
)


def of(*suffixes: str) -> list[str]:
    return [name for name in NAMES if Path(name).suffix in suffixes]


def question_at(place: str) -> Question:
    return next(q for q in QUESTIONS if q.place == place)


def seconds(clock: str) -> float:
    """ "00:20" or "00:00:20.162" in seconds."""
    total = 0.0
    for piece in clock.split(":"):
        total = 60 * total + float(piece)
    return total


def test_the_whole_demo_is_small() -> None:
    """A newcomer's download, and the repository, stay light."""
    size = sum(
        p.stat().st_size for folder in (FILES, QUERIES) for p in folder.rglob("*") if p.is_file()
    )
    assert 1_000_000 < size < 2_500_000


def test_every_modality_is_there() -> None:
    """The collection shows each kind of file that the library reads."""
    kinds = {Path(name).suffix for name in NAMES}
    assert kinds >= {
        ".pdf", ".docx", ".pptx", ".xlsx", ".md", ".html", ".jpg", ".png", ".svg", ".mp3", ".ogg",
        ".vtt", ".mp4", ".glb", ".stl", ".obj",
        ".py", ".js", ".rs", ".tsv", ".eml", ".ipynb", ".zip",
    }  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.ask)
def test_questions_name_files_that_exist(question: Question) -> None:
    """A renamed file must not leave a question behind."""
    assert question.file.is_file()
    assert question.query_path is None or question.query_path.is_file()
    assert all((FILES / name).is_file() for name in question.alternatives)
    assert question.ask
    assert question.place


@pytest.mark.parametrize(
    "name",
    [
        *of(".jpg", ".png"),
        *(
            f"../queries/{p.name}"
            for p in sorted(QUERIES.iterdir())
            if p.suffix in {".jpg", ".png"}
        ),
    ],
)
def test_pictures_open_and_are_not_blank(name: str) -> None:
    """Each picture decodes whole, is a sensible size and has something on it."""
    from PIL import Image

    with Image.open(FILES / name) as image:
        image.load()
        assert 300 <= image.width <= 1200
        assert np.asarray(image.convert("L")).std() > 10


def test_the_svg_draws_and_says_what_it_shows() -> None:
    """The diagram renders without fonts of ours, and its labels are text."""
    import resvg_py

    drawing = (FILES / "pictures/mill-workings.svg").read_text(encoding="utf-8")
    assert resvg_py.svg_to_bytes(svg_string=drawing)[:4] == b"\x89PNG"
    assert "water wheel 水轮" in drawing


def test_the_handbook_has_words_figures_and_a_ruled_table() -> None:
    """Text, captions and pictures are where the questions say."""
    import pypdfium2
    import pypdfium2.raw as raw

    with pypdfium2.PdfDocument(FILES / "documents/handbook.pdf") as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
        pictures = [len(list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))) for page in pdf]
    tall, fix = question_at("p. 2"), question_at("p. 4")
    assert pictures == [1, 0, 1, 0]
    assert [tall.answer in " ".join(words.split()) for words in pages] == [
        False,
        True,
        False,
        False,
    ]
    assert [fix.answer in " ".join(words.split()) for words in pages] == [False, False, False, True]
    assert "Figure 2." in pages[2]
    assert "Table 1." in pages[2]


def test_the_letter_is_only_a_picture() -> None:
    """Without OCR there is nothing to read in it."""
    import pypdfium2

    with pypdfium2.PdfDocument(FILES / "letters/letter-1938.pdf") as pdf:
        assert len(pdf) == 1
        assert pdf[0].get_textpage().get_text_bounded() == ""
        assert pdf[0].render().to_numpy().std() > 10


def test_the_talk_has_notes_alt_text_a_chart_and_a_table() -> None:
    """The parts of a slide that parsers tend to lose are all there."""
    from pptx import Presentation

    slides = list(Presentation(FILES / "documents/winter-talk.pptx").slides)
    shapes = [shape for slide in slides for shape in slide.shapes]
    assert len(slides) == 5
    assert all(
        slide.notes_slide.notes_text_frame.text and slide.shapes.title.text for slide in slides
    )
    assert any(
        "lighthouse at dusk" in shape._element.nvPicPr.cNvPr.get("descr", "")
        for shape in shapes
        if shape.shape_type == 13
    )
    assert any(shape.has_chart for shape in shapes)
    assert any(shape.has_table for shape in shapes)


def test_the_report_has_headings_pictures_and_a_table_that_adds_up() -> None:
    """The repair costs what the words say it costs."""
    from docx import Document

    paper = Document(str(FILES / "documents/wheel-repair.docx"))
    costs = [int(cell.text.replace(",", "")) for cell in paper.tables[0].columns[3].cells[1:]]
    assert f"{sum(costs):,} crowns" in "".join(p.text for p in paper.paragraphs)
    assert [p.text for p in paper.paragraphs if p.style.name == "Heading 1"][:2] == [
        "Summary",
        "Findings",
    ]
    assert len(paper.inline_shapes) == 2


def test_the_accounts_hold_formulas_and_their_values() -> None:
    """The cell that is asked for holds the answer; tickets are seven crowns a visitor."""
    from openpyxl import load_workbook

    path = FILES / "documents/accounts.xlsx"
    values, formulas = load_workbook(path, data_only=True), load_workbook(path)
    question = question_at("Cash flow!H6")
    sheet, cell = question.place.split("!")
    assert f"{-values[sheet][cell].value:,}" == question.answer
    assert values[sheet]["A6"].value == 2023
    assert str(formulas[sheet][cell].value).startswith("=SUM")
    visitors = {row[0].value: row[5].value for row in values["Visitors"].iter_rows(min_row=2)}
    tickets = {
        row[0].value: row[1].value for row in values["Cash flow"].iter_rows(min_row=2, max_row=7)
    }
    assert all(count == 7 * visitors[year] for year, count in tickets.items())


@pytest.mark.parametrize("name", [*of(".mp3", ".ogg"), "../queries/a-bell-in-the-fog.ogg"])
def test_sounds_decode_and_are_heard(name: str) -> None:
    """Each sound is loud enough, does not clip, and lasts a sensible time."""
    import av

    with av.open(str(FILES / name)) as file:
        blocks = [frame.to_ndarray().ravel() for frame in file.decode(audio=0)]
        rate = file.streams.audio[0].rate
    sound = np.concatenate(blocks).astype(np.float32)
    assert 1.9 < len(sound) / rate < 30
    assert 0.03 < np.sqrt((sound**2).mean()) < 0.4
    assert 0.5 < np.abs(sound).max() < 1


@pytest.mark.parametrize("name", of(".vtt"))
def test_subtitles_keep_time_with_their_recording(name: str) -> None:
    """Cues are in order, do not overlap, and end before the sound does."""
    import av

    times = [
        seconds(t)
        for t in re.findall(r"\d\d:\d\d:\d\d\.\d{3}", (FILES / name).read_text(encoding="utf-8"))
    ]
    with av.open(str((FILES / name).with_suffix(".mp3"))) as file:
        assert times == sorted(times)
        assert times[-1] < file.duration / 1e6


def test_the_keeper_says_where_the_key_is_when_the_question_says() -> None:
    """The cue with the answer starts in the second named."""
    question = next(q for q in QUESTIONS if q.file.suffix == ".mp3")
    cue = next(
        c
        for c in question.file.with_suffix(".vtt").read_text(encoding="utf-8").split("\n\n")
        if question.answer in c
    )
    assert int(seconds(cue.splitlines()[1].split(" --> ")[0])) == seconds(question.place)


def test_the_film_plays_and_carries_its_subtitles() -> None:
    """H.264 pictures, AAC sound, and the answer's subtitle in the second named."""
    import av

    question = next(q for q in QUESTIONS if q.file.suffix == ".mp4")
    with av.open(str(question.file)) as film:
        assert [s.codec_context.name for s in (film.streams.video[0], film.streams.audio[0])] == [
            "h264",
            "aac",
        ]
        assert 20 < film.duration / 1e6 < 31
        subtitles = {
            float(p.pts * p.time_base): bytes(p)
            for p in film.demux(subtitles=0)
            if p.pts is not None
        }
    assert [int(t) for t, words in subtitles.items() if question.answer.encode() in words] == [
        seconds(question.place)
    ]
    with av.open(str(question.file)) as film:
        shot = next(film.decode(video=0)).to_ndarray(format="rgb24")
    assert shot.shape == (360, 640, 3)
    assert shot.std() > 10


@pytest.mark.parametrize("name", [*of(".glb", ".stl", ".obj"), "../queries/found-in-the-attic.ply"])
def test_models_load_as_closed_solids(name: str) -> None:
    """Every mesh opens, and every part of a glb has a name and is watertight."""
    import trimesh

    scene = trimesh.load_scene(FILES / name)
    assert sum(len(mesh.faces) for mesh in scene.geometry.values()) > 500
    if name.endswith(".glb"):
        assert all(mesh.is_watertight for mesh in scene.geometry.values())
        assert {"seat", "rim", "lantern"} & set(scene.graph.nodes_geometry)


def test_the_chair_is_one_chair_in_three_formats() -> None:
    """The stl is the glb in millimetres with Z up; the obj is the glb."""
    import trimesh

    glb, obj, stl = (
        trimesh.load_mesh(FILES / f"models/keepers-chair.{kind}") for kind in ("glb", "obj", "stl")
    )
    assert np.allclose(glb.extents, obj.extents, atol=1e-3)
    assert np.allclose(glb.extents[[0, 2, 1]] * 1000, stl.extents, atol=1)


@pytest.mark.parametrize("name", of(".py"))
def test_the_python_parses_and_is_documented(name: str) -> None:
    """The sample package is real code."""
    tree = ast.parse((FILES / name).read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)


@pytest.mark.parametrize(
    ("name", "package", "grammar"),
    [
        ("code/flash.js", "tree_sitter_typescript", "language_tsx"),
        ("code/millstone.rs", "tree_sitter_rust", "language"),
    ],
)
def test_the_other_code_parses(name: str, package: str, grammar: str) -> None:
    """Its grammar finds no error in it."""
    from importlib import import_module

    from tree_sitter import Language, Parser

    language = Language(getattr(import_module(package), grammar)())
    tree = Parser(language).parse((FILES / name).read_bytes())
    assert not tree.root_node.has_error


@pytest.mark.parametrize(
    "question", [q for q in QUESTIONS if re.match(r"L\d", q.place)], ids=lambda q: q.expect
)
def test_lines_named_hold_the_answer(question: Question) -> None:
    """In plain text files the answer is on the lines named, and there only."""
    lines = question.file.read_text(encoding="utf-8").splitlines()
    first, last = (int(n) for n in (question.place[1:].split("-") * 2)[:2])
    assert any(question.answer in line for line in lines[first - 1 : last])
    if question.file.suffix != ".py":
        assert [n for n, line in enumerate(lines, 1) if question.answer in line] == [first]


def test_the_retry_function_is_the_lines_named() -> None:
    """From its def to its last statement."""
    question = next(q for q in QUESTIONS if q.file.suffix == ".py")
    functions = {
        f.name: f
        for f in ast.walk(ast.parse(question.file.read_text(encoding="utf-8")))
        if isinstance(f, ast.FunctionDef)
    }[question.answer]
    assert question.place == f"L{functions.lineno}-{functions.end_lineno}"


def test_the_triples_are_triples() -> None:
    """Three columns under a header that makes it a graph."""
    rows = [
        line.split("\t")
        for line in (FILES / "graph/people.tsv").read_text(encoding="utf-8").splitlines()
    ]
    assert rows[0] == ["subject", "relation", "object"]
    assert all(len(row) == 3 and all(row) for row in rows)


def test_mail_notebook_and_zip_open() -> None:
    """Their insides are there: an attachment, a picture among the outputs, two members."""
    message = email.message_from_bytes(
        (FILES / "documents/before-we-open.eml").read_bytes(), policy=email.policy.default
    )
    assert [part.get_filename() for part in message.iter_attachments()] == ["ferry-times-2025.csv"]
    cells = json.loads((FILES / "documents/visitors.ipynb").read_text(encoding="utf-8"))["cells"]
    assert any(
        "image/png" in output.get("data", {})
        for cell in cells
        for output in cell.get("outputs", [])
    )
    with zipfile.ZipFile(FILES / "documents/loans.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2


def test_pages_link_to_files_that_exist_and_describe_their_pictures() -> None:
    """No broken picture on the newcomer's first page, and alt text on each."""
    page = BeautifulSoup((FILES / "gallery.html").read_text(encoding="utf-8"), "html.parser")
    images = page.find_all("img")
    assert len(images) == 10
    assert all(image["alt"] for image in images)
    linked = [
        tag.get("src") or tag.get("href") for tag in page.find_all(["img", "audio", "video", "a"])
    ]
    for guide in ("guide.md", "guide.zh.md"):
        linked += re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (FILES / guide).read_text(encoding="utf-8"))
    assert [name for name in linked if not (FILES / str(name)).is_file()] == []


def test_a_worded_answer_stands_in_one_file_only() -> None:
    """A right answer with a wrong citation can be told apart: no other plain text says it."""
    plain = {
        n: (FILES / n).read_text(encoding="utf-8")
        for n in of(".md", ".html", ".tsv", ".py", ".js", ".rs", ".vtt", ".svg", ".eml", ".ipynb")
    }
    for question in QUESTIONS:
        stem = str(Path(question.expect).with_suffix(""))
        other_files = [
            n
            for n, words in plain.items()
            if question.answer and question.answer in words and str(Path(n).with_suffix("")) != stem
        ]
        assert other_files == [], question.ask
