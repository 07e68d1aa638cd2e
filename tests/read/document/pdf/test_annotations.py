"""Comments, form values and links of a PDF page."""

from __future__ import annotations

from collections.abc import Callable

from polysense.read.document.pdf.page import Page


def test_comments_values_and_links(show: Callable[..., Page]) -> None:
    """A field stands among the lines, with its name where no label is printed for it; one that is
    switched off and a pop-up window say nothing.
    """
    widget = "/Type/Annot/Subtype/Widget/Rect[10 10 30 20]"
    page = show(
        "",
        "/Annots["
        "<</Type/Annot/Subtype/Text/Rect[10 80 30 90]/Contents(Is this so?)>>"
        "<</Type/Annot/Subtype/Popup/Rect[10 80 30 90]/Contents(Is this so?)>>"
        f"<<{widget}/FT/Tx/T(Vessel)/V(Aurora)>><<{widget}/FT/Btn/T(Box)/V(Off)>>"
        "<</Type/Annot/Subtype/Link/Rect[50 50 60 60]/A<</S/URI/URI(clips/one.mp4)>>>>]",
    )
    assert [note.text for note in page.notes] == ["Is this so?"]
    assert [line.text for line in page.lines] == ["Vessel: Aurora"]
    assert page.notes[0].box == (10.0, 10.0, 30.0, 20.0)
    assert page.file_links == (((50.0, 40.0, 60.0, 50.0), "clips/one.mp4"),)


def test_a_field_with_a_printed_label_is_its_value(show: Callable[..., Page]) -> None:
    """Beside the label, or below it: the name in the file is for programs."""
    widget = "/Type/Annot/Subtype/Widget/FT/Tx"
    page = show(
        "BT /F 10 Tf 10 80 Td (Home port:) Tj 0 -40 Td (Remarks) Tj ET",
        f"/Annots[<<{widget}/T(f1)/V(Stenby)/Rect[80 78 140 92]>>"
        f"<<{widget}/T(f2)/V(none)/Rect[10 20 90 34]>>]",
    )
    assert [line.text for line in page.lines] == ["Home port:", "Remarks", "Stenby", "none"]
