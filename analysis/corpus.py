"""One folder of interviews with all its tables, each made once, when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import agreement, annotation, names, sources, themes, words
from analysis.files import SourceError
from analysis.themes.codebook import CODEBOOK

# The two themes that the study asks about, unless the codebook names others.
PAIR = ("technology", "intimacy")
# The most interviews that are drawn side by side and compared in pairs: the number of pairs grows
# with the square of that number, and neither a page nor a reader can take in more.
MOST_COMPARED = 12
# The codebook as it was before anybody had coded, in the folder of labels.
BLIND = "codebook-before-the-coding.toml"


@dataclass(frozen=True)
class Corpus:
    """A folder of interviews; its tables are computed when they are first used, and then kept.

    The tables do not change; to read a folder again, load it again.

    Attributes
    ----------
    folder : contains `interviews.toml`, the files it names and, optionally, `gazetteer.csv` and
        `codebook.toml`.
    gold : the folder of reference labels; None if there is none.
    asked : two themes to be compared, by id or name; if not given, see `pair`.
    """

    folder: Path
    gold: Path | None = None
    asked: tuple[str, str] | None = None

    @cached_property
    def interviews(self) -> pd.DataFrame:
        """One row for each interview (`load_interviews`)."""
        return sources.load_interviews(self.folder)

    @cached_property
    def labels(self) -> dict[str, str]:
        """The short name of each interview by its id, in the order of the interviews."""
        return sources.labels_of(self.interviews)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The decoded source of each interview, in full (`read_source`)."""
        return {
            interview.id: sources.read_source(self.folder, interview)
            for interview in sources.read_interviews(self.folder)
        }

    @cached_property
    def utterances(self) -> pd.DataFrame:
        """Who said what: one row, one voice (`load_utterances`)."""
        return annotation.load_split(self.folder)

    @cached_property
    def tokens(self) -> pd.DataFrame:
        """Every word of the analysed utterances with lemma and grammar (`load_tokens`)."""
        return annotation.load_tokens(self.folder)

    @cached_property
    def titles(self) -> pd.DataFrame:
        """The titles of works, found by their typography (`titles_of`)."""
        return annotation.titles_of(self.utterances)

    @cached_property
    def terms(self) -> pd.DataFrame:
        """The interviewee's own words and what each counts as (`terms_of`)."""
        return annotation.terms_of(self.said, self.titles)

    @cached_property
    def said(self) -> pd.DataFrame:
        """The rows of `tokens` in the interviewee's voice."""
        return self.tokens[self.tokens["role"] == "interviewee"]

    @cached_property
    def lengths(self) -> dict[str, int]:
        """How many words the interviewee says in each interview, in the order of `labels`."""
        counted = self.terms["interview"].value_counts()
        return counted.reindex(list(self.labels), fill_value=0).to_dict()

    @cached_property
    def frequencies(self) -> pd.DataFrame:
        """How often the interviewee says each content word (`words.frequencies`)."""
        return words.frequencies(self.terms)

    @cached_property
    def keyness(self) -> pd.DataFrame:
        """The words of the first interview against those of the second (`words.keyness`)."""
        target, reference = list(self.labels)[:2]
        return words.keyness(self.terms, target, reference)

    @cached_property
    def keyness_against_rest(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Each interview against the rest, and those left out (`words.keyness_against_rest`).

        With more than `MOST_COMPARED`, only the words found in the interview itself are compared,
        without permutations: the time is then linear in the number of interviews.
        """
        many = len(self.labels) > MOST_COMPARED
        linear: dict[str, Any] = {"own": True, "permutations": 0} if many else {}
        return words.keyness_against_rest(self.terms, groups=list(self.labels), **linear)

    @cached_property
    def keyness_pairwise(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Each pair of interviews, and those not compared (`words.keyness_pairwise`)."""
        return words.keyness_pairwise(self.terms, groups=list(self.labels))

    @cached_property
    def gazetteer(self) -> pd.DataFrame | None:
        """The names known beforehand (`load_gazetteer`); None if the folder has none."""
        return names.gazetteer_of(self.folder)

    @cached_property
    def mentions(self) -> pd.DataFrame:
        """Every mention of a name, with its canonical form (`names.entities`)."""
        return names.entities(self.utterances, self.tokens, self.gazetteer)

    @cached_property
    def named(self) -> pd.DataFrame:
        """The rows of `mentions`, except dates."""
        return self.mentions[self.mentions["label"] != "DATE"]

    @cached_property
    def mentions_by_way(self) -> dict[str, pd.DataFrame]:
        """The mentions found by each method compared for accuracy (`agreement.four_ways`)."""
        assert self.gazetteer is not None, "one of the methods uses the gazetteer"
        page = annotation.load_page_tokens(self.folder)
        return agreement.four_ways(self.utterances, self.tokens, page, self.gazetteer)

    @cached_property
    def mentions_by_hand(self) -> pd.DataFrame | None:
        """The reference labels of mentions (`agreement.entity_gold`); None if there are none."""
        if self.gold is None or not any(self.gold.glob("*.entities.tsv")):
            return None
        return agreement.entity_gold(self.folder, self.gold)

    @cached_property
    def has_codebook(self) -> bool:
        """Whether the folder has a codebook; without one it has no themes."""
        return themes.has_themes(self.folder / CODEBOOK)

    @cached_property
    def codebook(self) -> pd.DataFrame:
        """The themes and their definitions (`load_codebook`)."""
        return themes.load_codebook(self.folder / CODEBOOK)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The words that indicate each theme (`load_indicators`)."""
        return themes.load_indicators(self.folder / CODEBOOK)

    @cached_property
    def pair(self) -> tuple[str, str] | None:
        """The ids of the two themes that are compared.

        Those requested, else the pair that the codebook names, else technology and intimacy;
        None if the codebook lacks these.

        Raises
        ------
        SourceError
            If those requested or named are not two different themes of the codebook.
        """
        path = self.folder / CODEBOOK
        named = self.asked or (themes.load_pair(path) if self.has_codebook else None)
        known = self.codebook.set_index("name")["theme"] if self.has_codebook else pd.Series()
        if named is None:
            return PAIR if set(PAIR) <= set(known) else None
        ids = {one.casefold(): theme for name, theme in known.items() for one in (name, theme)}
        first, second = (ids.get(one.casefold(), "") for one in named)
        if not first or not second or first == second:
            raise SourceError(
                f"{path}: {named[0]!r} and {named[1]!r} are not two of its themes; it has"
                f" {', '.join(known) or 'none'}."
            )
        return first, second

    @cached_property
    def own_sentences(self) -> pd.DataFrame:
        """The rows of `sentences` in the interviewee's voice."""
        return self.sentences[self.sentences["role"] == "interviewee"]

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """The sentences of all voices, the units that are coded (`themes.sentences`)."""
        return themes.sentences(self.utterances, self.tokens)

    @cached_property
    def matches(self) -> pd.DataFrame:
        """Where the codebook's indicators occur (`themes.matches`)."""
        return themes.matches(self.tokens, self.mentions, self.indicators)

    @cached_property
    def codings(self) -> pd.DataFrame:
        """The sentences coded by the codebook's indicators (`themes.codings`)."""
        return self.codings_by_codebook["codebook"]

    @cached_property
    def codings_by_codebook(self) -> dict[str, pd.DataFrame]:
        """The sentences coded by each of the `codebooks`."""
        return {
            name: themes.codings(self.sentences, *book) for name, book in self.codebooks.items()
        }

    @cached_property
    def codebooks(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        """Matches and indicators of the codebook, and of the one that predates the coding."""
        books = {"codebook": (self.matches, self.indicators)}
        if self.gold is not None and (self.gold / BLIND).exists():
            blind = themes.load_indicators(self.gold / BLIND)
            books["blind codebook"] = themes.matches(self.tokens, self.mentions, blind), blind
        return books

    @cached_property
    def hand_codings(self) -> pd.DataFrame:
        """The themes each coder gives each sentence (`load_coders`); empty if there are none."""
        return agreement.load_coders(self.gold, self.sentences, list(self.codebook["theme"]))

    @cached_property
    def coder_names(self) -> dict[str, str]:
        """The name of each coder by id, for example "the first reading"."""
        if self.gold is None:
            return {}
        about = agreement.about_coders(self.gold).fillna("")
        return {row.id: row.coder or f"coder {row.id}" for row in about.itertuples()}

    @cached_property
    def reader(self) -> pd.DataFrame | None:
        """The reference coding; None unless one coder has coded every sentence."""
        if not self.has_codebook:
            return None
        return agreement.reference(self.hand_codings, self.sentences)

    @cached_property
    def specifications(self) -> themes.Curve | None:
        """Every measure of whether the themes of `pair` co-occur in the interviewee's sentences.

        By the codebook, by the earlier codebook (written before any coding), by each coder
        and by the majority of coders; None if there is no pair or the interviewee has no sentences
        (`themes.specification_curve`).
        """
        own = self.own_sentences
        if own.empty or self.pair is None:
            return None
        books = self.codebooks.items()
        coders = {name: themes.codings(own, *book) for name, book in books}
        without = {name: themes.without_each(own, *book, self.pair) for name, book in books}
        by_hand = dict(iter(self.hand_codings.groupby("coder")))
        if len(by_hand) > 1:
            by_hand["majority"] = agreement.majority(self.hand_codings)
        return themes.specification_curve(own, coders | by_hand, self.pair, without)

    @cached_property
    def vocabulary(self) -> pd.DataFrame:
        """Which content words occur in one, some or all interviews (`words.vocabulary`)."""
        return words.vocabulary(self.frequencies, list(self.labels))

    @cached_property
    def diversity(self) -> pd.DataFrame:
        """How varied the interviewee's words are (`words.lexical_diversity`)."""
        return words.lexical_diversity(self.said)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """The top keywords of two interviews by each way of counting (`keyword_sensitivity`)."""
        return words.keyword_sensitivity(self.tokens, self.titles, *list(self.labels)[:2])

    @cached_property
    def names_compared(self) -> pd.DataFrame:
        """Which names (not dates) occur in all, some or one of the interviews (`shared_names`)."""
        return names.shared_names(self.tokens, self.named, list(self.labels))

    @cached_property
    def names_to_check(self) -> pd.DataFrame:
        """The names that the gazetteer does not list, each with its lines (`names.to_check`)."""
        return names.to_check(self.mentions, self.sentences, self.gazetteer, self.labels)

    @cached_property
    def words_ranked(self) -> pd.DataFrame:
        """The content words with their rates in each interview (`words.side_by_side`)."""
        return words.side_by_side(self.frequencies, list(self.labels))

    @cached_property
    def name_accuracy(self) -> pd.DataFrame:
        """How far each way of finding mentions agrees with the labels (`accuracy_by_way`)."""
        assert self.mentions_by_hand is not None, "the caller checks that there are labels"
        return agreement.accuracy_by_way(self.mentions_by_way, self.mentions_by_hand)

    @cached_property
    def theme_shares(self) -> pd.DataFrame:
        """How many of the interviewee's sentences concern each theme (`themes.theme_shares`)."""
        order = list(self.codebook["theme"])
        return themes.theme_shares(self.own_sentences, self.codings, order)

    @cached_property
    def theme_pairs(self) -> pd.DataFrame:
        """Which themes share one of the interviewee's sentences (`themes.co_occurrence`)."""
        return self._pairs(self.codings)

    @cached_property
    def theme_pairs_by_reader(self) -> pd.DataFrame | None:
        """The same according to the reader's coding; None if there is none."""
        return None if self.reader is None else self._pairs(self.reader)

    def _pairs(self, codings: pd.DataFrame) -> pd.DataFrame:
        return themes.co_occurrence(self.own_sentences, codings, list(self.codebook["theme"]))

    @cached_property
    def compared(self) -> Corpus:
        """The interviews that are drawn and compared: all, or the first `MOST_COMPARED`.

        Names and codings remain those found in the whole folder.
        """
        if len(self.labels) <= MOST_COMPARED:
            return self
        first = list(self.labels)[:MOST_COMPARED]
        names = "interviews utterances tokens mentions gazetteer".split()
        if self.has_codebook:
            names += "sentences matches codings codebook indicators".split()
        tables = {name: getattr(self, name) for name in names}
        for name, table in tables.items():
            if table is not None and "interview" in table:
                tables[name] = table[table["interview"].isin(first)].reset_index(drop=True)
        return self.with_tables(labels={name: self.labels[name] for name in first}, **tables)

    def with_tables(self, **tables: Any) -> Corpus:
        """Return the corpus with some tables replaced, for instance to compare groups.

        Tables that depend on them are recomputed; the others are read from the folder again.

        Raises
        ------
        TypeError
            If the corpus has no table of that name.

        Examples
        --------
        >>> corpus = load_corpus("seeds")
        >>> alone = corpus.with_tables(interviews=corpus.interviews.head(1))
        >>> alone.labels, len(corpus.labels)
        ({'indiewire': 'IndieWire'}, 2)
        """
        for name in tables:
            if not isinstance(getattr(Corpus, name, None), cached_property):
                raise TypeError(f"The corpus has no table {name!r}.")
        other = Corpus(self.folder, self.gold, self.asked)
        vars(other).update(tables)
        return other


def load_corpus(
    folder: str | Path = "seeds",
    gold: str | Path | None = None,
    pair: tuple[str, str] | None = None,
) -> Corpus:
    """Open a folder of interviews.

    Parameters
    ----------
    folder : contains `interviews.toml` and the files it names.
    gold : the folder of reference labels, if there is one.
    pair : two themes to be compared, by id or name; if not given, see `Corpus.pair`.

    Raises
    ------
    SourceError
        When a table is first used, if a file that it needs is missing or cannot be used.

    Examples
    --------
    >>> corpus = load_corpus("seeds")
    >>> corpus.interviews["interview"].to_list(), len(corpus.utterances)
    (['indiewire', 'tiff'], 57)
    """
    return Corpus(Path(folder), None if gold is None else Path(gold), pair)
