"""Documents by Docling: on real files, with the pages and boxes that it tells.

Its reading of PDFs runs on a tiny layout model of the true architecture, with random weights: it
marks no region, so that every line is a paragraph of its own, in its true place.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("docling", reason="needs the extra docling, and a torchvision that fits torch")

from polysense import Library, kit, registry
from polysense.demo import FILES
from polysense.errors import BadConfig, MissingDependency, Unreadable
from polysense.read.document.docling import DoclingParser
from polysense.read.document.pdf.parser import PdfParser
from polysense.read.file.mime import modality_of, sniff
from polysense.testing import check_parser
from polysense.types import Asset, Chunk

pytestmark = pytest.mark.filterwarnings("ignore")  # a dozen packages, each with its own

LABELS = (
    "caption", "footnote", "formula", "list_item", "page_footer", "page_header", "picture",
    "section_header", "table", "text", "title",
)  # fmt: skip
"""What Docling's layout models tell apart."""


def asset_of(path: Path) -> Asset:
    mime = sniff(path, path.name)
    return Asset("0" * 32, str(path), mime, modality_of(mime), path.stat().st_size, path=path)


def read(path: Path) -> list[Chunk]:
    """Its chunks, checked against the contract."""
    return check_parser(DoclingParser(), asset_of(path))


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Docling's models, in it its layout model (RT-DETRv2), tiny."""
    import torch
    from transformers import RTDetrResNetConfig, RTDetrV2Config, RTDetrV2ForObjectDetection
    from transformers.models.rt_detr.image_processing_rt_detr import RTDetrImageProcessor

    backbone = RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 8, 16, 16],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = RTDetrV2Config(
        backbone_config=backbone,
        encoder_hidden_dim=16,
        encoder_in_channels=[8, 16, 16],
        encoder_layers=1,
        encoder_ffn_dim=16,
        encoder_attention_heads=2,
        d_model=16,
        num_queries=10,
        decoder_in_channels=[16, 16, 16],
        decoder_ffn_dim=16,
        decoder_layers=2,
        decoder_attention_heads=2,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
    )
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("artifacts")
    layout = folder / "docling-project--docling-layout-heron"
    RTDetrV2ForObjectDetection(config).save_pretrained(layout)
    RTDetrImageProcessor(size={"height": 64, "width": 64}).save_pretrained(layout)
    return folder


def test_a_word_document_has_sections() -> None:
    """It has no pages: the place is the heading, and a table's number and cells."""
    chunks = read(FILES / "documents" / "wheel-repair.docx")
    (worm,) = [c for c in chunks if "Shipworm" in c.text]
    assert worm.span.node == "Findings > Shipworm"
    assert worm.context == "Repair of the water wheel, 2023 > Findings > Shipworm"
    (table,) = [c for c in chunks if c.modality == "table"]
    assert str(table.span) == "A1:D5, table 1"


def test_slides_have_boxes() -> None:
    """As fractions of the slide, origin top left; notes lie beside it."""
    chunks = read(FILES / "documents" / "winter-talk.pptx")
    (crack,) = [c for c in chunks if "cracks the old bell" in c.text]
    start = crack.text.index("November")
    place = crack.place(start, start + 8)
    assert place.page == 3
    assert place.box == pytest.approx((0.0525, 0.2667, 0.4425, 0.8), abs=1e-3)
    (note,) = [c for c in chunks if "the donkey refused" in c.text]
    assert (note.span.page, note.span.box) == (3, None)
    (jobs,) = [c for c in chunks if c.modality == "table"]
    assert str(jobs.span) == "p. 5, A1:C4"
    assert jobs.span.box is not None


def test_pieces_of_a_paragraph_are_one(tmp_path: Path) -> None:
    """Docling makes an item of each that is bold or linked."""
    (tmp_path / "a.html").write_text("<h1>Tides</h1><p>High <b>water</b> follows the moon.</p>")
    (chunk,) = read(tmp_path / "a.html")
    assert chunk.text == "Tides\n\nHigh water follows the moon."


def test_asciidoc_which_nothing_else_reads_as_such(tmp_path: Path) -> None:
    """By the ending: it has no type of its own."""
    path = tmp_path / "tides.adoc"
    path.write_text("= Tides\n\n== The mill\n\nThirty-two paddles.\n\n|===\n|Day |Time\n|===\n")
    words, table = read(path)
    assert words.context == "Tides > The mill"
    assert table.modality == "table"
    assert registry.kit().parsers.get(".adoc") is None


def test_a_pdf_has_pages_and_boxes(artifacts: Path) -> None:
    """Where our own reader of PDFs finds the same words."""
    path = FILES / "documents" / "handbook.pdf"
    parser = DoclingParser(artifacts=str(artifacts), tables=False)
    words = "23 metres tall"

    def place_of(chunks: list[Chunk]) -> tuple[int, tuple[float, ...]]:
        (chunk,) = [c for c in chunks if words in c.text]
        start = chunk.text.index(words)
        place = chunk.place(start, start + len(words))
        assert place.page is not None
        assert place.box is not None
        return place.page, place.box

    page, box = place_of(check_parser(parser, asset_of(path)))
    own_page, own_box = place_of(check_parser(PdfParser(), asset_of(path)))
    assert page == own_page == 2
    assert box[1] == pytest.approx(own_box[1], abs=0.02)
    assert box[3] == pytest.approx(own_box[3], abs=0.02)
    assert box[0] <= own_box[0] + 0.02
    assert box[2] >= own_box[2] - 0.02


def test_it_reads_only_where_it_is_named(artifacts: Path, tmp_path: Path) -> None:
    """One line of configuration, for the types that it says; found, with page and box and why."""
    assert isinstance(kit().parsers["application/pdf"], PdfParser)
    assert isinstance(kit(parsers=["docling:"]).parsers["application/pdf"], DoclingParser)
    models = kit(
        parsers=[f"docling:types=pdf,artifacts={artifacts},tables=false"],
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders if e != "minilm"],
    )
    assert not isinstance(models.parsers["text/html"], DoclingParser)
    with Library(tmp_path / "kb", kit=models) as kb:
        assert not kb.index(FILES / "documents" / "handbook.pdf").failed
        hit = kb.search("How tall is the tower?")[0]
    assert hit.place.page == 2
    assert hit.place.box is not None
    assert {w.space for w in hit.why} == {"bm25", "minilm"}


def test_models_that_are_not_there_are_named(tmp_path: Path) -> None:
    """The command that fetches them, and the option that names them."""
    asset = asset_of(FILES / "documents" / "handbook.pdf")
    with pytest.raises(BadConfig, match="no such folder") as raises:
        list(DoclingParser(artifacts=str(tmp_path / "nowhere")).parse(asset))
    assert "docling-tools models download" in raises.value.hint
    with pytest.raises(MissingDependency, match="models for PDFs cannot be loaded") as missing:
        list(DoclingParser(artifacts=str(tmp_path)).parse(asset))
    assert "docling:artifacts=FOLDER" in missing.value.hint


def test_what_cannot_be_read_says_so(tmp_path: Path) -> None:
    """By the file's own name."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    with pytest.raises(Unreadable, match=r"a\.pdf"):
        list(DoclingParser().parse(asset_of(tmp_path / "a.pdf")))
    with pytest.raises(BadConfig, match="no type 'doc'"):
        DoclingParser(types="doc")
