"""Whether a plug-in can run here."""

from __future__ import annotations

import pytest

from polysense.errors import BadConfig, PolysenseError
from polysense.registry import installed, load
from polysense.registry.readiness import fault, lacking, missing_packages


class Checked:
    """A plug-in that says what is wrong with it."""

    extra = "models"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def check(self) -> None:
        if self.error:
            raise self.error


def test_what_a_check_says() -> None:
    """As the error that it raises; what has no check has no fault that is known."""
    error = BadConfig("no such model")
    assert fault(Checked(error)) is error
    assert fault(Checked()) is None
    assert fault(object()) is None


def test_a_fault_of_the_check_itself_is_not_hidden() -> None:
    """An error that is none of ours is a bug of the plug-in."""
    with pytest.raises(ZeroDivisionError):
        fault(Checked(ZeroDivisionError()))


def test_what_is_installed_lacks_nothing() -> None:
    """The packages of `models` are here in tests; a plug-in without an extra needs none."""
    assert lacking(installed("encoders")["clip"], Checked) is None
    assert lacking(installed("encoders")["photo"], object) is None


def test_extras_of_requirements() -> None:
    """What is here, and what no extra brings, is not told."""
    lines = ["numpy>=1; extra == 'sums'", "no-such-must>=2", "no.such==1; extra == 'nose'"]
    assert missing_packages(lines) == {"nose": ["no.such"]}


@pytest.mark.parametrize(
    ("group", "spec"),
    [
        ("encoders", "clip:model=/nowhere"),
        ("language_models", "transformers:model=/nowhere"),
        ("language_models", "openai:model=x,base_url=nonsense"),
    ],
)
def test_models_are_checked(group: str, spec: str) -> None:
    """Without loading weights."""
    assert isinstance(fault(load(group, spec)), PolysenseError)
