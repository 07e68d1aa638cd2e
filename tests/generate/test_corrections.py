"""A correction stands in the place of what it corrects; open tasks are not those that are done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense import Library
from polysense.ingest.workers import Limits
from polysense.registry import Kit


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory, bare: Kit) -> Iterator[Library]:
    """A statement and its correction, in two files, another correction, and a list of tasks."""
    folder = tmp_path_factory.mktemp("corrections")
    files = folder / "in"
    files.mkdir()
    (files / "a.txt").write_text("The meeting of the bell guild is at 14:00 on Friday.\n")
    (files / "b.txt").write_text("Correction: the meeting of the bell guild is at 15:00.\n")
    (files / "c.txt").write_text("Correction: the supper of the choir is at 19:00.\n")
    (files / "todo.md").write_text(
        "# Boat list\n\n- [x] Paint the hull\n- [ ] Oil the winch\n- [ ] Sew the sail\n"
        "- [ ] Renew the licence\n"
    )
    with Library(folder / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


def test_the_correction_is_said_alone(kb: Library) -> None:
    """With the word that says that it is one."""
    text = kb.ask("At what time is the meeting of the bell guild?").text
    assert text.startswith("Correction: the meeting of the bell guild is at 15:00.")
    assert "14:00" not in text


def test_open_and_done_tasks(kb: Library) -> None:
    """All of those that are asked for, and no other."""
    still_open = kb.ask("What is still to be done on the boat list?").text
    assert all(s in still_open for s in ("winch", "sail", "licence"))
    assert "hull" not in still_open
    assert kb.ask("Which task of the boat list is done?").text == "[x] Paint the hull [1]"
