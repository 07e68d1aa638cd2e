"""Comments, form values and links of a PDF page."""

from __future__ import annotations

from collections.abc import Callable

from polysense.read.document.pdf.page import Page


def test_comments_values_and_links(show: Callable[..., Page]) -> None:
    """A field comes with its name; one that is switched off and a pop-up window say nothing."""
    widget = "/Type/Annot/Subtype/Widget/Rect[10 10 30 20]"
    page = show(
        "",
        "/Annots["
        "<</Type/Annot/Subtype/Text/Rect[10 80 30 90]/Contents(Is this so?)>>"
        "<</Type/Annot/Subtype/Popup/Rect[10 80 30 90]/Contents(Is this so?)>>"
        f"<<{widget}/FT/Tx/T(Vessel)/V(Aurora)>><<{widget}/FT/Btn/T(Box)/V(Off)>>"
        "<</Type/Annot/Subtype/Link/Rect[50 50 60 60]/A<</S/URI/URI(clips/one.mp4)>>>>]",
    )
    assert [note.text for note in page.notes] == ["Is this so?", "Vessel: Aurora"]
    assert page.notes[0].box == (10.0, 10.0, 30.0, 20.0)
    assert page.file_links == (((50.0, 40.0, 60.0, 50.0), "clips/one.mp4"),)
