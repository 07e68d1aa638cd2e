"""An index of the service: its definition checked, its documents, its searches."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from .odata import Refusal, predicate

MAX_ACTIONS, MAX_PAGE, MAX_SKIP, MAX_TERM, MAX_NEIGHBOURS = 1000, 1000, 100_000, 32_766, 10_000
K1, B = 1.2, 0.75
_NAME = re.compile(r"[a-z0-9](?:-?[a-z0-9])+")
_FIELD = re.compile(r"[A-Za-z](?:\w)*", re.A)
_KEY = re.compile(r"[A-Za-z0-9=-][A-Za-z0-9_=-]*")
_KINDS = {
    "Edm.String": str,
    "Edm.Int64": int,
    "Edm.Double": (int, float),
    "Edm.Boolean": bool,
    "Collection(Edm.String)": list,
    "Collection(Edm.Single)": list,
}
_SEARCH_OPTIONS = {
    "count", "filter", "orderby", "queryType", "search", "searchFields", "searchMode", "select",
    "skip", "top", "vectorFilterMode", "vectorQueries",
}  # fmt: skip
_DEFINITION = {"name", "fields", "similarity", "vectorSearch"}
_FIELD_OPTIONS = {
    "name", "type", "key", "retrievable", "stored", "searchable", "filterable", "sortable",
    "facetable", "analyzer", "dimensions", "vectorSearchProfile",
}  # fmt: skip


class Index:
    def __init__(self, definition: dict[str, Any], delay: float) -> None:
        self.fields = _fields_of(definition)
        self.definition = definition
        self.key = next(n for n, f in self.fields.items() if f.get("key"))
        self.documents: dict[str, dict[str, Any]] = {}
        """What searches see."""
        self.latest: dict[str, dict[str, Any]] = {}
        self.unseen: list[tuple[float, str, dict[str, Any] | None]] = []

    def update(self, definition: dict[str, Any]) -> None:
        """Fields may be added, and none be changed or be left out."""
        fields = _fields_of(definition)
        for name, field in self.fields.items():
            if fields.get(name) != field:
                raise Refusal(
                    f"Existing field '{name}' cannot be changed or deleted. To change it, drop and "
                    "recreate the index."
                )
        self.fields, self.definition = fields, definition

    def show(self, now: float) -> None:
        while self.unseen and self.unseen[0][0] <= now:
            _, key, document = self.unseen.pop(0)
            if document is None:
                self.documents.pop(key, None)
            else:
                self.documents[key] = document

    def check_batch(self, batch: Any) -> None:
        if not isinstance(batch, dict) or not isinstance(batch.get("value"), list):
            raise Refusal("The request is invalid: actions are in 'value'.")
        if not 0 < len(batch["value"]) <= MAX_ACTIONS:
            raise Refusal("The request contains no actions, or more than 1000.")
        for action in batch["value"]:
            if action.get("@search.action") not in ("upload", "merge", "mergeOrUpload", "delete"):
                raise Refusal("The request is invalid: no such @search.action.")
            key = action.get(self.key)
            if not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > 1024:
                raise Refusal(f"Invalid document key: {key!r}. Keys are letters, digits, _ - =.")
            for name, value in action.items():
                if name != "@search.action":
                    self._check_value(name, value)

    def _check_value(self, name: str, value: Any) -> None:
        field = self.fields.get(name)
        if field is None:
            raise Refusal(f"The property '{name}' does not exist on type 'search.documentFields'.")
        kind = field["type"]
        is_wrong_type = not isinstance(value, _KINDS[kind]) or (
            isinstance(value, bool) and kind != "Edm.Boolean"
        )
        if value is not None and is_wrong_type:
            raise Refusal(f"Cannot convert the value of '{name}' to {kind}.")
        if kind == "Collection(Edm.Single)" and value is not None:
            if len(value) != field["dimensions"]:
                raise Refusal(
                    f"The vector field '{name}', with dimension of '{field['dimensions']}', expects "
                    f"a length of '{field['dimensions']}'. However, the provided vector has a "
                    f"length of '{len(value)}'."
                )
            if not all(isinstance(v, int | float) and math.isfinite(v) for v in value):
                raise Refusal(f"Cannot convert the value of '{name}' to {kind}.")

    def write(self, action: Mapping[str, Any], delay: float) -> tuple[int, str]:
        """The status of one action and what is wrong with it."""
        import time

        kind, key = action["@search.action"], action[self.key]
        values = {n: v for n, v in action.items() if n != "@search.action"}
        before, status = self.latest.get(key), 200
        if kind == "delete":
            self.latest.pop(key, None)
            return self._seen_after(delay, time.monotonic(), key, None)
        for name, value in values.items():
            terms = value if isinstance(value, list) else [value]
            if self.fields[name].get("filterable") and any(
                isinstance(t, str) and len(t.encode()) > MAX_TERM for t in terms
            ):
                return 400, f"Field '{name}' contains a term that is too large to process."
        if kind == "merge" and before is None:
            return 404, "Document not found."
        document = dict.fromkeys(self.fields)
        if kind != "upload" and before is not None:
            document |= before
        elif before is None:
            status = 201
        document |= values
        self.latest[key] = document
        self._seen_after(delay, time.monotonic(), key, document)
        return status, ""

    def _seen_after(
        self, delay: float, now: float, key: str, document: dict[str, Any] | None
    ) -> tuple[int, str]:
        self.unseen.append((now + delay, key, document))
        if not delay:
            self.show(now)
        return 200, ""

    def visible_fields(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return {n: v for n, v in document.items() if self.fields[n].get("retrievable", True)}

    def search(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if foreign := set(request) - _SEARCH_OPTIONS:
            raise Refusal(f"The parameter '{min(foreign)}' is not one of a search request.")
        top, skip = request.get("top", 50), request.get("skip", 0)
        if top < 0 or not 0 <= skip <= MAX_SKIP:
            raise Refusal("Value must be between 0 and 100000. Parameter name: $skip")
        select = [n for n in (request.get("select") or "*").split(",") if n != "*"]
        for name in select:
            if name not in self.fields or not self.fields[name].get("retrievable", True):
                raise Refusal(f"Invalid expression: Could not find a property named '{name}'")
        documents = list(self.documents.values())
        if text := request.get("filter"):
            try:
                holds = predicate(text, self.fields)
            except Refusal as e:
                raise Refusal(f"{e}\r\nParameter name: $filter") from None
            documents = [d for d in documents if holds(d)]
        scores = self._scores(request, documents)
        hits = self._sorted(request.get("orderby"), documents, scores)
        page = hits[skip : skip + min(top, MAX_PAGE)]
        answer: dict[str, Any] = {
            "value": [
                {"@search.score": scores[d[self.key]]}
                | {n: v for n, v in self.visible_fields(d).items() if not select or n in select}
                for d in page
            ]
        }
        if request.get("count"):
            answer["@odata.count"] = len(hits)
        if top > MAX_PAGE and len(hits) > skip + MAX_PAGE:
            following = {"skip": skip + MAX_PAGE, "top": top - MAX_PAGE}
            answer["@search.nextPageParameters"] = {**request, **following}
            answer["@odata.nextLink"] = "https://tests/docs/search.post.search"
        return answer

    def _scores(
        self, request: Mapping[str, Any], documents: list[dict[str, Any]]
    ) -> dict[str, float]:
        text, queries = request.get("search"), request.get("vectorQueries")
        if queries:
            if text or len(queries) != 1:
                raise Refusal("This service answers one query by a vector, without words.")
            if request.get("vectorFilterMode", "preFilter") not in ("preFilter", "postFilter"):
                raise Refusal("Invalid vectorFilterMode")
            return self._similarities(queries[0], documents)
        if text in (None, "", "*"):
            return {d[self.key]: 1.0 for d in documents}
        if request.get("queryType", "simple") != "simple" or request.get("searchMode") == "all":
            raise Refusal("This service has the simple syntax, and any of the words.")
        names = (request.get("searchFields") or "").split(",")
        if any(not self.fields.get(n, {}).get("searchable") for n in names):
            raise Refusal(f"The field '{names[0]}' in the search field list is not searchable.")
        if re.search(r'[+|"()*~\\-]', text):
            raise Refusal("This service has no operators of the simple syntax.")
        return self._bm25(Counter(text.split()), names[0], documents)

    def _bm25(
        self, words: Counter[str], field: str, documents: list[dict[str, Any]]
    ) -> dict[str, float]:
        counts = {k: Counter((d[field] or "").split()) for k, d in self.documents.items()}
        lengths = {k: sum(c.values()) for k, c in counts.items()}
        mean = sum(lengths.values()) / max(len(lengths), 1) or 1.0
        scores: dict[str, float] = {}
        for word, times in words.items():
            having = sum(word in c for c in counts.values())
            weight = math.log(1 + (len(counts) - having + 0.5) / (having + 0.5))
            for key in (d[self.key] for d in documents):
                if tf := counts[key][word]:
                    norm = tf + K1 * (1 - B + B * lengths[key] / mean)
                    scores[key] = scores.get(key, 0.0) + times * weight * tf / norm
        return scores

    def _similarities(
        self, query: Mapping[str, Any], documents: list[dict[str, Any]]
    ) -> dict[str, float]:
        field = self.fields.get(query.get("fields", ""), {})
        if query.get("kind") != "vector" or field.get("type") != "Collection(Edm.Single)":
            raise Refusal("The vector query names no field of vectors.")
        if not 0 < query.get("k", 50) <= MAX_NEIGHBOURS:
            raise Refusal("The value of k is between 1 and 10000.")
        self._check_value(query["fields"], query["vector"])
        vector, similarities = np.asarray(query["vector"], np.float32), {}
        metric = self.definition["vectorSearch"]["algorithms"][0]["hnswParameters"]["metric"]
        for document in documents:
            if document[query["fields"]] is not None:
                other = np.asarray(document[query["fields"]], np.float32)
                product = float(vector @ other)
                if metric == "cosine":
                    lengths = float(np.linalg.norm(vector) * np.linalg.norm(other)) or 1.0
                    similarities[document[self.key]] = 1 / (2 - product / lengths)
                else:  # how it makes a score of a dot product the service does not say: in order
                    similarities[document[self.key]] = 1 / (1 + math.exp(-product))
        best = sorted(similarities, key=lambda i: -similarities[i])[: query["k"]]
        return {key: similarities[key] for key in best}

    def _sorted(
        self, order: str | None, documents: list[dict[str, Any]], scores: Mapping[str, float]
    ) -> list[dict[str, Any]]:
        hits = [d for d in documents if d[self.key] in scores]
        if not order:
            return sorted(hits, key=lambda d: -scores[d[self.key]])
        name, _, direction = order.partition(" ")
        if not self.fields.get(name, {}).get("sortable") or direction not in ("", "asc", "desc"):
            raise Refusal(f"The field '{name}' is not sortable.")
        return sorted(hits, key=lambda d: d[name], reverse=direction == "desc")


def _fields_of(definition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a definition. Raises Refusal for one that the service refuses."""
    if foreign := set(definition) - _DEFINITION:
        raise Refusal(f"The property '{min(foreign)}' does not exist on an index.")
    name = definition.get("name", "")
    if not _NAME.fullmatch(name) or not 2 <= len(name) <= 128:
        raise Refusal(f"Invalid index name: {name!r}. Small letters, digits, single dashes.")
    fields = {f["name"]: f for f in definition["fields"]}
    if len(fields) < len(definition["fields"]):
        raise Refusal("Two fields have one name.")
    keys = [f for f in fields.values() if f.get("key")]
    if len(keys) != 1 or keys[0]["type"] != "Edm.String":
        raise Refusal("An index has one key, of type Edm.String.")
    profiles = {p["name"] for p in definition.get("vectorSearch", {}).get("profiles", ())}
    for field_name, field in fields.items():
        if set(field) - _FIELD_OPTIONS or field["type"] not in _KINDS:
            raise Refusal(f"The field '{field_name}' has a property or type that there is not.")
        if not _FIELD.fullmatch(field_name) or field_name.startswith("azureSearch"):
            raise Refusal(f"Invalid field name: {field_name!r}.")
        is_text = field["type"] in ("Edm.String", "Collection(Edm.String)")
        is_vector = field["type"] == "Collection(Edm.Single)"
        if field.get("searchable") and not (is_text or is_vector):
            raise Refusal(f"The field '{field_name}' cannot be searchable.")
        if field.get("sortable") and field["type"].startswith("Collection"):
            raise Refusal(f"The field '{field_name}' cannot be sortable.")
        if field.get("analyzer", "whitespace") != "whitespace":
            raise Refusal(f"The analyzer of '{field_name}' is not one of this service.")
        if is_vector:
            if field.get("vectorSearchProfile") not in profiles or field.get("filterable"):
                raise Refusal(f"The vector field '{field_name}' needs a profile, and no filter.")
            if not 2 <= field.get("dimensions", 0) <= 4096:
                raise Refusal(f"The vector field '{field_name}' has too many dimensions, or none.")
    return fields
