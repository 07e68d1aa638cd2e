"""Amazon Bedrock: its client, and what goes wrong between here and it.

Credentials are found as every client of AWS finds them (environment, profile, role); each request
is signed with them (SigV4), and they stand in no setting, error or log of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

from polysense.errors import BadConfig, MissingDependency, ModelFailed

INSTALL = "python -m pip install 'polysense[bedrock]'"
MAX_TOLD = 300
"""Characters of a server's own words in an error."""

_DENIED = {
    "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException",
    "ExpiredTokenException", "SignatureDoesNotMatch",
}  # fmt: skip
_HINTS = {
    "ResourceNotFoundException": "Check model= and region=: models differ by region.",
    "ValidationException": "Check model= and its options; it may be too long for the model.",
    "ThrottlingException": "Wait a little.",
    "ServiceQuotaExceededException": "Wait, or have the account's quota raised.",
    "ModelNotReadyException": "Wait a minute.",
}
_LOADING = Lock()  # sessions of boto3 are not for two threads at once


@dataclass(frozen=True)
class BedrockModel:
    """A model of Bedrock by its id. region "" is the environment's; endpoint_url is for private
    endpoints. seconds: the longest silence; retries: how often a request that failed is sent again.
    """

    model: str
    region: str = ""
    endpoint_url: str = ""
    seconds: float = 60.0
    retries: int = 2

    @property
    def name(self) -> str:
        """What people are told it is."""
        return f"{self.model} of bedrock"

    def client(self) -> Any:
        """Of boto3. Raises BadConfig, MissingDependency."""
        if not self.model:
            raise BadConfig(
                "bedrock has no model", 'Name one: "bedrock:model=amazon.nova-lite-v1:0".'
            )
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ModuleNotFoundError as e:
            raise MissingDependency("Amazon Bedrock needs the package boto3", INSTALL) from e
        settings = Config(
            connect_timeout=self.seconds,
            read_timeout=self.seconds,
            retries={"total_max_attempts": self.retries + 1, "mode": "standard"},
        )
        try:
            with _LOADING:
                return boto3.session.Session().client(
                    "bedrock-runtime",
                    region_name=self.region or None,
                    endpoint_url=self.endpoint_url or None,
                    config=settings,
                )
        except (BotoCoreError, ValueError) as e:
            hint = "Set region=us-east-1, or AWS_REGION; endpoint_url= is an https:// address."
            raise BadConfig(f"bedrock: {_one_line(str(e))}", hint) from None

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Whatever goes wrong, as ModelFailed; without its traceback, in which a signed request
        stands.
        """
        from botocore.eventstream import ParserError
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            yield
        except ClientError as e:
            raise self._refusal(e) from None
        except NoCredentialsError:
            hint = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
            raise self.failure("cannot be asked: there are no credentials of AWS", hint) from None
        except BotoCoreError as e:
            hint = "Check region= and endpoint_url=, then ask again."
            raise self.failure(f"cannot be reached: {_one_line(str(e))}", hint) from None
        except (
            ParserError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ):  # an answer of another shape
            hint = "Check model= and endpoint_url=."
            raise self.failure("spoke something else than Bedrock's protocol", hint) from None

    def _refusal(self, error: Any) -> ModelFailed:
        details = error.response.get("Error", {})
        code, words = str(details.get("Code", "")), _one_line(str(details.get("Message", "")))
        if code in _DENIED:
            hint = "Check the credentials, and that the account has access to the model."
            # what is said of a signature repeats the request
            return self.failure(f"refused the credentials ({code})", hint)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        hint = _HINTS.get(code, "Ask again; AWS's own console says more.")
        return self.failure(f"failed ({code or f'HTTP {status}'}): {words}".rstrip(": "), hint)

    def failure(self, what: str, hint: str) -> ModelFailed:
        """An error that names the model."""
        return ModelFailed(f"{self.name} {what}", hint)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:MAX_TOLD]
