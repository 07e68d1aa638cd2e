"""What a reckoned value is called, in the language of the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NAMES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "change": "change of {} from {} to {}",
        "percent": "change of {} from {} to {} (%)",
        "difference": "difference of {} between {} and {}",
        "average": "average of {}",
        "sum": "sum of {}",
    },
    "zh": {
        "change": "{}从{}到{}的变化",
        "percent": "{}从{}到{}的变化 (%)",
        "difference": "{}：{}与{}之差",
        "average": "{}的平均值",
        "sum": "{}的总和",
    },
    "de": {
        "change": "Änderung von {} von {} bis {}",
        "percent": "Änderung von {} von {} bis {} (%)",
        "difference": "Unterschied von {} zwischen {} und {}",
        "average": "Durchschnitt von {}",
        "sum": "Summe von {}",
    },
    "fr": {
        "change": "variation de {} de {} à {}",
        "percent": "variation de {} de {} à {} (%)",
        "difference": "différence de {} entre {} et {}",
        "average": "moyenne de {}",
        "sum": "somme de {}",
    },
    "es": {
        "change": "variación de {} de {} a {}",
        "percent": "variación de {} de {} a {} (%)",
        "difference": "diferencia de {} entre {} y {}",
        "average": "promedio de {}",
        "sum": "suma de {}",
    },
}


def operation_name(language: str, how: str, subject: str, ends: Sequence[str] = ()) -> str:
    """What a reckoned value is called.

    >>> operation_name("en", "change", "income", ("2028", "2029"))
    'change of income from 2028 to 2029'
    >>> operation_name("zh", "change", "收入", ("2028年", "2029年"))
    '收入从2028年到2029年的变化'
    """
    names = _NAMES.get(language, _NAMES["en"])
    return names[how].format(subject, *ends)
