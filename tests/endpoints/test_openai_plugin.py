"""What plug-ins of a server of OpenAI's protocol share."""

from __future__ import annotations

import pytest

from polysense.errors import BadConfig
from polysense.make.image.openai_image import OpenAIImage
from polysense.make.sound.openai_speech import OpenAISpeech
from polysense.read.sound.openai_transcription import OpenAITranscription

pytest.importorskip("openai", reason="needs the extra llm")


@pytest.mark.parametrize("plugin", [OpenAIImage, OpenAISpeech, OpenAITranscription])
def test_a_missing_model_is_told_with_the_line_that_names_one(
    plugin: type[OpenAIImage | OpenAISpeech | OpenAITranscription],
) -> None:
    """By the name that it has in the settings."""
    with pytest.raises(BadConfig, match=plugin.plugin) as error:
        plugin(model="").check()
    assert f"{plugin.plugin}:model={plugin.example}" in error.value.hint


def test_settings_may_hold_numbers_where_names_stand() -> None:
    """A model called 4 is one."""
    plugin = OpenAISpeech(model=4)  # type: ignore[arg-type]
    plugin.check()
    assert plugin._server.model == "4"
