"""What is where, across processes and kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import ForeignLibrary
from polysense.ingest.catalogue import RETRIED, Catalogue, Done
from polysense.ingest.scan import File
from polysense.results import Failure
from polysense.types import Asset, Link


def file(uri: str, size: int = 3, time: int = 5) -> File:
    return File(uri, Path(uri), size, time)


def asset(id: str, uri: str) -> Asset:
    return Asset(id, uri, "text/plain", "text", 3, {"created": "2024", "modified": "2025"})


@pytest.fixture
def catalogue() -> Catalogue:
    made = Catalogue(":memory:")
    made.done(
        [Done(file("/a.txt"), asset("A", "/a.txt"), (Link("/p.png", "a puffin"),), linked="old")]
    )
    made.done([Done(file("/z.zip"), asset("", "/z.zip"))])
    made.also([(file("/b.txt"), "A", "")])
    made.failed([(file("/bad.pdf"), Failure("/bad.pdf", "broken", "mend it"))])
    return made


def test_places_and_assets(catalogue: Catalogue) -> None:
    """One content at two places is one asset; an archive is a place without an asset."""
    assert catalogue.known() == {
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
    made = Catalogue(":memory:")
    names = ["/d/a", "/d/e/b", "/dd/c", "/d.zip", "/d.zip!/m", "/d.zip!/n/o", "/d.zipped"]
    made.also([(file(n), "A", "") for n in names])
    assert made.under("/d") == ["/d/a", "/d/e/b"]
    assert made.under("/d.zip") == ["/d.zip", "/d.zip!/m", "/d.zip!/n/o"]
    assert len(made.under("/")) == len(names)


def test_words_of_links_reach_an_asset_at_any_of_its_places(catalogue: Catalogue) -> None:
    """Two sentences about a picture, each once, whichever of its places the page names."""
    page, picture = asset("P", "/p.html"), asset("I", "/a.png")
    catalogue.done(
        [
            Done(file("/a.png"), picture),
            Done(file("/p.html"), page, (Link("/p.png", "a bird"), Link("/p.png", "a puffin"))),
        ]
    )
    assert catalogue.mentions() == {}
    catalogue.also([(file("/p.png"), "I", "")])
    assert catalogue.mentions() == {"I": "a puffin\na bird"}
    assert catalogue.applied()["A"] == "old"
    catalogue.relink({"A": "new"})
    assert catalogue.applied()["A"] == "new"


def test_a_file_that_fails_now_has_no_place(catalogue: Catalogue) -> None:
    """What it held before is not there any more; when it can be read again the failure is
    forgotten.
    """
    catalogue.failed([(file("/a.txt", 9), Failure("/a.txt", "broken now", "h"))])
    assert "/a.txt" not in catalogue.known()
    assert catalogue.failures()["/a.txt"] == (9, 5, Failure("/a.txt", "broken now", "h"))
    catalogue.also([(file("/a.txt"), "A", "")])
    assert set(catalogue.failures()) == {"/bad.pdf"}


def test_assets_without_a_place(catalogue: Catalogue) -> None:
    """They are found, so that their chunks can go."""
    catalogue.unplace(["/a.txt", "/bad.pdf"])
    assert catalogue.homeless() == []
    assert catalogue.failures() == {}
    catalogue.unplace(["/b.txt"])
    assert catalogue.homeless() == ["A"]


def test_partly_lost_files_are_told(catalogue: Catalogue) -> None:
    """What of an indexed file could not be read is kept with it."""
    catalogue.done(
        [
            Done(
                file("/c.pdf"),
                asset("C", "/c.pdf"),
                lost=Failure("/c.pdf", "page 3 is broken", "h"),
            )
        ]
    )
    assert catalogue.lost() == [Failure("/c.pdf", "page 3 is broken", "h")]


def test_words_that_no_database_holds_do_not_stop_a_run(catalogue: Catalogue) -> None:
    """Lone surrogates come out of notebooks and archives."""
    catalogue.done(
        [
            Done(
                file("/n"),
                asset("N", "/n"),
                (Link("/q\udc80", "alt \ud800"),),
                Failure("/n", "x\udcff", "y\udcff"),
            )
        ]
    )
    catalogue.failed([(file("/m"), Failure("/m", "member \udcff", "h"))])
    catalogue.also([(file("/q?"), "A", "")])
    assert catalogue.mentions()["A"].endswith("alt ?")


def test_a_failed_write_leaves_nothing_half_done(catalogue: Catalogue) -> None:
    """One transaction a batch."""

    def broken() -> object:
        yield file("/x"), "A", ""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalogue.also(broken())  # type: ignore[arg-type]
    assert "/x" not in catalogue.known()


def test_a_run_that_was_cut_off_is_known(tmp_path: Path) -> None:
    """The next process sees that the last one did not end."""
    first = Catalogue(tmp_path / "c.db")
    first.running(True)
    first.close()
    second = Catalogue(tmp_path / "c.db")
    assert second.interrupted
    second.running(False)
    assert not second.interrupted
    second.close()


def test_reading_while_another_writes(tmp_path: Path) -> None:
    """A search is not held up by an index."""
    writer, reader = Catalogue(tmp_path / "c.db"), Catalogue(tmp_path / "c.db")
    with writer._writing() as db:
        db.execute("INSERT INTO places VALUES ('/x', 'X', 1, 1, '')")
        assert reader.known() == {}
    assert set(reader.known()) == {"/x"}
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
    catalogue.done([Done(file(f"{old}/page.html"), asset("P", f"{old}/page.html"), links)])
    catalogue.done(
        [
            Done(file(f"{n}"), asset(i, n))
            for i, n in (("O", f"{old}/p.png"), ("N", f"{new}/p.png"), ("S", shared))
        ]
    )
    catalogue.also(
        [(file(f"{new}/deep/../page.html"), "P", ""), (file(f"{new}/page.html"), "P", "")]
    )
    assert catalogue.mentions() == {"O": "a puffin", "N": "a puffin", "S": "a map"}
    catalogue.unplace([f"{old}/page.html"])
    assert catalogue.mentions() == {"N": "a puffin", "S": "a map"}
    catalogue.unplace([f"{new}/page.html", f"{new}/deep/../page.html"])
    assert catalogue.mentions() == {}


def test_links_inside_an_archive_follow_its_name(catalogue: Catalogue) -> None:
    """No file is looked for there."""
    catalogue.done(
        [
            Done(
                file("/a.zip!/s/page.html"),
                asset("P", "/a.zip!/s/page.html"),
                (Link("/a.zip!/p.png", "a puffin"),),
            )
        ]
    )
    catalogue.done([Done(file("/b.zip!/p.png"), asset("N", "/b.zip!/p.png"))])
    catalogue.also([(file("/b.zip!/s/page.html"), "P", "")])
    assert catalogue.mentions() == {"N": "a puffin"}


def test_other_readers_try_again_what_could_not_be_read(catalogue: Catalogue) -> None:
    """Once; and not what was read whole."""
    lost = Done(
        file("/y.zip!/c.pdf"),
        asset("C", "/y.zip!/c.pdf"),
        lost=Failure("/y.zip!/c.pdf", "page 3 is broken", "h"),
    )
    catalogue.done([lost, Done(file("/y.zip"), asset("", "/y.zip"))])
    catalogue.read_with("one")
    times = {uri: time for uri, (_, time, *_) in (catalogue.known() | catalogue.failures()).items()}
    assert {uri for uri, time in times.items() if time == RETRIED} == {
        "/bad.pdf",
        "/y.zip",
        "/y.zip!/c.pdf",
    }
    catalogue.failed([(file("/bad.pdf"), Failure("/bad.pdf", "broken", "mend it"))])
    catalogue.read_with("one")
    assert catalogue.failures()["/bad.pdf"][1] == 5
    catalogue.read_with("two")
    assert catalogue.failures()["/bad.pdf"][1] == RETRIED


def test_assets_that_lie_elsewhere_now(catalogue: Catalogue) -> None:
    """Their first place is gone, or holds something else."""
    assert catalogue.unsettled() == []
    catalogue.unplace(["/a.txt"])
    assert [a.id for a in catalogue.unsettled()] == ["A"]
    catalogue.move([asset("A", "/b.txt")])
    assert catalogue.unsettled() == []
