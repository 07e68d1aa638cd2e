"""What plug-ins of a server of OpenAI's protocol share: its options, and how they are checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from polysense.endpoints.openai import OPENAI, OpenAIServer


@dataclass(kw_only=True, eq=False, repr=False)
class OpenAIPlugin:
    """A plug-in whose work a model on a server does. A family says what it is called in settings
    (`plugin`), and has options beside these, which `polysense.endpoints.openai` tells.
    """

    extra: ClassVar[str] = "llm"
    plugin: ClassVar[str]
    example: ClassVar[str]

    model: str = ""
    base_url: str = OPENAI
    key: str = ""
    seconds: float = 180.0
    retries: int = 2
    api_version: str = ""

    def check(self) -> None:
        """Raises BadConfig, MissingDependency; nothing is sent."""
        self._server.check(f"{self.plugin}:model={self.example}")

    @cached_property
    def _server(self) -> OpenAIServer:
        return OpenAIServer(
            str(self.model),
            str(self.base_url),
            str(self.key),
            self.seconds,
            self.retries,
            str(self.api_version),
            self.plugin,
        )
