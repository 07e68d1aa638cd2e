"""A server of OpenAI's protocol, or Azure's form of it: its client, its key, its failures."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from polysense.errors import BadConfig, MissingDependency, ModelFailed

OPENAI, OPENAI_KEY = "https://api.openai.com/v1", "OPENAI_API_KEY"
AZURE_KEY = "AZURE_OPENAI_API_KEY"
_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")

MAX_TOLD = 300
"""Characters of a server's own words in an error."""

_NO_KEY = "none"
_HINT_ADDRESS = "Is the server running? Check base_url, for example http://localhost:11434/v1."
NO_PROTOCOL = "spoke something else than OpenAI's protocol"
HINT_PROTOCOL = "Check base_url: on most servers it ends in /v1."
_HINT_STATUS = {
    413: "It is too long for the server: ask of fewer or smaller files, or set a lower context=.",
    400: "Check its options; where it is too long for the model, set a lower context=.",
    500: "Ask again; the server's own log says more.",
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BAD_IN_KEY = re.compile(r"[^!-~]")


@dataclass(frozen=True, repr=False)
class OpenAIServer:
    """A model on a server.

    key names the environment variable with the secret: OPENAI_API_KEY at OpenAI's own address,
    AZURE_OPENAI_API_KEY at Azure's, none elsewhere, so that no other server is sent a key that was
    not meant for it. seconds: the longest silence. retries: how often a request that failed is sent
    again, with growing pauses. With api_version it is Azure's: model is the deployment, base_url
    the resource's address, https://NAME.openai.azure.com. plugin names the plug-in in errors.
    """

    model: str
    base_url: str = OPENAI
    key: str = ""
    seconds: float = 60.0
    retries: int = 2
    api_version: str = ""
    plugin: str = "openai"

    def __repr__(self) -> str:
        """Without the user and the password of the address: it is written into logs.

        >>> OpenAIServer("m", "https://user:pass@host/v1")
        OpenAIServer(model='m', address='https://host/v1')
        """
        return f"OpenAIServer(model={self.model!r}, address={self.address!r})"

    @cached_property
    def address(self) -> str:
        """Where it is, without a user."""
        return _split_user(self.base_url)[0].rstrip("/")

    @cached_property
    def _user(self) -> str:
        return _split_user(self.base_url)[1]

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key; "" for none."""
        if self.key:
            return self.key
        if self.address == OPENAI:
            return OPENAI_KEY
        host = urlsplit(self.address).hostname or ""
        return AZURE_KEY if self.api_version and host.endswith(_AZURE_HOSTS) else ""

    @property
    def name(self) -> str:
        """What people are told it is."""
        host = self.address.partition("://")[2].partition("/")[0] or "an address that is none"
        return self.model if self.address == OPENAI else f"{self.model} at {host}"

    def check(self, example: str) -> None:
        """Raises BadConfig where the model, the address or the key is missing or none, and shows
        the example of a spec, MissingDependency.
        """
        if not self.model:
            raise BadConfig(f"{self.plugin} has no model", f'Name one: "{example}".')
        with self.client():
            pass

    def client(self) -> Any:
        """Of the package openai; a context manager. Raises BadConfig, MissingDependency."""
        secret = self._check_settings()
        try:
            import httpx2
            import openai
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "a model behind OpenAI's protocol needs the package openai",
                "python -m pip install 'polysense[llm]'",
            ) from e
        # a user in the address would stand in the client's log: it goes into a header instead
        headers = {"Authorization": f"Basic {self._basic}"} if self._user else None
        options: dict[str, Any] = {
            "api_key": secret or _NO_KEY,
            "timeout": self.seconds,
            "max_retries": self.retries,
            "default_headers": headers,
        }
        try:
            if self.api_version:
                return openai.AzureOpenAI(
                    azure_endpoint=self.address,
                    azure_deployment=self.model,
                    api_version=self.api_version,
                    **options,
                )
            return openai.OpenAI(base_url=self.address, **options)
        except httpx2.InvalidURL:
            raise self._bad_address() from None

    def _check_settings(self) -> str:
        """The key, "" for none. Raises BadConfig, which says back neither key nor password."""
        try:
            parts = urlsplit(self.address)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
            _ = parts.port  # raises where it is no number
        except ValueError:
            is_address = False
        if not is_address:
            raise self._bad_address()
        if self.key_variable and not _VARIABLE.fullmatch(self.key_variable):
            raise BadConfig(
                "key= is the name of an environment variable, and what it has is none",
                "Put the key into a variable, OPENAI_API_KEY for example, and name that.",
            )
        if _BAD_IN_KEY.search(self._secret):
            raise BadConfig(
                f"what is in the environment variable {self.key_variable} is no key",
                "A key is letters, digits and signs of ASCII, without blanks. Set it again.",
            )
        return self._secret

    def _bad_address(self) -> BadConfig:
        return BadConfig(
            f"{self.plugin}: {self.address!r} is no address of a server",
            "Write base_url like http://localhost:11434/v1.",
        )

    @property
    def _secret(self) -> str:
        return os.environ.get(self.key_variable, "").strip()

    @property
    def _basic(self) -> str:
        """The user and password of the address, as a header has them."""
        name, _, password = self._user.partition(":")
        user = f"{unquote(name)}:{unquote(password)}"
        return base64.b64encode(user.encode()).decode("ascii") if self._user else ""

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Whatever goes wrong between here and the server, as ModelFailed.

        Without its cause: in that stand the headers sent and the server's own words, key and all,
        and a traceback shows them.
        """
        import httpx2
        import openai

        try:
            yield
        except openai.APIStatusError as e:
            raise self._status_failure(e) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as e:
            raise self._connection_failure(e) from None
        except openai.APIError as e:
            raise self.failure(f"failed{self._words_of(e)}", "Ask again.") from None
        except ValueError:  # JSON that is none or of another shape, bytes that are no UTF-8
            raise self.failure(NO_PROTOCOL, HINT_PROTOCOL) from None

    def _connection_failure(self, error: Exception) -> ModelFailed:
        import httpx2
        import openai

        cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
        if isinstance(error, openai.APITimeoutError) or isinstance(cause, httpx2.TimeoutException):
            message = f"gave nothing for {self.seconds:g} seconds"
            return self.failure(message, "Wait for the server, or raise seconds=.")
        if isinstance(cause, httpx2.DecodingError):
            return self.failure(NO_PROTOCOL, HINT_PROTOCOL)
        if isinstance(cause, (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)):
            return self.failure("broke off before its end", "Ask again.")
        return self.failure("cannot be reached", _HINT_ADDRESS)

    def _status_failure(self, error: Any) -> ModelFailed:
        status, words = error.status_code, self._words_of(error)
        if status in (401, 403):
            hint = f"Put a key that is valid into the environment variable {self._variable}."
            return self.failure(f"refused the key{words}", hint)
        if status == 404:
            hint = f"Check model= and base_url=; on Ollama: `ollama pull {self.model}`."
            return self.failure(f"is not there{words}", hint)
        if status == 429:
            is_unpaid = error.code == "insufficient_quota"
            hint = "Fill up the account that the key is of." if is_unpaid else "Wait a little."
            return self.failure(f"is asked too much{words}", hint)
        if status >= 500:
            return self.failure(f"failed (HTTP {status}){words}", _HINT_STATUS[500])
        hint = _HINT_STATUS.get(status, _HINT_STATUS[400])
        return self.failure(f"refused the request (HTTP {status}){words}", hint)

    @property
    def _variable(self) -> str:
        """What the key's variable is called; not where it may be a key by mistake."""
        key = self.key_variable
        is_name = key in os.environ or key.isupper()
        return key if is_name else "that key= names"

    def _words_of(self, error: Any) -> str:
        """What the server says of it."""
        words = self.clean(str(getattr(error, "message", "")))
        return f": {words}" if words else ""

    def clean(self, words: str) -> str:
        """A server's words on one line, without the key or the password."""
        words = " ".join(words.split())
        name, separator, password = self._user.partition(":")
        password = unquote(password if separator else name)  # a token stands without a password
        for secret in filter(None, (self._secret, self._basic, password)):
            words = words.replace(secret, "***")
        return words[:MAX_TOLD]

    def failure(self, what: str, hint: str) -> ModelFailed:
        """An error that names the model."""
        return ModelFailed(f"{self.name} {what}", hint)


def _split_user(address: str) -> tuple[str, str]:
    """An address without "user:password@", and that."""
    scheme, separator, rest = address.rpartition("://")
    authority, slash, path = rest.partition("/")
    user, _, host = authority.rpartition("@")
    return f"{scheme}{separator}{host}{slash}{path}", user
