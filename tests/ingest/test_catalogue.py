"""What is where, across processes and kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import ForeignLibrary
from polysense.ingest.catalogue import RETRY, Catalogue
from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.scan import File
from polysense.results import Failure
from polysense.types import Asset, Link


def file(uri: str, size: int = 3, time: int = 5) -> File:
    return File(uri, Path(uri), size, time)


def asset(id: str, uri: str) -> Asset:
    return Asset(id, uri, "text/plain", "text", 3, {"created": "2024", "modified": "2025"})


@pytest.fixture
def catalogue() -> Catalogue:
    result = Catalogue(":memory:")
    result.record_indexed(
        [
            IndexedFile(
                file("/a.txt"), asset("A", "/a.txt"), (Link("/p.png", "a puffin"),), mentions="old"
            )
        ]
    )
    result.record_indexed([IndexedFile(file("/z.zip"), asset("", "/z.zip"))])
    result.add_locations([(file("/b.txt"), "A", "")])
    result.record_failures([(file("/bad.pdf"), Failure("/bad.pdf", "broken", "mend it"))])
    return result


def test_places_and_assets(catalogue: Catalogue) -> None:
    """One content at two places is one asset; an archive is a place without an asset."""
    assert catalogue.place_states() == {
        "/a.txt": (3, 5, "A", ""),
        "/b.txt": (3, 5, "A", ""),
        "/z.zip": (3, 5, "", ""),
    }
    assert catalogue.places(["A", "B"]) == {"A": ["/a.txt", "/b.txt"]}
    assert catalogue.counts() == {"assets": 1, "places": 3, "failures": 1}
    assert catalogue.asset("A") == asset("A", "/a.txt")
    assert catalogue.asset("A").meta == {"created": "2024", "modified": "2025"}  # type: ignore[union-attr]


def test_under_a_folder_or_an_archive() -> None:
    """`remove` of a folder takes what is in it, and not its neighbours of a similar name."""
    catalogue = Catalogue(":memory:")
    names = ["/d/a", "/d/e/b", "/dd/c", "/d.zip", "/d.zip!/m", "/d.zip!/n/o", "/d.zipped"]
    catalogue.add_locations([(file(n), "A", "") for n in names])
    assert catalogue.uris_under("/d") == ["/d/a", "/d/e/b"]
    assert catalogue.uris_under("/d.zip") == ["/d.zip", "/d.zip!/m", "/d.zip!/n/o"]
    assert len(catalogue.uris_under("/")) == len(names)


def test_assets_by_words_of_their_names() -> None:
    """In capitals or not; signs that match anything elsewhere are signs."""
    catalogue = Catalogue(":memory:")
    uris = ["/d/Manual.pdf", "/d/manual_2.pdf", "/e/100%.txt", "/e/100.txt"]
    catalogue.record_indexed(
        IndexedFile(File(u, Path(u), 1, 1), Asset(u[::-1], u, "", "text", 1)) for u in uris
    )
    names = {w: [a.name for a in catalogue.assets_named(w, 9)] for w in ("manual", "l_", "%")}
    assert names == {
        "manual": ["Manual.pdf", "manual_2.pdf"],
        "l_": ["manual_2.pdf"],
        "%": ["100%.txt"],
    }
    assert len(catalogue.assets_named("manual", 1)) == 1


def test_words_of_links_reach_an_asset_at_any_of_its_places(catalogue: Catalogue) -> None:
    """Two sentences about a picture, each once, whichever of its places the page names."""
    page, picture = asset("P", "/p.html"), asset("I", "/a.png")
    catalogue.record_indexed(
        [
            IndexedFile(file("/a.png"), picture),
            IndexedFile(
                file("/p.html"), page, (Link("/p.png", "a bird"), Link("/p.png", "a puffin"))
            ),
        ]
    )
    assert catalogue.mentions() == {}
    catalogue.add_locations([(file("/p.png"), "I", "")])
    assert catalogue.mentions() == {"I": "a puffin\na bird"}
    assert catalogue.stored_mentions()["A"] == "old"
    catalogue.record_mentions({"A": "new"})
    assert catalogue.stored_mentions()["A"] == "new"


def test_a_file_that_fails_now_has_no_place(catalogue: Catalogue) -> None:
    """What it held before is not there any more; when it can be read again the failure is
    forgotten.
    """
    catalogue.record_failures([(file("/a.txt", 9), Failure("/a.txt", "broken now", "h"))])
    assert "/a.txt" not in catalogue.place_states()
    assert catalogue.failures()["/a.txt"] == (9, 5, Failure("/a.txt", "broken now", "h"))
    catalogue.add_locations([(file("/a.txt"), "A", "")])
    assert set(catalogue.failures()) == {"/bad.pdf"}


def test_assets_without_a_place(catalogue: Catalogue) -> None:
    """They are found, so that their chunks can go."""
    catalogue.forget_places(["/a.txt", "/bad.pdf"])
    assert catalogue.orphans() == []
    assert catalogue.failures() == {}
    catalogue.forget_places(["/b.txt"])
    assert catalogue.orphans() == ["A"]


def test_partly_lost_files_are_told(catalogue: Catalogue) -> None:
    """What of an indexed file could not be read is kept with it."""
    catalogue.record_indexed(
        [
            IndexedFile(
                file("/c.pdf"),
                asset("C", "/c.pdf"),
                partial_failure=Failure("/c.pdf", "page 3 is broken", "h"),
            )
        ]
    )
    assert catalogue.partial_failures() == [Failure("/c.pdf", "page 3 is broken", "h")]


def test_words_that_no_database_holds_do_not_stop_a_run(catalogue: Catalogue) -> None:
    """Lone surrogates come out of notebooks and archives."""
    catalogue.record_indexed(
        [
            IndexedFile(
                file("/n"),
                asset("N", "/n"),
                (Link("/q\udc80", "alt \ud800"),),
                Failure("/n", "x\udcff", "y\udcff"),
            )
        ]
    )
    catalogue.record_failures([(file("/m"), Failure("/m", "member \udcff", "h"))])
    catalogue.add_locations([(file("/q?"), "A", "")])
    assert catalogue.mentions()["A"].endswith("alt ?")


def test_a_failed_write_leaves_nothing_half_done(catalogue: Catalogue) -> None:
    """One transaction a batch."""

    def failing_files() -> object:
        yield file("/x"), "A", ""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalogue.add_locations(failing_files())  # type: ignore[arg-type]
    assert "/x" not in catalogue.place_states()


def test_a_run_that_was_cut_off_is_known(tmp_path: Path) -> None:
    """The next process sees that the last one did not end."""
    first = Catalogue(tmp_path / "c.db")
    first.set_running(True)
    first.close()
    second = Catalogue(tmp_path / "c.db")
    assert second.was_interrupted
    second.set_running(False)
    assert not second.was_interrupted
    second.close()


def test_reading_while_another_writes(tmp_path: Path) -> None:
    """A search is not held up by an index."""
    writer, reader = Catalogue(tmp_path / "c.db"), Catalogue(tmp_path / "c.db")
    with writer._writing() as db:
        db.execute("INSERT INTO places VALUES ('/x', 'X', 1, 1, '')")
        assert reader.place_states() == {}
    assert set(reader.place_states()) == {"/x"}
    writer.close()
    reader.close()


def test_something_else_is_not_a_catalogue(tmp_path: Path) -> None:
    """Bytes that are no database are refused, and stay."""
    path = tmp_path / "catalogue.db"
    path.write_bytes(b"my own notes, not a database at all" * 40)
    with pytest.raises(ForeignLibrary):
        Catalogue(path)
    assert path.read_bytes().startswith(b"my own notes")


def test_links_lead_on_from_each_place_of_a_document(catalogue: Catalogue, tmp_path: Path) -> None:
    """A folder that was renamed still shows its pictures; what was named by an absolute path stays
    there.
    """
    for name in ("old/p.png", "new/p.png", "shared.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    old, new, shared = (str(tmp_path / n) for n in ("old", "new", "shared.png"))
    links = (Link(f"{old}/p.png", "a puffin"), Link(shared, "a map"), Link("", "nothing"))
    catalogue.record_indexed(
        [IndexedFile(file(f"{old}/page.html"), asset("P", f"{old}/page.html"), links)]
    )
    catalogue.record_indexed(
        [
            IndexedFile(file(f"{n}"), asset(i, n))
            for i, n in (("O", f"{old}/p.png"), ("N", f"{new}/p.png"), ("S", shared))
        ]
    )
    catalogue.add_locations(
        [(file(f"{new}/deep/../page.html"), "P", ""), (file(f"{new}/page.html"), "P", "")]
    )
    assert catalogue.mentions() == {"O": "a puffin", "N": "a puffin", "S": "a map"}
    catalogue.forget_places([f"{old}/page.html"])
    assert catalogue.mentions() == {"N": "a puffin", "S": "a map"}
    catalogue.forget_places([f"{new}/page.html", f"{new}/deep/../page.html"])
    assert catalogue.mentions() == {}


def test_links_inside_an_archive_follow_its_name(catalogue: Catalogue) -> None:
    """No file is looked for there."""
    catalogue.record_indexed(
        [
            IndexedFile(
                file("/a.zip!/s/page.html"),
                asset("P", "/a.zip!/s/page.html"),
                (Link("/a.zip!/p.png", "a puffin"),),
            )
        ]
    )
    catalogue.record_indexed([IndexedFile(file("/b.zip!/p.png"), asset("N", "/b.zip!/p.png"))])
    catalogue.add_locations([(file("/b.zip!/s/page.html"), "P", "")])
    assert catalogue.mentions() == {"N": "a puffin"}


def test_other_readers_try_again_what_could_not_be_read(catalogue: Catalogue) -> None:
    """Once; and not what was read whole."""
    partial = IndexedFile(
        file("/y.zip!/c.pdf"),
        asset("C", "/y.zip!/c.pdf"),
        partial_failure=Failure("/y.zip!/c.pdf", "page 3 is broken", "h"),
    )
    catalogue.record_indexed([partial, IndexedFile(file("/y.zip"), asset("", "/y.zip"))])
    catalogue.use_readers("one")
    times = {
        uri: time
        for uri, (_, time, *_) in (catalogue.place_states() | catalogue.failures()).items()
    }
    assert {uri for uri, time in times.items() if time == RETRY} == {
        "/bad.pdf",
        "/y.zip",
        "/y.zip!/c.pdf",
    }
    catalogue.record_failures([(file("/bad.pdf"), Failure("/bad.pdf", "broken", "mend it"))])
    catalogue.use_readers("one")
    assert catalogue.failures()["/bad.pdf"][1] == 5
    catalogue.use_readers("two")
    assert catalogue.failures()["/bad.pdf"][1] == RETRY


def test_assets_that_lie_elsewhere_now(catalogue: Catalogue) -> None:
    """Their first place is gone, or holds something else."""
    assert catalogue.relocated_assets() == []
    catalogue.forget_places(["/a.txt"])
    assert [a.id for a in catalogue.relocated_assets()] == ["A"]
    catalogue.move([asset("A", "/b.txt")])
    assert catalogue.relocated_assets() == []


def test_more_ids_than_a_statement_takes(tmp_path: Path) -> None:
    """SQLite binds 32,766 values at most; a library has more assets than that."""
    catalogue = Catalogue(tmp_path / "c.db")
    file = File("/a/b.txt", Path("/a/b.txt"), 1, 1)
    catalogue.record_indexed([IndexedFile(file, Asset("x", "/a/b.txt", "", "text", 1))])
    ids = [f"{n:032x}" for n in range(40_000)]
    assert catalogue.places([*ids, "x"]) == {"x": ["/a/b.txt"]}


def test_lookups_go_by_an_index(tmp_path: Path) -> None:
    """What is asked for by a path costs the same in a library of any size: no statement reads a
    table whole.
    """
    catalogue, statements = Catalogue(tmp_path / "c.db"), []
    uris = ["/a/b.txt", "/a/b.jpg", "/a/bc.txt", "/a.zip!/b.txt", "/ab/b.txt", "/a/b.d/c.txt"]
    catalogue.record_indexed(
        IndexedFile(File(u, Path(u), 1, 1), Asset(u[::-1], u, "", "text", 1)) for u in uris
    )
    catalogue._db.set_trace_callback(statements.append)
    assert catalogue.asset_at("/a/b.txt") == "txt.b/a/"
    assert catalogue.asset_at("/a/x.txt") is None
    assert sorted(catalogue.uris_under("/a")) == [
        "/a/b.d/c.txt",
        "/a/b.jpg",
        "/a/b.txt",
        "/a/bc.txt",
    ]
    assert catalogue.uris_under("/a.zip") == ["/a.zip!/b.txt"]
    assert catalogue.uris_under("/a/b.txt") == ["/a/b.txt"]
    assert len(catalogue.uris_under("/")) == len(uris)
    named_alike = {a.uri for a in catalogue.assets_of_one_name(["txt.b/a/"])}
    assert {"/a/b.txt", "/a/b.jpg"} <= named_alike
    assert named_alike.isdisjoint({"/a/bc.txt", "/ab/b.txt"})
    catalogue._db.set_trace_callback(None)
    for sql in statements:
        plan = [r["detail"] for r in catalogue._rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert not [
            p for p in plan if p.startswith(("SCAN places", "SCAN assets", "SCAN failures"))
        ]


def test_a_bare_name_leads_to_the_one_file_that_has_it(catalogue: Catalogue) -> None:
    """Notes in one folder name a picture in another; two of that name are a guess, and a path that
    leads nowhere is a path.
    """
    names = ["/pics/one.png", "/pics/two.png", "/old/two.png", "/pics/three.png"]
    catalogue.add_locations([(file(n), n, "") for n in names])
    refs = ("/notes/one.png", "/notes/two.png", "/notes/img/three.png")
    links = tuple(Link(r, f"about {r}") for r in refs)
    catalogue.record_indexed(
        [IndexedFile(file("/notes/log.txt"), asset("L", "/notes/log.txt"), links)]
    )
    catalogue.resolve_bare_names()
    assert catalogue.mentions() == {"/pics/one.png": "about /notes/one.png"}
    assert catalogue.mentions_of("/pics/one.png") == [("L", "about /notes/one.png")]


def test_a_name_without_its_ending_leads_to_the_one_file_that_has_it(catalogue: Catalogue) -> None:
    """Wherever it lies; two that differ in their ending alone are a guess."""
    names = ["/pics/DSC0042.jpg", "/notes/DSC0043.jpg", "/pics/DSC0044.jpg", "/pics/DSC0044.xmp"]
    catalogue.add_locations([(file(n), n, "") for n in names])
    links = tuple(Link(f"/notes/DSC00{n}", f"about {n}") for n in (42, 43, 44, 45))
    catalogue.record_indexed(
        [IndexedFile(file("/notes/log.txt"), asset("L", "/notes/log.txt"), links)]
    )
    catalogue.resolve_bare_names()
    assert catalogue.mentions() == {
        "/pics/DSC0042.jpg": "about 42",
        "/notes/DSC0043.jpg": "about 43",
    }


def test_a_name_without_its_ending_leads_beside_the_document_first(catalogue: Catalogue) -> None:
    """Though another folder has one of that name; a word that is no such name leads nowhere."""
    names = ["/notes/IMG_0014.jpg", "/pics/IMG_0014.jpg", "/pics/guide.png", "/pics/about.html"]
    catalogue.add_locations([(file(n), n, "") for n in names])
    links = tuple(Link(f"/notes/{n}", f"about {n}") for n in ("IMG_0014", "guide", "about"))
    catalogue.record_indexed(
        [IndexedFile(file("/notes/log.txt"), asset("L", "/notes/log.txt"), links)]
    )
    catalogue.resolve_bare_names()
    assert catalogue.mentions() == {"/notes/IMG_0014.jpg": "about IMG_0014"}
