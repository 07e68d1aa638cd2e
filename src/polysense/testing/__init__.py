"""Contract checks for plug-ins: what `polysense.protocols` asks in words, asked of a real plug-in
in a test.

The author of a plug-in calls one in a test of their own package:

    from polysense import Part
    from polysense.testing import check_encoder

    def test_contract():
        check_encoder(MyEncoder(), [Part("text", "a red bicycle"), Part("text", "high tide at
        noon")])

Each check raises ContractError at the first rule that is broken, saying which, and on what.

>>> from polysense.stores.memory import Memory
>>> check_store(Memory())
"""

from polysense.testing.converters import check_converter
from polysense.testing.encoders import check_encoder
from polysense.testing.generators import check_generator
from polysense.testing.language_models import check_language_model
from polysense.testing.parsers import check_parser
from polysense.testing.rerankers import check_reranker
from polysense.testing.rewriters import check_rewriter
from polysense.testing.rules import ContractError
from polysense.testing.stores import check_store

__all__ = [
    "ContractError",
    "check_converter",
    "check_encoder",
    "check_generator",
    "check_language_model",
    "check_parser",
    "check_reranker",
    "check_rewriter",
    "check_store",
]
