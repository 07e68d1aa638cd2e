"""Every plug-in that is installed keeps its contract, on small real input. Stores have theirs in
tests/stores.
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from polysense import registry
from polysense.demo import FILES
from polysense.errors import MissingDependency
from polysense.question import Exchange, Question
from polysense.read.file.mime import modality_of, sniff
from polysense.read.image.decode import png
from polysense.read.sound.decode import wav
from polysense.stores.memory import Memory
from polysense.testing import (
    check_converter,
    check_encoder,
    check_generator,
    check_parser,
    check_reranker,
    check_rewriter,
)
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from .read.file.compound_file import compound_file, outlook_message
from .read.file.test_tnef import OFFER

READ = {
    "markdown": "guide.md",
    "html": "gallery.html",
    "subtitles": "sounds/keeper-remembers.vtt",
    "email": "documents/before-we-open.eml",
    "notebook": "documents/visitors.ipynb",
    "pdf": "documents/handbook.pdf",
    "docx": "documents/wheel-repair.docx",
    "pptx": "documents/winter-talk.pptx",
    "workbook": "documents/accounts.xlsx",
    "image": "pictures/ferry.jpg",
    "audio": "sounds/bell-1954.ogg",
    "video": "video/a-day-at-the-mill.mp4",
    "mesh": "models/milking-stool.glb",
    "code": "code/tidebook/fetch.py",
    "graph": "graph/people.tsv",
    "markitdown": "documents/winter-talk.pptx",
    "docling": "documents/wheel-repair.docx",
}
"""A file of the demo collection for each parser."""

OF_OTHERS = {
    "markitdown": "markitdown",
    "docling": "docling",
    "xls": "xlrd",
    "msg": "oxmsg",
    "dicom": "pydicom",
}
"""Parsers over a package that is an extra, and that package."""

OVER_FRAMEWORKS = {"langchain", "llama_index", "haystack"}
"""They run what somebody has made in a framework, and are checked with that in their own tests."""

OVER_SERVERS = {"openai", "bedrock", "openai_image", "openai_speech", "openai_transcription"}
"""They ask a server, and are checked before one in their own tests."""

FUSION = {"fusion_in_decoder", "fusion_in_encoder", "rag_sequence"}
"""They name no model of their own, and are checked on small ones in tests/make/text/fusion."""

RST = (
    "Tides\n=====\n\nHigh water follows the moon.\n\n"
    "The mill\n--------\n\nIts wheel has thirty-two paddles.\n"
)
CHAPTER = (
    "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>Tides</title></head>"
    "<body><h1>Tides</h1><p>High water.</p></body></html>"
)
SAMPLES_OF_OWN = {
    "xml": ("tides.xml", "<tides><tide><place>Hafen</place><hour>6</hour></tide></tides>"),
    "calendar": ("tides.ics", "BEGIN:VEVENT\nSUMMARY:High water\nEND:VEVENT\n"),
    "geojson": (
        "pier.geojson",
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [5, 60]}, "properties": {"name": "Tide gauge"}}',
    ),
    "kml": (
        "pier.kml",
        "<kml><Placemark><name>Tide gauge</name><Point><coordinates>5,60</coordinates></Point></Placemark></kml>",
    ),
    "text": (
        "notes.txt",
        "High water follows the moon by an hour.\n\nThe mill wheel has thirty-two paddles.\n",
    ),
    "openapi": (
        "tides.yaml",
        "openapi: 3.1.0\ninfo: {title: Tides}\npaths:\n  /tides:\n    get:\n      summary: High water\n",
    ),
    "rest": ("tides.rst", RST),
    "rtf": ("tides.rtf", r"{\rtf1\ansi{\b High} water follows the moon.\par}"),
    "table": ("rainfall.csv", "month,millimetres\nJanuary,104\nFebruary,87\nMarch,66\n"),
}
"""A file's name and words for those that the demo collection has nothing for."""


def plugins(group: str) -> list[str]:
    """Ours; those of other packages are theirs to check."""
    return [
        name
        for name, e in registry.installed(group).items()
        if e.dist and e.dist.name == "polysense"
    ]


def offline(group: str) -> list[str]:
    """Those that ask no model elsewhere; the others are checked before a server, in their tests."""
    entries = registry.installed(group)
    names = (n for n in plugins(group) if n not in OVER_SERVERS | FUSION)
    return [n for n in names if not registry.asks_language_model(entries[n].load())]


def book(path: Path) -> Path:
    """The smallest EPUB: a chapter."""
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
        "<rootfiles>"
        '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>'
        "</rootfiles></container>"
    )
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("mimetype", "application/epub+zip")
        z.writestr("META-INF/container.xml", container)
        z.writestr("book.opf", opf)
        z.writestr("a.xhtml", CHAPTER)
    return path


OPEN_DOCUMENTS = {
    "odt": ("text", "<text:p>High water follows the moon.</text:p>"),
    "odp": (
        "presentation",
        '<draw:page><draw:frame draw:name="a"><draw:text-box><text:p>High water.</text:p>'
        "</draw:text-box></draw:frame></draw:page>",
    ),
    "ods": (
        "spreadsheet",
        '<table:table table:name="Tides"><table:table-row><table:table-cell><text:p>Moon</text:p>'
        "</table:table-cell><table:table-cell><text:p>Full</text:p></table:table-cell>"
        "</table:table-row></table:table>",
    ),
}
"""The kind of an OpenDocument file and what is in its body, by parser."""


def open_document(path: Path, kind: str, body: str) -> Path:
    """The smallest OpenDocument file: its type and its content."""
    names = {"office": "office", "text": "text", "table": "table", "draw": "drawing"}
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in names.items()
    )
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        z.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:{kind}>{body}"
            f"</office:{kind}></office:body></office:document-content>",
        )
    return path


def sample(name: str, folder: Path) -> Path:
    """A file for the parser of this name."""
    if name == "epub":
        return book(folder / "tides.epub")
    if name == "iwork":
        with zipfile.ZipFile(folder / "tides.pages", "w") as z:
            z.writestr("Index/Document.iwa", b"")
            z.writestr("QuickLook/Preview.pdf", b"%PDF-1.4")
        return folder / "tides.pages"
    if name == "xls":
        workbook = pytest.importorskip("xlwt").Workbook()
        sheet = workbook.add_sheet("Tides")
        for n, words in enumerate(("moon", "full", "new")):
            sheet.write(n, 0, words)
        workbook.save(str(folder / "tides.xls"))
        return folder / "tides.xls"
    if name == "msg":
        message = outlook_message("Tides", "High water follows the moon.")
        (folder / "tides.msg").write_bytes(compound_file(message))
        return folder / "tides.msg"
    if name == "tnef":
        (folder / "winmail.dat").write_bytes(OFFER)
        return folder / "winmail.dat"
    if name == "dicom":
        from pydicom.data import get_testdata_file

        return Path(str(get_testdata_file("CT_small.dcm")))
    if name in OPEN_DOCUMENTS:
        return open_document(folder / f"tides.{name}", *OPEN_DOCUMENTS[name])
    if name in SAMPLES_OF_OWN:
        path = folder / SAMPLES_OF_OWN[name][0]
        path.write_text(SAMPLES_OF_OWN[name][1], "utf-8")
        return path
    return FILES / READ[name]


def pieces(modality: str, *names: str, seconds: float = 0) -> list[Part]:
    """Parts of the demo collection, the first seconds of each."""
    span = Span(seconds=(0, seconds)) if seconds else Span()
    return [Part(modality, FILES / n, mime=sniff(FILES / n, n), name=n, span=span) for n in names]


WORDS = [
    Part("text", "High water follows the moon."),
    Part("text", "A red bicycle " * 40),
    Part("text", " "),
]
PHOTOS = pieces("image", "pictures/ferry.jpg", "pictures/puffin.png")
MILL = "video/a-day-at-the-mill.mp4"
ENCODED = {
    "minilm": WORDS,
    "use": WORDS,
    "photo": PHOTOS,
    "conse": [*PHOTOS, *WORDS[:1]],
    "colour": [*PHOTOS, *WORDS],
    "text": WORDS,
    "sparse": WORDS,
    "colbert": WORDS,
    "clip": [*PHOTOS, *WORDS],
    "image": PHOTOS,
    "colpali": [*PHOTOS, *WORDS],
    "multimodal": [*PHOTOS, *WORDS],
    "sound": pieces("audio", "sounds/bell-1954.ogg", "sounds/foghorn.ogg", seconds=2),
    "sound_events": [
        *pieces("audio", "sounds/bell-1954.ogg", "sounds/foghorn.ogg", seconds=2),
        *WORDS[:1],
    ],
    "speaker": pieces(
        "audio", "sounds/keeper-remembers.mp3", "sounds/harbour-notice.ogg", seconds=5
    ),
    "formula": [
        Part("text", r"$E = \frac{1}{2} m v^2$"),
        Part("text", r"$a^2 + b^2 = c^2$"),
        *WORDS[:1],
    ],
    "shape": pieces("3d", "models/milking-stool.glb", "models/mill-pinion.glb"),
    "aligned": [*PHOTOS, *WORDS],
    "mesh": pieces("3d", "models/milking-stool.glb", "models/mill-pinion.glb"),
    "clap": [
        *pieces("audio", "sounds/bell-1954.ogg", "sounds/foghorn.ogg", seconds=2),
        *WORDS,
    ],
    "voice": pieces("audio", "sounds/keeper-remembers.mp3", "sounds/harbour-notice.ogg", seconds=5),
    "video": [
        Part("video", FILES / MILL, "video/mp4", span=Span(seconds=(start, start + 4)))
        for start in (0, 8)
    ],
}
FILE_BY_MODALITY = {
    "image": "pictures/ferry.jpg",
    "audio": "sounds/foghorn.ogg",
    "video": "video/a-day-at-the-mill.mp4",
    "3d": "models/milking-stool.glb",
    "code": "code/tidebook/fetch.py",
    "table": "documents/accounts.xlsx",
    "graph": "graph/people.tsv",
}
CONVERTED = {
    "pocketsphinx": pieces("audio", "sounds/harbour-notice.ogg", seconds=5)[0],
    "whisper_tiny": pieces("audio", "sounds/harbour-notice.ogg", seconds=5)[0],
    "whisper": pieces("audio", "sounds/harbour-notice.ogg", seconds=5)[0],
    "blip": PHOTOS[0],
    "views": pieces("3d", "models/milking-stool.glb")[0],
    "speech": Part("text", "High water is at noon."),
    "speecht5": Part("text", "High water is at noon."),
    "vits": Part("text", "High water is at noon."),
    "text3d": Part("text", "High water"),
    "heightmap": PHOTOS[0],
    "spectrogram3d": pieces("audio", "sounds/bell-1954.ogg", seconds=2)[0],
}
QUESTIONS = {
    "table_aggregate": "What is the sum of tickets?",
    "table_answer": "What is the sum of tickets?",
    "completion": (
        'def with_retry(call, attempts=3):\n    """Call until it works: wait between attempts."""\n'
    ),
    "latex": "What is the LaTeX of the energy?",
}
"""What a generator is asked, where the question of the contract check is nothing to it."""
WORDS_BY_GENERATOR = {
    "latex": r"The kinetic energy is $E = \frac{1}{2} m v^2$, half the mass times speed squared."
}
"""Words that are evidence to a generator which makes nothing of others."""
TONE = np.sin(np.arange(16_000, dtype=np.float32) * 0.2) * 0.5


def without_network(group: str, name: str) -> str:
    """The plug-in as the settings name it; one that runs models of a hub does not ask it."""
    parameters = inspect.signature(registry.installed(group)[name].load()).parameters
    return f"{name}:offline=true" if "offline" in parameters else name


@contextmanager
def weights(name: str, plugin: Any) -> Iterator[None]:
    """Skips where a plug-in's weights are not here: tests load nothing from the network."""
    try:
        yield
    except MissingDependency as e:
        if not hasattr(plugin, "model") and name != "pocketsphinx":
            raise
        pytest.skip(f"{e}: {e.hint}")


def file_evidence(n: int, kind: str) -> Evidence:
    """A file of the demo collection as evidence: what its parser says most of."""
    path = FILES / FILE_BY_MODALITY[kind]
    mime = sniff(path, path.name)
    asset = Asset(f"{n:032x}", str(path), mime, kind, path.stat().st_size, path=path)
    parser = next(
        p
        for name, e in registry.installed("parsers").items()
        if name not in OF_OTHERS and mime in (p := e.load()).accepts
    )()
    chunk = max(
        (c for c in parser.parse(asset) if isinstance(c, Chunk)),
        key=lambda c: (c.part is not None, len(c.text)),
    )
    forms = (
        Part("image", png(flowchart("High water").data), "image/png"),
        Part("audio", wav(TONE), "audio/wav"),
    )
    return Evidence(
        n, Hit(chunk, 1 / n), chunk.part or Part("text", chunk.words), chunk.span, 1 / n, forms
    )


def words_evidence(words: str) -> Evidence:
    """Words as evidence."""
    chunk = Chunk(
        Asset("0" * 32, "/notes.md", "text/markdown", "text", len(words)),
        Span(lines=(1, 1)),
        "text",
        text=words,
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", words), chunk.span, 1.0)


def flowchart(*words: str) -> Part:
    """Boxes with words in them, one above the other, joined by arrows."""
    picture = Image.new("RGB", (420, 30 + 130 * len(words)), "white")
    pen, face = ImageDraw.Draw(picture), ImageFont.load_default(30)
    for i, label in enumerate(words):
        top = 20 + 130 * i
        pen.rectangle((60, top, 360, top + 70), outline="black", width=3)
        pen.text((210, top + 35), label, "black", face, anchor="mm")
        if i:
            pen.line((210, top - 60, 210, top - 2), "black", 3)
            pen.polygon([(202, top - 14), (218, top - 14), (210, top - 1)], "black")
    return Part("image", np.asarray(picture))


def page() -> Part:
    """A form: a heading, a field with its label, a button."""
    picture = Image.new("RGB", (720, 480), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 720, 70), fill=(31, 41, 55))
    pen.text((24, 35), "Harbour notices", "white", ImageFont.load_default(30), anchor="lm")
    pen.text((40, 130), "Your name", "black", ImageFont.load_default(22), anchor="lm")
    pen.rectangle((40, 150, 460, 200), outline=(120, 120, 120), width=2)
    pen.rounded_rectangle((40, 240, 200, 290), 6, fill=(37, 99, 235))
    pen.text((120, 265), "Send", "white", ImageFont.load_default(22), anchor="mm")
    return Part("image", np.asarray(picture))


def lettering() -> Part:
    """A line of print, as pixels."""
    picture = Image.new("RGB", (420, 60), "white")
    ImageDraw.Draw(picture).text(
        (12, 12), "High water at noon", "black", ImageFont.load_default(32)
    )
    return Part("image", np.asarray(picture))


def test_making_one_does_no_work() -> None:
    """Those outside of any profile too: they are listed, and made, where what they need is not
    installed.
    """
    names = [
        (group, name) for group in registry.GROUPS if group != "stores" for name in plugins(group)
    ]
    code = (
        "import sys; from polysense import registry; "
        "model = registry.load('language_models', 'openai:model=any,accepts=text+image'); "
        f"[registry.load(*p, threads=1, language_model=model) for p in {names}];"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = (
        "torch transformers sentence_transformers huggingface_hub onnx onnxruntime tokenizers "
        "rapidocr cv2 pocketsphinx av PIL trimesh scipy"
    )
    assert set(ast.literal_eval(process.stdout)) & set(heavy.split()) == set()


@pytest.mark.parametrize("name", plugins("parsers"))
def test_parsers(name: str, tmp_path: Path) -> None:
    """What the file's type says goes to this parser, and gives chunks that keep the rules."""
    if name in OF_OTHERS:
        pytest.importorskip(OF_OTHERS[name], reason=f"needs the extra {name}")
    path = sample(name, tmp_path)
    mime = sniff(path, path.name)
    check_parser(
        registry.load("parsers", name),
        Asset("0" * 32, str(path), mime, modality_of(mime), path.stat().st_size, path=path),
    )


@pytest.mark.parametrize("name", ["xls", "msg", "dicom"])
def test_a_parser_without_its_package_says_what_to_type(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in use all the same, so that installing the extra is all that there is to do."""
    assert name in registry.OFFLINE.parsers
    pytest.importorskip(OF_OTHERS[name], reason=f"needs the extra {name}")
    path = sample(name, tmp_path)
    mime = sniff(path, path.name)
    for module in [m for m in sys.modules if m.partition(".")[0] == OF_OTHERS[name]]:
        monkeypatch.setitem(sys.modules, module, None)
    asset = Asset("0" * 32, str(path), mime, modality_of(mime), 1, path=path)
    with pytest.raises(MissingDependency) as raises:
        list(registry.load("parsers", name).parse(asset))
    assert raises.value.hint == f"python -m pip install 'polysense[{name}]'"


def network(folder: Path) -> Path:
    """A network over 3D models: none is published."""
    pytest.importorskip("torch", reason="needs the extra models")
    from polysense.encoders.mesh.architecture import build, save
    from polysense.encoders.mesh.pointnet import PointNetConfig

    save(build(PointNetConfig(dim=8, points=64, widths=(8, 8, 16))), folder)
    return folder


def heads(folder: Path) -> Path:
    """Heads over two encoders, not taught anything."""
    from polysense.encoders.aligned.folder import AlignedConfig, Tower, write_config
    from polysense.train.heads.head import Affine, Head, Normalise

    towers = {}
    for modality, name in (("image", "photo"), ("text", "minilm")):
        space = registry.load("encoders", name).space
        weight = np.eye(space.dim, 64, dtype=np.float32)
        head = Head((Affine(weight, np.zeros(64, np.float32)), Normalise()))
        head.export(folder / f"{modality}.onnx", space.dim, 64)
        towers[modality] = Tower(name, space.revision, f"{modality}.onnx")
    write_config(AlignedConfig("test", 64, towers, ("image",)), folder)
    return folder


OWN_FOLDERS = {"mesh": network, "aligned": heads}
"""Encoders of one's own trainings, and what makes a folder for each."""


@pytest.mark.parametrize("name", sorted(set(plugins("encoders")) - OVER_FRAMEWORKS - OVER_SERVERS))
def test_encoders(name: str, tmp_path: Path) -> None:
    own = OWN_FOLDERS.get(name)
    spec = f"{name}:model={own(tmp_path)}" if own else without_network("encoders", name)
    encoder = registry.load("encoders", spec, threads=1)
    with weights(name, encoder):
        check_encoder(encoder, ENCODED[name])


def converter_input(name: str) -> Part:
    """Something for the converter of this name."""
    drawings = {
        "flowchart": lambda: flowchart("Open sluice", "Turn wheel", "Grind flour"),
        "sketch": page,
        "ocr": lettering,
    }
    return drawings[name]() if name in drawings else CONVERTED[name]


@pytest.mark.parametrize("name", offline("converters"))
def test_converters(name: str) -> None:
    spec = "views:count=2,size=64" if name == "views" else without_network("converters", name)
    converter = registry.load("converters", spec, threads=1)
    if getattr(converter, "model", "hub") == "":
        pytest.skip("it names no model of its own; its own test builds one")
    with weights(name, converter):
        check_converter(converter, converter_input(name))


OF_TABLES = {"table_answer"}
"""They take words as well, but make something of records among them alone."""

FILM_MAKERS = {"narrated_film", "video_clip"}
"""They take a minute, as a film does."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name in FILM_MAKERS else name
        for name in offline("generators")
    ],
)
def test_generators(name: str) -> None:
    """On words, or on a file of each kind that it takes where those are not among them."""
    generator = registry.load("generators", without_network("generators", name))
    if hasattr(generator, "model"):
        pytest.skip("its own test builds a model for it")
    kinds = (
        ["table"]
        if name in OF_TABLES
        else []
        if "text" in generator.accepts and not generator.needs
        else sorted(generator.accepts & FILE_BY_MODALITY.keys())
    )
    evidence = (
        [words_evidence(WORDS_BY_GENERATOR[name])]
        if name in WORDS_BY_GENERATOR
        else [file_evidence(n, kind) for n, kind in enumerate(kinds, 1)]
    )
    check_generator(generator, evidence, QUESTIONS.get(name, "When is high water?"))


@pytest.mark.parametrize("name", offline("rerankers"))
def test_rerankers(name: str) -> None:
    asset = Asset("0" * 32, "/sea.txt", "text/plain", "text", 1)
    chunks = [
        Chunk(asset, Span(page=n), "text", text=str(p.data)) for n, p in enumerate(WORDS[:2], 1)
    ]
    reranker = registry.load("rerankers", without_network("rerankers", name))
    with weights(name, reranker):
        check_reranker(reranker, (Part("text", "When is high water?"),), chunks)


REWRITTEN = {
    "history": "And when is it low?",
    "spelling": "How far is the lighthuose?",
    "expansion": "lighthouse",
    "decomposition": "Which is taller, the lighthouse or the mill?",
}
"""A question that the rewriter of this name changes."""


@pytest.mark.parametrize("name", offline("rewriters"))
def test_rewriters(name: str) -> None:
    """On a question that it is for, after one that was asked before."""
    words, store = Part("text", REWRITTEN[name]), Memory()
    asset = Asset("0" * 32, "/sea.txt", "text/plain", "text", 1)
    texts = ("The lighthouse is a mile out.", "A mile of sand leads to the lighthouse.")
    store.add([Chunk(asset, Span(page=n), "text", text=t) for n, t in enumerate(texts, 1)])
    history = (Exchange("How high is the water?", "It is 3 m high."),)
    check_rewriter(
        registry.load("rewriters", name), Question((words,), ((words,),)), history, store
    )
