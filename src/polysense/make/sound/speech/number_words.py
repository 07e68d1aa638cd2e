"""Numbers as words, for voices that read letters alone."""

from __future__ import annotations

from polysense.weights.pretrained import import_transformers


def number_words(words: str, language: str) -> str:
    """Words whose numbers are written out, in English; in other languages as they are. By what
    transformers has for SpeechT5.
    """
    if language != "en":
        return words
    import_transformers("a voice")
    from transformers.models.speecht5.number_normalizer import EnglishNumberNormalizer

    return str(EnglishNumberNormalizer()(words))
