"""A question to a library, from the search to the answer.

No search where none is needed; a draft first where a generator makes one, else the best places, in
one round or several; then what is related to them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from polysense.generate.absent_file import Absence, absent_file, lost_parts
from polysense.generate.agent.budget import Budget
from polysense.generate.agent.loop import explore, model_for_rounds
from polysense.generate.agent.tools import Tools
from polysense.generate.answer import answer
from polysense.generate.answer_builder import Listener, ignore_event
from polysense.generate.evidence import Support, gather
from polysense.generate.file_facts import tell_file_facts
from polysense.generate.iterative_retrieval import Round, retrieve_iteratively
from polysense.generate.json_answer import check_json_question, json_answer
from polysense.generate.place import ask_which_file, count_pages
from polysense.generate.rounds import Findings, Judge, find_evidence
from polysense.generate.unclear import ask_what_is_meant
from polysense.generate.without_search import answer_without_search
from polysense.ingest.cache import with_local_file
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.inventory import chunks_of_asset
from polysense.query.likeness import asks_for_likeness
from polysense.query.reference import asks_which_file, refers_to_file, with_title
from polysense.query.understand import indexed_assets, understand
from polysense.question import MAX_CHARACTERS, Question
from polysense.results import Answer
from polysense.retrieve.algebra import Retriever
from polysense.retrieve.context import Search
from polysense.retrieve.filters import all_of, compile_where
from polysense.retrieve.related_assets import related_hits
from polysense.retrieve.search import MAX_RESULTS, search, with_duplicate_locations
from polysense.retrieve.shown_by import shown_by
from polysense.retrieve.shown_in import shown_in
from polysense.retrieve.stages import Cap
from polysense.retrieve.surroundings import StoredSurroundings, neighbours
from polysense.retrieve.whole_tables import WholeTables
from polysense.types import Chunk, Hit, Modality, Part, Ranking

MAX_HITS_PER_SECTION, MAX_HITS_PER_ASSET = 3, 3
"""Hits of one section, and of one file, in the second and the third of the rankings that an answer
is made of: there no section of a long file hides its others, and no long file other files. The
first has no such limit, for most of what is asked of a manual may stand in one place. On the long
documents' first half 1, 2 and 3 of a section give the same answers; else judged, not measured.
"""

HITS_PER_EVIDENCE_OF_DRAFT = 2
"""Hits searched for each piece of evidence asked for, in each round of a draft; judged."""

SearchAgain = Callable[[Sequence[Part], Sequence[Modality]], Search]
"""(query, modalities) -> a search for them in the same library, under the same conditions."""


class Asking:
    """One question to one library: `first` is its search, `search_again` makes others like it.

    where is the condition of both, as it was written.
    """

    def __init__(
        self,
        first: Search,
        search_again: SearchAgain,
        catalogue: Catalogue,
        cache: Path,
        k: int,
        retriever: Retriever | None = None,
        where: str = "",
    ) -> None:
        self._search, self._search_again = first, search_again
        self._catalogue, self._cache, self._k = catalogue, cache, k
        self._retriever, self._where = retriever, where
        self._tables = WholeTables(first.store)

    def answer(
        self,
        targets: Sequence[Modality] = ("text",),
        notify: Listener | None = None,
        schema: Mapping[str, Any] | None = None,
        budget: Budget | None = None,
    ) -> Answer:
        """The answer in these modalities, or as JSON of a schema; within a budget, after a language
        model has searched again. Raises NoRoute, BadQuery.
        """
        start, kit = time.perf_counter(), self._search.kit
        notify = notify or ignore_event
        model = model_for_rounds(kit) if budget else None
        if schema is not None:
            check_json_question(targets, kit, schema)
        is_in_words = tuple(targets) == ("text",)
        absence = self._absence() if is_in_words else None
        direct = self._direct_answer(schema is not None, absence) if is_in_words else None
        if direct:
            for part in direct.parts:
                notify(part.part)
            return direct
        around = StoredSurroundings(self._search.store, self._shown_by)
        drafting = retrieve_iteratively(
            kit.generators.values(), self._search.question.query, targets, self._hits_for_draft
        )
        if drafting.best:
            findings = Findings(self._sources_of(drafting.best, start))
        else:
            judge = partial(self._judge, around=around)
            own = self._about_own_file(judge) if "text" in targets else None
            findings = own or self._find_evidence(judge)
            if budget and model:
                findings = explore(
                    model, self._search.question, findings, self._tools(judge), budget, notify
                )
        ranking = with_duplicate_locations(
            findings.ranking,
            self._catalogue.places([h.chunk.asset.id for h in findings.ranking]),
        )
        ranking = replace(ranking, warnings=(*drafting.warnings, *ranking.warnings))
        usage = drafting.usage + findings.usage
        question = self._search.question
        if schema is not None:
            support = findings.support or gather(question, list(ranking), kit, around)
            json_result = json_answer(question, ranking, kit, schema, support, notify)
            return replace(json_result, usage=json_result.usage + usage)

        def find_related(modality: Modality, likeness_only: bool) -> Sequence[Hit]:
            own = [
                chunk
                for asset in indexed_assets(question, self._catalogue)
                for chunk in chunks_of_asset(self._search.store, asset)[:1]
            ]
            return self._with_files(
                related_hits(self._search, self._catalogue, ranking, own, modality, likeness_only)
            )

        result = answer(
            question,
            ranking,
            kit,
            targets,
            notify,
            find_related,
            around,
            findings.support,
            findings.missing,
            absence.answer.parts if absence else (),
        )
        if absence and not result.answered:
            return replace(absence.answer, usage=result.usage + usage)
        if absence and absence.is_lost:
            result = replace(result, warnings=(*result.warnings, absence.answer.text))
        losses = (
            () if result.answered else lost_parts(question, self._search.store, self._catalogue)
        )
        return replace(result, usage=result.usage + usage, warnings=(*result.warnings, *losses))

    def _shown_by(self, chunk: Chunk, passage: str) -> list[Chunk]:
        """What a passage shows, with its file."""
        chunks = shown_by(self._catalogue, self._search.store, chunk, passage)
        return [with_local_file(c, self._cache) for c in chunks]

    def _find_evidence(self, judge: Judge) -> Findings:
        """What answers the question; of everything, where nothing in a place does that its words
        may not mean.
        """
        question, wider = self._search.question, self._search.wider
        findings = find_evidence(question, self._best_places, judge)
        if findings.support is None and (wider or _translations(question)):
            findings = replace(findings, support=judge(question, list(findings.ranking)))
        if wider is None or (findings.support and findings.support.is_sufficient):
            return findings
        self._search = wider
        return self._find_evidence(judge)

    def _direct_answer(self, is_json: bool, absence: Absence | None) -> Answer | None:
        """What needs no search, and is no JSON; of several files, that a pronoun, or a page, alone
        tells nothing: where there is one, it is about that.
        """
        question = self._search.question
        if not is_json and (direct := answer_without_search(question)):
            return direct
        kit, store = self._search.kit, self._search.store
        if not is_json and (pages := count_pages(question, store, kit, self._search.where)):
            return pages
        where = compile_where(self._where)
        if absence and absence.is_certain:
            return absence.answer
        if not is_json and (facts := tell_file_facts(question, store, self._catalogue, where)):
            return facts
        if (which := ask_which_file(question, self._files_in_question())) is not None:
            return which
        has_several = self._catalogue.counts()["assets"] > 1
        return ask_what_is_meant(question) if has_several else None

    def _absence(self) -> Absence | None:
        """The file that the question names and that nothing can be read from."""
        search = self._search
        where = compile_where(self._where)
        return absent_file(search.question, search.store, self._catalogue, search.kit, where)

    def _files_in_question(self) -> list[str]:
        """Names of the files that a question may mean which names none."""
        if self._search.question.scope.aim != "contents" or self._search.question.scope.file:
            return []
        rows = self._search.store.scan(self._search.where, ["name"])
        return sorted({str(r["name"]) for r in rows})

    def _about_own_file(self, judge: Judge) -> Findings | None:
        """What the passages say that show the file which the question points at, where the library
        holds it; None where they do not answer, or the question is not about that file.
        """
        question = self._search.question
        typed = question.typed_words.strip()
        asks_of_it = refers_to_file(typed) and not asks_which_file(typed)
        if not asks_of_it or asks_for_likeness(typed):
            return None
        for asset in sorted(indexed_assets(question, self._catalogue)):
            depiction = shown_in(self._catalogue, self._search.store, asset)
            if depiction is None:
                continue
            ids = "', '".join(c.id for c in depiction.passages)
            for words in (typed, with_title(typed, depiction.title)):
                again = self._search_again((Part("text", words),), ())
                narrow = replace(again, where=all_of(again.where, f"id IN ('{ids}')"))
                hits = self._with_files(search(narrow, self._k).hits)
                support = judge(narrow.question, hits)
                if support.is_sufficient:
                    self._search.question = narrow.question
                    return Findings(Ranking(hits, {}), support)
        return None

    def _judge(
        self, question: Question, hits: Sequence[Hit], around: StoredSurroundings
    ) -> Support:
        """The evidence for a question; where it is not enough, that for the question in another
        language of the library, which a rewriter has put it in.
        """
        kit = self._search.kit
        support = gather(question, hits, kit, around)
        for words in () if support.is_sufficient else _translations(question):
            other = gather(understand([words], kit), hits, kit, around)
            if other.is_sufficient:
                return other
        return support

    def _hits_for_draft(
        self, query: Sequence[Part], modalities: Sequence[Modality]
    ) -> tuple[Hit, ...]:
        most = min(HITS_PER_EVIDENCE_OF_DRAFT * self._k, MAX_RESULTS)
        return self._with_files(search(self._search_again(query, modalities), most).hits)

    def _sources_of(self, draft: Round, start: float) -> Ranking:
        """What a draft is made of.

        Its generator has judged it, so it is asked for in its own words: it is the evidence.
        """
        words = " ".join(h.chunk.text for h in draft.sources)[:MAX_CHARACTERS]
        self._search.question = replace(
            self._search.question,
            pieces=((Part("text", words),),),
            typed_share=1.0,
            intent="topic",
            kind="",
            constraints=(),
        )
        milliseconds = round(1000 * (time.perf_counter() - start), 3)
        return Ranking(draft.sources, {"search": milliseconds, "total": milliseconds})

    def _tools(self, judge: Judge) -> Tools:
        """What a model may do: never outside the conditions of the first search."""

        def around(hit: Hit) -> Sequence[Hit]:
            chunks = neighbours(self._search.store, hit.chunk, self._search.where)
            return self._with_files(Hit(c, hit.score, span=c.span) for c in chunks)

        using = ("--using", repr(self._retriever)) if self._retriever else ()
        return Tools(
            lambda words: self._search_again((Part("text", words),), ()).question,
            self._best_places,
            judge,
            around,
            self._search.kit,
            self._where,
            ("-k", str(self._k), *using),
        )

    def _best_places(
        self, words: str = "", modality: Modality = "", where: str = ""
    ) -> tuple[Question, Ranking]:
        """The question, or another in words, with the best of all places for it, the best with few
        of each section, and the best with few of each file, in turns; only those of a modality, and
        where a filter holds too.
        """
        modalities = (modality,) if modality else ()
        context = self._search_again((Part("text", words),), modalities) if words else self._search
        if where:
            context = replace(context, where=all_of(context.where, compile_where(where)))
        own = indexed_assets(context.question, self._catalogue)
        caps = (None, Cap("section", MAX_HITS_PER_SECTION), Cap("asset", MAX_HITS_PER_ASSET))
        rankings = [search(context, self._k, self._retriever, own, True, cap) for cap in caps]
        in_turns = chain.from_iterable(zip_longest(*rankings))
        hits = {h.chunk.id: h for h in in_turns if h is not None}
        return context.question, replace(rankings[0], hits=self._with_files(hits.values()))

    def _with_files(self, hits: Iterable[Hit]) -> tuple[Hit, ...]:
        return tuple(
            replace(h, chunk=self._tables.with_table(with_local_file(h.chunk, self._cache)))
            for h in hits
        )


def _translations(question: Question) -> list[str]:
    """The question in other languages, as far as rewriters have put it in any."""
    return [
        t.words
        for t in question.search_texts
        if t.role == "query" and t.language not in ("", question.language)
    ]
