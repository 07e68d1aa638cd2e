"""Worse values of the constants that decide something in retrieve, augment, generate and query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from polysense.augment.support import (
    MULTILINGUAL,
    WITH_NEARNESS,
    WITHOUT_NEARNESS_OR_SPACES,
)


@dataclass(frozen=True)
class Mutation:
    """A constant, a value that is worse, and why it is."""

    module: str
    name: str
    worse: Any
    why: str

    def __str__(self) -> str:
        return f"{self.module.removeprefix('polysense.')}.{self.name} = {self.worse}"


def _of(module: str, *rows: tuple[str, Any, str]) -> list[Mutation]:
    return [Mutation(f"polysense.{module}", *row) for row in rows]


_RULES = (
    ("WITH_NEARNESS", WITH_NEARNESS, "support_bias", 1.0, "answers what it does not hold"),
    ("WITH_NEARNESS", WITH_NEARNESS, "support_bias", -4.0, "refuses what it holds"),
    (
        "WITH_NEARNESS", WITH_NEARNESS, "support", WITH_NEARNESS.support._replace(nearness=0.0),
        "meaning does not support",
    ),
    (
        "WITH_NEARNESS", WITH_NEARNESS, "relevance", WITH_NEARNESS.relevance._replace(coverage=0.0),
        "words do not choose the sentence",
    ),
    (
        "WITH_NEARNESS", WITH_NEARNESS, "relevance", WITH_NEARNESS.relevance._replace(nearness=0.0),
        "meaning does not choose the sentence",
    ),
    (
        "WITH_NEARNESS", WITH_NEARNESS, "relevance", WITH_NEARNESS.relevance._replace(rank=0.0),
        "the last hit is cited like the first",
    ),
    ("MULTILINGUAL", MULTILINGUAL, "support_bias", 2.0, "answers what it does not hold"),
    ("MULTILINGUAL", MULTILINGUAL, "support_bias", -12.0, "refuses what it holds"),
    (
        "WITHOUT_NEARNESS_OR_SPACES", WITHOUT_NEARNESS_OR_SPACES, "support_bias", 1.0,
        "answers what it does not hold",
    ),
)  # fmt: skip

MUTATIONS = (
    *_of(
        "retrieve.feedback",
        ("FEEDBACK_HITS", 1, "one first result draws all others after it"),
        ("FEEDBACK_WEIGHT", 5.0, "the question is drowned by its first results"),
    ),
    *_of("retrieve.fusion", ("RRF", 6, "one list's first beats what both have")),
    *_of(
        "retrieve.context",
        ("EXPECTED_WEIGHT", 0.2, "prose before the code that was asked for"),
        ("RERANK_DEPTH", 5, "a reranker never sees what it would put first"),
    ),
    *_of(
        "retrieve.stages",
        ("VERBATIM_DEPTH", 50, "a list of words that has the phrase comes first"),
        ("VERBATIM_DEPTH", 1, "who quotes does not find the quoted"),
        ("PRIMARY_DEPTH", 1, "tests and change notes before the code"),
    ),
    *_of(
        "retrieve.default_retriever",
        ("SEMANTIC_WEIGHT", 0.1, "meaning counts for nothing"),
        ("SEMANTIC_WEIGHT", 12.0, "words count for nothing"),
        ("FILE_WEIGHT", 0.1, "the words beside a picture drown it"),
        ("READ_FILE_WEIGHT", 3.0, "a screenshot finds other screenshots"),
    ),
    *_of(
        "retrieve.search",
        ("MIN_CANDIDATES", 1, "stages see only what is shown anyway"),
        ("MAX_ROUNDS", 1, "one long file hides all others"),
    ),
    *_of(
        "retrieve.pinpoint",
        ("PROSE_LINE", 1000, "sentences broken over lines are cited by half"),
        ("PROSE_LINE", 1, "names of a list are joined"),
        ("FULL_LINE", 2.0, "sentences broken over lines are cited by half"),
        ("MIN_COMPLETE_LINES", 0.0, "lines of one sentence are cited apart"),
    ),
    *_of("retrieve.recommend", ("DISLIKED_WEIGHT", 0.0, "dislikes are not heard")),
    *_of(
        "retrieve.related_assets",
        ("SAME_NAME", 0.1, "the picture of that name is not shown"),
        ("MENTION", 0.1, "the picture that a text names is not shown"),
        ("NAME_VARIANT", 0.99, "another version is shown in place of the thing"),
        ("WEAK_LIKENESS", 1.0, "what is nearest, however far, is a match"),
        ("MAX_HITS", 1, "only the first hit has a picture beside it"),
    ),
    *_of(
        "augment.compress",
        ("NOUN_WEIGHT", 0.1, "a chapel is a tower, if somebody built it"),
    ),
    *_of(
        "augment.passages",
        ("SECONDARY_WEIGHT", 3.0, "a caption in place of what it names"),
        ("DERIVED_WEIGHT", 1.0, "what was read off a picture is as good as what was written"),
        ("MAX_LIST_ITEMS", 1, "the first item of a list"),
        ("MAX_ITEM_CHARACTERS", 0, "items without a marker are cut off"),
        ("MAX_LEAD_CHARACTERS", 0, "a list without what it is of, a question without its answer"),
    ),
    *_of(
        "augment.support",
        ("THRESHOLD", 0.2, "answers what the library does not hold"),
        ("THRESHOLD", 0.9, "refuses what it holds"),
        *((name, replace(rule, **{part: value}), why) for name, rule, part, value, why in _RULES),
    ),
    *_of(
        "augment.recommend",
        ("CANDIDATES_PER_RESULT", 1, "nothing to choose from"),
    ),
    *_of(
        "augment.select",
        ("BALANCE", 1.0, "five of a kind"),
        ("BALANCE", 0.05, "anything, so it be unlike"),
    ),
    *_of(
        "generate.evidence",
        ("MAX_SENTENCES", 1, "half of what was asked"),
        ("NEW_TERM_SHARE", 1.0, "half of what was asked"),
        ("SECOND_SHARE", 0.1, "a second sentence that adds nothing"),
        ("LATER_SHARE", 0.1, "more sentences that add nothing"),
        ("SENTENCES_OF_FACT", 1, "half of what was asked"),
        ("FACT_NEW_TERM_SHARE", 0.1, "a second sentence for the sake of one word"),
        ("CLOSE_SHARE", 0.1, "a second sentence that adds nothing"),
        ("SECOND_COVERAGE", 0.0, "a second sentence about half of it"),
        ("EXPECTED_SHARE", 2.0, "prose in place of the code asked for"),
        ("NEAREST_SHARE", 0.1, "what is only like it is shown beside it"),
        ("ECHO_NEW_TERMS", 99, "a question with its answer is left out"),
    ),
    *_of(
        "generate.answer_builder",
        ("FILE_RELEVANCE", 0.5, "the file given is not what is made over"),
        ("OFF_TOPIC_FILE_RELEVANCE", 0.95, "the file given in place of what was asked"),
        ("LONE_FILE_RELEVANCE", 0.5, "a sketch finds somebody's program"),
        ("LONE_FILE_MAX_COST", 0.9, "a heightmap of any photo"),
        ("MAX_TRIES", 20, "a third picture, of something else, is made over"),
        ("MAX_PARTS", 1, "one of several"),
    ),
    *_of(
        "generate.ask",
        ("MAX_HITS_PER_ASSET", 50, "one file has all places"),
    ),
    *_of(
        "query.understand",
        ("MAX_PARTS", 1, "only the head of a file given is asked by"),
        ("MIN_WORDS_READ", 1, "a letter in a picture makes a page of it"),
        ("MIN_WORDS_READ", 99, "a screenshot is asked by its looks"),
        ("TYPED_TERMS_AT_HALF", 50, "the file drowns the words"),
        ("TYPED_TERMS_AT_HALF_OF_DOCUMENT", 5, "a page drowns a short question"),
    ),
)

EXEMPT: dict[tuple[str, str], str] = {
    (
        "polysense.retrieve.default_retriever",
        "NATIVE_WEIGHT",
    ): "held by tests/retrieve/test_default_retriever",
    (
        "polysense.retrieve.related_assets",
        "FOLDER_NOTE",
    ): "held by tests/retrieve/test_related_assets",
    ("polysense.retrieve.feedback", "EXAMPLES"): "held by tests/retrieve/test_feedback",
    ("polysense.retrieve.feedback", "MARGIN"): "held by tests/retrieve/test_feedback",
    ("polysense.retrieve.feedback", "_SAME"): "held by tests/retrieve/test_feedback",
    ("polysense.retrieve.likeness", "FAR"): "held by tests/retrieve/test_likeness",
    ("polysense.retrieve.best_sentence", "DEPTH"): "held by tests/retrieve/test_best_sentence",
    ("polysense.retrieve.best_sentence", "MARGIN"): "held by tests/retrieve/test_best_sentence",
    ("polysense.retrieve.best_sentence", "MAX_SENTENCES"): "a bound for hostile passages",
    ("polysense.retrieve.best_sentence", "REMEMBERED"): "a bound of memory",
    ("polysense.retrieve.chat_lines", "MIN_MESSAGES"): "held by tests/retrieve/test_chat_lines",
    ("polysense.retrieve.lexical", "FOREIGN_SHARE"): "held by tests/retrieve/test_lexical",
    (
        "polysense.generate.corrections",
        "CORRECTION_COVERAGE",
    ): "held by tests/generate/test_corrections",
    ("polysense.augment.letter_parts", "MAX_LABEL"): "held by tests/augment/test_letter_parts",
    (
        "polysense.augment.letter_parts",
        "MAX_LABEL_WORDS",
    ): "held by tests/augment/test_letter_parts",
    ("polysense.augment.letter_parts", "MAX_VALUE"): "held by tests/augment/test_letter_parts",
    (
        "polysense.augment.letter_parts",
        "MAX_VALUE_WORDS",
    ): "held by tests/augment/test_letter_parts",
    (
        "polysense.augment.letter_parts",
        "MAX_SIGNATURE_LINES",
    ): "held by tests/augment/test_letter_parts",
    (
        "polysense.augment.letter_parts",
        "MAX_ADDRESS_LINES",
    ): "held by tests/augment/test_letter_parts",
    (
        "polysense.augment.letter_parts",
        "MAX_ADDRESS_LINE",
    ): "held by tests/augment/test_letter_parts",
    ("polysense.augment.compress", "ASKED_NEARNESS"): "held by tests/augment/test_letter_parts",
    ("polysense.augment.features", "MIN_SHARED"): "held by tests/augment/test_features",
    ("polysense.augment.constrain", "MAX_ALTERNATIVES"): "how many are named; held by its doctest",
    (
        "polysense.augment.passages",
        "MAX_REFERENT_CHARACTERS",
    ): "a bound on what is read; held by tests/augment/test_passages",
    ("polysense.generate.absent_file", "MAX_ALIKE"): "how many are named",
    ("polysense.generate.absent_file", "MAX_PASSAGES"): "a bound on work",
    ("polysense.generate.file_facts", "MAX_NAMED"): "how many are named",
    ("polysense.retrieve.named", "LOOKED_AT"): "a bound on time; held by tests/retrieve/test_named",
    ("polysense.retrieve.named", "PROMOTED"): "held by tests/retrieve/test_named",
    ("polysense.retrieve.whole_tables", "MAX_PIECES"): "a bound on what is read",
    (
        "polysense.generate.citations.check",
        "SURE_LANGUAGE",
    ): "needs a model; measured by benchmarks/bench_citations",
    (
        "polysense.generate.citations.foreign_names",
        "MIN_LIKENESS",
    ): "needs a model; measured by benchmarks/bench_citations",
    ("polysense.generate.writing.originals", "MAX_ORIGINALS"): "a bound on cost",
    ("polysense.generate.writing.passage_writer", "MAX_PASSAGES"): "a bound on what is packed",
    ("polysense.generate.writing.passage_writer", "_UNBOUNDED"): "no bound at all",
    ("polysense.retrieve.surroundings", "MAX_SIMULTANEOUS"): "used with a language model alone",
    (
        "polysense.generate.citations.check",
        "MIN_TRANSLATION",
    ): "held by tests/generate/citations/test_check",
    (
        "polysense.retrieve.default_retriever",
        "VOICE_WORDS_WEIGHT",
    ): "held by tests/retrieve/test_default_retriever",
    (
        "polysense.augment.support",
        "WITHOUT_NEARNESS",
    ): "for languages that no encoder reads; held by tests/augment/test_support",
    (
        "polysense.generate.citations.check",
        "SHORT_SENTENCE",
    ): "held by tests/generate/citations/test_check",
    (
        "polysense.generate.writing.writer",
        "MAX_REPEATS",
    ): "held by tests/generate/writing/test_writer",
    ("polysense.generate.agent.actions", "MAX_WORDS"): "a bound on what is parsed",
    ("polysense.generate.agent.loop", "MAX_ACTION_TOKENS"): "a bound on what a model writes",
    ("polysense.generate.agent.loop", "MAX_FRUITLESS"): "held by tests/generate/agent/test_loop",
    ("polysense.generate.agent.loop", "MAX_NOTE"): "a bound on what is sent to a model",
    ("polysense.generate.agent.loop", "MAX_PIECES"): "a bound on what is sent to a model",
    ("polysense.retrieve.surroundings", "NEIGHBOURS"): "used with a language model alone",
    (
        "polysense.generate.writing.instructions",
        "MAX_CHARACTERS",
    ): "a bound on what is sent to a model",
    ("polysense.generate.json_answer", "MAX_TOKENS"): "a bound on what a model writes",
    (
        "polysense.generate.json_answer",
        "SHORT_VALUE_WORDS",
    ): "held by tests/generate/test_json_answer",
    ("polysense.query.understand", "MIN_NAMES_PASSAGE"): "held by tests/query/test_understand",
    ("polysense.query.understand", "MIN_WORDS_PASSAGE"): "held by tests/query/test_understand",
    ("polysense.retrieve.algebra", "DEPTH"): "a bound on time: deeper lists only cost",
    ("polysense.retrieve.context", "PARALLEL_CHUNKS"): "a bound on time: threads change no result",
    ("polysense.retrieve.filters", "MAX_CHARACTERS"): "a bound on what is parsed",
    ("polysense.retrieve.filter_values", "MAX_NUMBER"): "what a column of 64 bits holds",
    ("polysense.retrieve.parse", "MAX_CHARACTERS"): "a bound on what is parsed",
    ("polysense.generate.refusal", "MIN_WORDS_UNREAD"): "tests/generate/test_refusal",
    ("polysense.generate.refusal", "SURE"): "tests/generate/test_refusal",
    (
        "polysense.retrieve.fusion",
        "MIN_FOR_MEDIAN",
    ): "held by tests/retrieve/test_default_retriever",
    ("polysense.retrieve.composed", "UNSAID"): "only orders what words are not true of",
    ("polysense.retrieve.composed", "SURE_AGREEMENT"): "tests/retrieve/test_composed",
    ("polysense.retrieve.agreement", "UNKNOWN"): "tests/retrieve/test_agreement",
    ("polysense.retrieve.shown_by", "MIN_COVERAGE"): "tests/retrieve/test_shown_by",
    ("polysense.retrieve.shown_by", "MAX_SHOWN"): "a bound on time: further ones only cost",
    ("polysense.retrieve.shown_in", "MAX_PASSAGES"): "a bound on time: further ones only cost",
    ("polysense.retrieve.shown_in", "MIN_COVERAGE"): "no question of the judged has its file",
    ("polysense.retrieve.shown_in", "NEAR_BEST"): "no question of the judged has its file",
    ("polysense.retrieve.agreement", "MIN_FUNCTION_WORDS"): "as that of query.understand",
    ("polysense.retrieve.recommend", "DEPTH"): "a bound on time: deeper lists only cost",
    ("polysense.retrieve.related_assets", "MAX_CHUNKS"): "a bound on time",
    ("polysense.retrieve.search", "MAX_RESULTS"): "a bound on what may be asked for",
    ("polysense.retrieve.search", "CANDIDATES_PER_RESULT"): (
        "room for chunks that are gone when they are fetched; stages look less deep than "
        "MIN_CANDIDATES"
    ),
    ("polysense.augment.compress", "MAX_ENCODED"): "a bound on time: what an answer encodes",
    ("polysense.augment.compress", "MAX_DESCRIBED"): "a bound on time: a table of a thousand rows",
    ("polysense.augment.compress", "SAID_OTHERWISE"): "tests/augment/test_compress",
    ("polysense.generate.evidence", "ECHO_MIN_TERMS"): "tests/generate/test_evidence",
    ("polysense.query.understand", "MIN_FUNCTION_WORDS"): "measured on 4,898 questions",
    ("polysense.generate.evidence", "STEP_CHUNKS"): "tests/generate/test_evidence",
    ("polysense.generate.evidence", "MAX_STEPS"): "tests/generate/test_evidence",
    ("polysense.generate.evidence", "STEP_CHARACTERS"): "tests/generate/test_evidence",
    ("polysense.generate.evidence", "HEADING_SHARE"): "tests/generate/test_evidence",
    ("polysense.generate.evidence", "MAX_CANDIDATES"): "a bound on what is told",
    ("polysense.augment.passages", "MIN_ITEMS"): "tests/augment/test_passages",
    ("polysense.augment.features", "MAX_NEW_TERMS"): "a bound: longer is as long",
    ("polysense.augment.features", "MAX_DEFINED_TERMS"): "room for the longest thing defined",
    ("polysense.augment.constrain", "PRECEDING_CHARACTERS"): "a bound on how far is read",
    ("polysense.augment.substitution", "MIN_LETTERS"): "tests/augment/test_substitution",
    ("polysense.augment.substitution", "MIN_COMPOUND_HEAD"): "German: tests/augment",
    ("polysense.augment.substitution", "MIN_HEAD"): "of Chinese compounds: tests/augment",
    ("polysense.augment.substitution", "MAX_MODIFIER"): "of Chinese compounds: tests/augment",
    ("polysense.augment.constrain", "MIN_STEM"): "forms of names: tests/augment/test_constrain",
    ("polysense.augment.constrain", "MAX_ENDING"): "forms of names: tests/augment/test_constrain",
    ("polysense.query.constraints", "MIN_DIGITS"): "tests/query/test_constraints",
    ("polysense.query.constraints", "MAX_CAPITALISED"): "tests/query/test_constraints",
    ("polysense.retrieve.pinpoint", "ENTRY_LINE"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "MIN_FORM_ROWS"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "COLUMN_TOLERANCE"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "MIN_LOWER"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "MIN_RECORDS"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "RECORD_SHARE"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "CUE_GAP"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.pinpoint", "SAME_ROW"): "tests/retrieve/test_pinpoint",
    ("polysense.retrieve.surroundings", "FEW"): "of other languages: tests/retrieve",
    ("polysense.retrieve.surroundings", "OPENING_CHARACTERS"): "a bound on how much is read",
    ("polysense.augment.compress", "HEADING_CHARACTERS"): "what an encoder reads",
    ("polysense.augment.compress", "PASSAGE_CHARACTERS"): "what an encoder reads",
    ("polysense.generate.writing.packing", "MAX_PIECES"): "a bound on cost",
    (
        "polysense.generate.writing.packing",
        "EVIDENCE_SHARE",
    ): "a bound: tests/generate/writing/test_packing",
    ("polysense.generate.writing.packing", "MAX_EVIDENCE_TOKENS"): "a bound on cost",
    ("polysense.generate.writing.writer", "MAX_ANSWER_TOKENS"): "a bound on cost",
    ("polysense.generate.writing.packing", "CHARACTERS_PER_TOKEN"): "an estimate, on the safe side",
    (
        "polysense.generate.writing.writer",
        "MIN_ATTRIBUTION",
    ): "needs a model: tests/generate/writing/test_writer",
    (
        "polysense.generate.citations.check",
        "MIN_WORDS_KNOWN",
    ): "tests/generate/citations/test_check",
    ("polysense.generate.citations.check", "MIN_PREFIX"): "tests/generate/citations/test_check",
    ("polysense.generate.citations.check", "AMOUNT_WEIGHT"): "tests/generate/citations/test_check",
    ("polysense.generate.citations.denials", "MIN_SAME"): "tests/generate/citations/test_check",
    (
        "polysense.generate.citations.denials",
        "NEAREST_LENGTH",
    ): "tests/generate/citations/test_check",
    ("polysense.generate.citations.names", "MIN_NAME"): "tests/generate/citations/test_names",
    ("polysense.generate.heading", "MAX_HEADING"): "a bound: tests/generate/test_heading",
    ("polysense.generate.names", "STEM_LENGTH"): "families of words: tests/generate/test_names",
    ("polysense.generate.unclear", "MAX_CONTENT_WORDS"): "tests/generate/test_unclear",
    ("polysense.generate.unclear", "MAX_HAN_CONTENT"): "tests/generate/test_unclear",
    ("polysense.generate.names", "RELATED_LENGTH"): "families of words: tests/generate/test_names",
    ("polysense.generate.names", "_HAN_NAME_LENGTH"): "Chinese names: tests/generate/test_names",
    ("polysense.retrieve.surroundings", "_UNSPACED_MATCHES"): "a bound on what is looked into",
    ("polysense.generate.without_search", "MAX_EXPONENT"): "a bound on sums: tests/generate",
    ("polysense.generate.without_search", "MAX_DIGITS"): "a bound on sums: tests/generate",
    ("polysense.generate.rounds", "MAX_ROUNDS"): "a bound on time: tests/generate/test_rounds",
    ("polysense.generate.rounds", "MAX_NAMES"): "a bound on time: tests/generate/test_rounds",
    ("polysense.generate.rounds", "MIN_SHARE_OF_OUTER"): "of hops: tests/generate/test_rounds",
    ("polysense.retrieve.lexical", "EXPANSION_WEIGHT"): "of a rewriter that is off by default",
    ("polysense.generate.ask", "HITS_PER_EVIDENCE_OF_DRAFT"): "of code completion; see below",
    ("polysense.generate.evidence", "SELECTED_FROM"): "a bound on time",
    ("polysense.generate.answer_builder", "MIN_RELATED"): "tests/generate/test_answer",
    ("polysense.generate.run_route", "MAX_FORMS"): "a bound on time: pieces of a film",
    **{
        ("polysense.retrieve.sections", name): "of long files: tests/retrieve/test_sections"
        for name in (
            "PAGES_PER_SECTION",
            "LINES_PER_SECTION",
            "SECONDS_PER_SECTION",
            "ROWS_PER_SECTION",
            "CHARACTERS_PER_SECTION",
        )
    },
    ("polysense.retrieve.stages", "SECTION_WEIGHT"): "named alone: tests/retrieve/test_stages",
    ("polysense.retrieve.stages", "SECTION_DECAY"): "named alone: tests/retrieve/test_stages",
    ("polysense.generate.ask", "MAX_HITS_PER_SECTION"): "of long files: tests/generate/test_ask",
    ("polysense.retrieve.narrow", "MAX_FILES"): "of named files: tests/retrieve/test_narrow",
    ("polysense.retrieve.narrow", "MAX_LOOKED_AT"): "a bound on what is looked into",
    ("polysense.retrieve.place_passages", "MAX_PASSAGES"): "a bound on what is read",
    ("polysense.generate.page_reading", "MAX_PAGES"): "held by tests/generate/test_page_reading",
    ("polysense.generate.place", "MAX_PIECES"): "of named places: tests/generate/test_place",
    ("polysense.generate.place", "MIN_WORDS_OF_LEAD"): "of summaries: tests/generate/test_place",
}
"""Constants of which no worse value shows in a small collection, with the reason."""
