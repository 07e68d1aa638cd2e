"""ColPali: pages of a PDF found by words, with the place on the page, on a small model of the true
architecture that sees colours (tiny_pages).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense import Image, Library, kit
from polysense.encoders.colpali import ColPali
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.testing import check_encoder
from polysense.types import PAGE, Part, Span

from . import tiny_pages, tiny_vision

pytest.importorskip("sentence_transformers", reason="ColPali needs sentence-transformers")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

BARE = ["-minilm", "-photo", "-conse", "-sound", "-speaker", "-shape", "-formula"]
PAGES = (
    {"R": (1, 2, 3, 5), "G": (5, 6, 7, 8)},
    {"B": (4, 1, 7, 3)},
    {"G": (0, 0, 2, 2)},
)
"""What is on the pages of the document, in patches of which a page has 8 x 8."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vision.save(tiny_pages.colpali, tmp_path_factory.mktemp("models") / "tiny-pages")


@pytest.fixture(scope="module")
def library(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A document of three pages that was indexed without the model, and then with it."""
    root = tmp_path_factory.mktemp("library")
    (root / "in").mkdir()
    tiny_pages.pdf(root / "in" / "plans.pdf", PAGES)
    one = Limits(workers=1)
    with Library(root / "kb", kit=kit(encoders=BARE, converters=["-ocr"]), limits=one) as kb:
        assert kb.index(root / "in").failed == ()
        assert kb.store.count(f"native = '{PAGE}'") == 0
    own = kit(encoders=[f"colpali:model={folder}", *BARE], converters=["-ocr"])
    kb = Library(root / "kb", kit=own, limits=one)
    report = kb.index(root / "in")
    assert (report.indexed, report.unchanged) == (0, 1)
    return kb


def test_it_keeps_the_contract(folder: Path) -> None:
    """A list of unit vectors a patch; words are queries alone."""
    encoder = ColPali(model=str(folder), device="cpu")
    pages = [Part("image", tiny_pages.pixels(boxes)) for boxes in PAGES]
    vectors = check_encoder(encoder, [*pages, Part("text", "G")])
    assert [v.shape for v in vectors] == [(64, 16)] * 3
    assert (encoder.space.metric, encoder.space.dim) == ("maxsim", 16)


def test_vectors_are_those_of_the_bare_model(folder: Path) -> None:
    """Of a page those of its patches, of words all: the scores are transformers' own."""
    import torch
    from PIL import Image as Pil
    from transformers import ColPaliForRetrieval, ColPaliProcessor

    model = ColPaliForRetrieval.from_pretrained(folder)
    processor = ColPaliProcessor.from_pretrained(folder)
    array = tiny_pages.pixels(PAGES[0])
    with torch.no_grad():
        page = model(**processor.process_images([Pil.fromarray(array)])).embeddings[0]
        query = model(**processor.process_queries(["where is R"])).embeddings[0]
    encoder = ColPali(model=str(folder), device="cpu")
    own_page = encoder.encode([Part("image", array)])[0]
    own_query = encoder.encode([Part("text", "where is R")], "query")[0]
    np.testing.assert_allclose(own_page, page[: tiny_pages.GRID**2], atol=1e-5)
    np.testing.assert_allclose(own_query, query, atol=1e-5)


@pytest.mark.parametrize(("letter", "page"), [("R", 1), ("B", 2)])
def test_words_find_the_page_and_the_place_on_it(library: Library, letter: str, page: int) -> None:
    """The region's box is that of the ink, in fractions of the page; the space says why."""
    hit = library.search(f"where is {letter}", k=3)[0]
    assert (hit.modality, hit.chunk.span.page) == ("image", page)
    assert hit.place.page == page
    assert hit.place.box == tuple(v / tiny_pages.GRID for v in PAGES[page - 1][letter])
    assert [(w.space, w.rank) for w in hit.why] == [("colpali-tiny-pages", 1)]


def test_a_picture_finds_the_page_that_looks_like_it(library: Library) -> None:
    """A snapshot of the page, not the file."""
    shot = Image(tiny_pages.pixels(PAGES[1]))
    assert library.search(shot, k=1)[0].chunk.span.page == 2


def test_pages_are_found_by_their_looks_alone(library: Library) -> None:
    """Their words, and the file's name, are other chunks': those are found by words."""
    hits = library.search("plans, sheet number 2", k=10, using="bm25")
    assert hits
    assert {h.modality for h in hits} == {"text"}
    assert library.store.count(f"native = '{PAGE}'") == 3


def test_another_run_changes_nothing(library: Library) -> None:
    """The pages are added once."""
    before = {c.id for c in library.chunks(library.assets()[0].id)}
    library.index(*[Path(a.uri) for a in library.assets()])
    assert {c.id for c in library.chunks(library.assets()[0].id)} == before


def test_a_scan_is_no_page_twice(folder: Path, tmp_path: Path) -> None:
    """A page without words is a picture already, and the model takes that."""
    (tmp_path / "in").mkdir()
    path = tiny_pages.pdf(tmp_path / "in" / "scan.pdf", PAGES[:1], has_words=False)
    own = kit(encoders=[f"colpali:model={folder}", *BARE], converters=["-ocr"])
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        kb.index(path)
        assert [c.part and c.part.modality for c in kb.chunks(path)] == ["image"]
        hit = kb.search("where is R", k=1)[0]
        assert hit.place == Span(page=1, box=(0.125, 0.25, 0.375, 0.625))


def test_pages_keep_their_proportions_where_the_model_does(tmp_path: Path) -> None:
    """ColQwen2: the grid of a page's patches is the one that its processor makes, and the place is
    that of the patch itself.
    """
    from PIL import Image as Pil
    from transformers import ColQwen2Processor

    folder = tiny_vision.save(tiny_pages.colqwen2, tmp_path / "tiny-qwen")
    encoder = ColPali(model=str(folder), device="cpu")
    processor = ColQwen2Processor.from_pretrained(folder)
    tall = np.random.default_rng(0).integers(0, 255, (400, 280, 3), np.uint8)
    for array in (tall, tall[:150]):
        [[_, rows, columns]] = processor.process_images([Pil.fromarray(array)])["image_grid_thw"]
        rows, columns = int(rows) // 2, int(columns) // 2  # two by two are one token
        part = Part("image", array)
        [vectors] = encoder.encode([part])
        assert len(vectors) == rows * columns
        paper, ink = np.eye(16, dtype=np.float32)[:2]
        patches = np.tile(paper, (rows * columns, 1))
        patches[columns + 1] = ink  # the second of the second row
        place = encoder.locate(part, ink[None], patches)
        assert place == Span(box=(1 / columns, 1 / rows, 2 / columns, 2 / rows))


def test_a_model_of_other_things_is_refused(tmp_path: Path) -> None:
    """With the plug-in that takes it."""
    folder = tiny_vision.save(tiny_vision.clip, tmp_path / "clip")
    with pytest.raises(BadConfig) as error:
        ColPali(model=str(folder), device="cpu").encode([Part("text", "hello")], "query")
    assert "clip:model=" in error.value.hint
