"""Explorers at the end of a notebook: type a word, choose a name, follow a theme; a plain table where nothing is live.

Each function returns an `Explorer`. In JupyterLab it shows controls (ipywidgets) and what they
find; in a stored notebook, on a page, or when a program runs the notebook, it shows what they find
first, the same each time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.annotation.terms import is_word, lemmas, straight, terms_of
from analysis.annotation.titles import titles_of
from analysis.schemas import SENTENCE
from analysis.sources.interviews import labels_of
from analysis.themes.coding import sentences as sentences_of
from analysis.words.comparison import keyness
from analysis.words.contexts import concordance

Key = tuple[str, int]  # an interview, and the place of a sentence in it

_FEW, _MANY = 20, 200  # rows of the static result, and of a live one
_PARTS = 100  # marks in the longest strip: one a sentence, or one for several where there are more
_CONTEXT = 6  # words on either side of a word or a name
_BLANK = "\u00a0"  # a button whose text is set to nothing keeps the one it had
_KWIC = ("interview", "voice", "left", "node", "right", "characters")
# Lines of a concordance stay lines; only prose is broken.
_TABLE = "white-space: nowrap; border-collapse: separate; border-spacing: 8px 2px; line-height: 1.4"
_PROSE = "text-align: left; vertical-align: top; white-space: normal"
_STYLES = {
    "left": "text-align: right",
    "node": "text-align: center",
    "sentence": _PROSE,
    "text": _PROSE,
}


@dataclass(frozen=True)
class Result:
    """A sentence on what was found, and a table of it; its cells are text, or `Markup`, which is escaped already."""

    heading: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()
    headed: bool = True  # whether the columns' names are shown

    def html(self, most: int = _MANY, look: str = _TABLE) -> str:
        """Write it as HTML with at most so many rows; every character of a source is text there, whatever it is.

        Where the page has a look for tables, leave `look` empty.
        """
        sides = [
            f' style="{_STYLES.get(column, "text-align: left; vertical-align: top")}"'
            for column in self.columns
        ]
        names = "".join(
            f"<th{side}>{escape(name)}</th>" for name, side in zip(self.columns, sides, strict=True)
        )
        head = f"<thead><tr>{names}</tr></thead>\n" if self.headed else ""
        lines = [
            "".join(f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True))
            for row in self._some(most)
        ]
        body = "\n".join(f"<tr>{line}</tr>" for line in lines)
        opening = f'<table style="{look}">' if look else "<table>"
        table = f"\n{opening}\n{head}<tbody>\n{body}\n</tbody>\n</table>"
        return f"<div>\n<p>{escape(self._told(most))}</p>{table if lines else ''}\n</div>"

    def plain(self, most: int = _MANY) -> str:
        """Write it as plain text, a line for each row."""
        lines = [self.columns, *self._some(most)] if self.rows else []
        texts = [
            [cell.striptags() if isinstance(cell, Markup) else str(cell) for cell in line]
            for line in lines
        ]
        return "\n".join(
            [
                self._told(most),
                *(" | ".join(" ".join(text.split()) for text in line) for line in texts),
            ]
        )

    def _some(self, most: int) -> Sequence[Sequence[Any]]:
        """Take the first rows of every interview in turn, so that the second is not cut off by the first."""
        if len(self.rows) <= most or "interview" not in self.columns:
            return self.rows[:most]
        at, seen, turns = list(self.columns).index("interview"), Counter[str](), []
        for row in self.rows:
            turns.append(seen[row[at]])
            seen[row[at]] += 1
        kept = sorted(range(len(turns)), key=turns.__getitem__)[:most]
        return [self.rows[row] for row in sorted(kept)]

    def _told(self, most: int) -> str:
        if len(self.rows) <= most:
            return self.heading
        return f"{self.heading} {most} of them, the first of each interview:"


@dataclass(frozen=True)
class Explorer:
    """What a notebook shows: the first result, and where somebody can use them the controls that find others."""

    first: Result
    live: Callable[[], Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/plain": self.first.plain(_FEW), "text/html": self.first.html(_FEW, look="")}

    def _ipython_display_(self) -> None:
        """Show the result and the controls as two outputs: in one, a saved notebook shows the lost controls alone."""
        if not somebody_is_there():
            raise NotImplementedError  # by which IPython asks for the mimebundle
        from IPython import get_ipython

        static = self._repr_mimebundle_()
        told = "The first result, which stays here. Run the cell for the controls."
        folded = f"<details><summary>{told}</summary>\n{static['text/html']}\n</details>"
        controls = {
            **self.live()._repr_mimebundle_(),
            "text/plain": "Controls, while the notebook runs.",
        }
        for output in ({**static, "text/html": folded}, controls):
            get_ipython().display_pub.publish(output)


@dataclass(frozen=True)
class _Found:
    """What stands in a sentence: its mark on the strip, the sentence with it marked, and what else to tell."""

    mark: str
    text: Markup
    more: tuple[tuple[str, str], ...] = ()


def somebody_is_there() -> bool:
    """Tell whether a front end asked for this cell to run, and not a program.

    JupyterLab sends the cell's id with its code; nbclient (and with it nbconvert) and nbval send
    none. The variable JPY_SESSION_NAME would not do: what is started from a notebook, such as `make
    study`, inherits it.
    """
    from IPython import get_ipython

    shell = get_ipython()
    message = shell.get_parent() if hasattr(shell, "get_parent") else None
    return bool(((message or {}).get("metadata") or {}).get("cellId"))


def concordance_explorer(
    utterances: pd.DataFrame,
    tokens: pd.DataFrame,
    word: str = "",
    voice: str = "",
    *,
    interviews: pd.DataFrame | None = None,
) -> Explorer:
    """Type a word or a phrase, or choose one that is frequent or key; see its lines, and follow it through the texts.

    Parameters
    ----------
    utterances : a table as `load_utterances` returns it.
    tokens : the table that `annotate` makes of it.
    word : the lemma, or phrase of lemmas, that is shown first; or a title in curly quotation marks.
    voice : the role that is heard first; otherwise all.
    interviews : a table as `load_interviews` returns it, for what interviews are called; otherwise
        by their ids.

    Returns
    -------
    Explorer. Lines are those of `analysis.words.contexts.concordance`, by word form (a regular
    expression for each word) or by lemma; what is no lemma is looked for in another case and as a
    word form, whichever finds more. Numbers on the strips count occurrences. The list counts as
    `analysis.annotation.terms.terms_of` does, a title as one name, so that a word may have more
    lines than the list counts: those in titles, of which the heading tells. Where there are several
    interviews it can be put in the order of the log ratio of one against the rest
    (`analysis.words.comparison.keyness`), in doublings of the rate. The slider leaves out what the
    voice says less often, in all interviews together.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> explorer = concordance_explorer(load_utterances("seeds"), load_tokens("seeds"), "technology", "interviewee")
    >>> explorer.first.heading
    '“technology” (lemma), interviewee, all interviews: 4 lines.'
    """
    utterances, tokens = _labelled(utterances, interviews), _labelled(tokens, interviews)
    _known("voice", voice, tokens["role"])

    def find(word: str, by: str, voice: str, interview: str) -> tuple[str, pd.DataFrame]:
        try:
            told, found = _occurrences(utterances, tokens, word, by, voice, interview)
        except ValueError as error:  # says what is wrong with an expression, perhaps half typed
            return str(error), _none()
        return f"{told}, {_scope(voice, interview)}: {_number(len(found), 'line')}.", found

    def live() -> Any:
        import ipywidgets as widgets

        works = titles_of(utterances)
        names = list(tokens["interview"].unique())
        box = _control(widgets.Text, "Find", value=word, placeholder="type here")
        by = _control(widgets.Dropdown, "Match by", options=["lemma", "word form"])
        role = _control(widgets.Dropdown, "Voice", options=_choices(tokens["role"]), value=voice)
        interview = _control(widgets.Dropdown, "Interview", options=_choices(names))
        orders = [
            ("most frequent", ""),
            *((f"key in {name}", name) for name in names if len(names) > 1),
        ]
        order = _control(widgets.Dropdown, "Order", options=orders)
        minimum = _control(widgets.IntSlider, "At least", min=1, max=2, value=2, tooltip="times")
        columns, words = _list(widgets, "Words")

        def look() -> tuple[Result, dict[Key, _Found]]:
            told, found = find(box.value, by.value, role.value, interview.value)
            titled = _inside(found, works)
            if titled and not box.value.startswith("“"):
                told += f" {titled} of them in titles, which the list counts as names of their own."
            return _kwic(told, found), _placed(found, units)

        def fill() -> None:
            heard = terms_of(_only(tokens, role.value, ""), works)
            minimum.max = _highest(heard["term"].value_counts())
            columns.value, listed = _ranked(heard, order.value, minimum.value)
            words.value = None  # or the first of the new ones would be chosen
            words.options = listed

        def take() -> None:
            if words.value is not None:
                term = words.value
                # Both are changed before anybody is told, so that it is not taken for typing.
                with box.hold_trait_notifications(), by.hold_trait_notifications():
                    by.value, box.value = "lemma", term

        def let_go() -> None:
            """After typing, choose nothing in the list, so that the same word can be chosen again."""
            if (box.value, by.value) != (words.value, "lemma"):
                words.value = None

        units = sentences_of(utterances, tokens)
        passages, strips, lines, search = _follow(widgets, units, look, _sum)
        _on_change(search, box, by, role, interview)
        _on_change(fill, role, order, minimum)
        _on_change(take, words)
        _on_change(let_go, box, by)
        choices = widgets.VBox([box, by, role, interview, order, minimum])
        beside = _row(widgets, [choices, widgets.VBox([columns, words])])
        return widgets.VBox([beside, passages, *strips, lines])

    return Explorer(_kwic(*find(word, "lemma", voice, "")), live)


def names_explorer(
    entities: pd.DataFrame,
    utterances: pd.DataFrame,
    tokens: pd.DataFrame,
    name: str = "",
    *,
    interviews: pd.DataFrame | None = None,
) -> Explorer:
    """Choose a name, see every mention of it in its context, and follow it through the texts.

    Parameters
    ----------
    entities : a table as `analysis.names.recognition.entities` returns it.
    utterances : a table as `load_utterances` returns it.
    tokens : the table that `annotate` makes of it.
    name : the canonical name that is shown first; otherwise the one most often mentioned.
    interviews : a table as `load_interviews` returns it, for what interviews are called; otherwise
        by their ids.

    Returns
    -------
    Explorer. Names are listed with the numbers of their mentions by the voice and in the interview
    chosen, most first, ties by name; the slider leaves out what is mentioned less often. Numbers on
    the strips count mentions.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.names.recognition import entities
    >>> from analysis.names.gazetteer import load_gazetteer
    >>> utterances, tokens = load_utterances("seeds"), load_tokens("seeds")
    >>> found = entities(utterances, tokens, load_gazetteer())
    >>> names_explorer(found, utterances, tokens, "Joaquin Phoenix").first.heading
    'Joaquin Phoenix, all voices, all interviews: 3 mentions.'
    """
    entities, utterances = _labelled(entities, interviews), _labelled(utterances, interviews)
    _known("name", name, entities["canonical"])

    def find(name: str, voice: str, interview: str) -> tuple[str, pd.DataFrame]:
        own = _only(entities[entities["canonical"] == name], voice, interview)
        found = _in_context(own.sort_values(["interview", "start"]), utterances)
        return (
            f"{name or 'No name'}, {_scope(voice, interview)}: {_number(len(found), 'mention')}.",
            found,
        )

    def count(voice: str, interview: str) -> pd.DataFrame:
        own = (
            _only(entities, voice, interview)
            .groupby("canonical")
            .size()
            .rename("number")
            .reset_index()
        )
        return own.sort_values(["number", "canonical"], ascending=[False, True])

    first = name or next(iter(count("", "")["canonical"]), "")

    def live() -> Any:
        import ipywidgets as widgets

        role = _control(widgets.Dropdown, "Voice", options=_choices(entities["role"]))
        interview = _control(widgets.Dropdown, "Interview", options=_choices(entities["interview"]))
        minimum = _control(widgets.IntSlider, "At least", min=1, max=2, value=1, tooltip="mentions")
        columns, names = _list(widgets, "Name")

        def look() -> tuple[Result, dict[Key, _Found]]:
            told, found = find(names.value or "", role.value, interview.value)
            return _kwic(told, found), _placed(found, units)

        def fill() -> None:
            counts = count(role.value, interview.value)
            minimum.max = _highest(counts["number"])
            counts = counts[counts["number"] >= minimum.value]
            columns.value = "mentions, name" if len(counts) else "none as often as that"
            listed = list(counts["canonical"])
            chosen = names.value or first
            names.options = [
                (f"{row.number}  {row.canonical}", row.canonical) for row in counts.itertuples()
            ]
            names.value = chosen if chosen in listed else next(iter(listed), None)

        units = sentences_of(utterances, _labelled(tokens, interviews))
        passages, strips, lines, search = _follow(widgets, units, look, _sum)
        _on_change(fill, role, interview, minimum)
        _on_change(search, names, role, interview)
        beside = _row(
            widgets, [widgets.VBox([role, interview, minimum]), widgets.VBox([columns, names])]
        )
        return widgets.VBox([beside, passages, *strips, lines])

    return Explorer(_kwic(*find(first, "", "")), live)


def theme_explorer(
    sentences: pd.DataFrame,
    codings: pd.DataFrame,
    codebook: pd.DataFrame,
    themes: Sequence[str] = (),
    voice: str = "",
    *,
    interviews: pd.DataFrame | None = None,
) -> Explorer:
    """Follow a theme, or two, through the interviews: a strip of sentences for each, and the passage one clicks on.

    Parameters
    ----------
    sentences, codings : as of a `Corpus`.
    codebook : a table as `analysis.themes.codebook.load_codebook` returns it.
    themes : one or two ids that are shown first; otherwise the codebook's first theme.
    voice : the role that is heard first; otherwise all.
    interviews : a table as `load_interviews` returns it, for what interviews are called; otherwise
        by their ids.

    Returns
    -------
    Explorer. A mark of the strip is a sentence (or several, where an interview has more than 100):
    1 and 2 for the themes, + for both. The words that matched are marked wherever they stand in the
    sentence, neighbours that a pattern asks for with them.

    Examples
    --------
    >>> from analysis.themes.codebook import load_codebook
    >>> from analysis import load_corpus
    >>> corpus = load_corpus("seeds")
    >>> theme_explorer(corpus.sentences, corpus.codings, corpus.codebook, ["technology"], "interviewee").first.heading
    '1 technology, interviewee, all interviews: 7 sentences.'
    """
    sentences, codings = _labelled(sentences, interviews), _labelled(codings, interviews)
    first, second = [*(themes or codebook["theme"].head(1)), ""][:2]
    for theme in (first, second):
        _known("theme", theme, codebook["theme"])
    _known("voice", voice, sentences["role"])

    def find(first: str, second: str, voice: str) -> pd.DataFrame:
        own = _only(codings[codings["theme"].isin([first, second])], voice, "")
        found = (
            own.groupby(SENTENCE, sort=False)
            .agg(theme=("theme", list), matched=("matched", list))
            .reset_index()
        )
        found["mark"] = [
            "+" if len(has) > 1 else "1" if has == [first] else "2" for has in found["theme"]
        ]
        found = sentences.merge(found, on=SENTENCE)
        marked = [
            _marked(text, matched)
            for text, matched in zip(found["text"], found["matched"], strict=True)
        ]
        return found.assign(marked=pd.Series(marked, index=found.index, dtype="object"))

    def show(found: pd.DataFrame, first: str, second: str, voice: str) -> Result:
        second = second if second != first else ""
        chosen = f"1 {first}" + (f", 2 {second}, + both" if second else "")
        columns = ("mark", "interview", "voice", "sentence", "characters")
        rows = [
            (row.mark, row.interview, _who(row), row.marked, _characters(row))
            for row in found.itertuples()
        ]
        return Result(
            f"{chosen}, {_scope(voice, '')}: {_number(len(rows), 'sentence')}.", columns, rows
        )

    def live() -> Any:
        import ipywidgets as widgets

        ids = list(zip(codebook["name"], codebook["theme"], strict=True))
        one = _control(widgets.Dropdown, "Theme 1", options=ids, value=first)
        two = _control(widgets.Dropdown, "Theme 2", options=[("none", ""), *ids], value=second)
        role = _control(widgets.Dropdown, "Voice", options=_choices(sentences["role"]), value=voice)

        def look() -> tuple[Result, dict[Key, _Found]]:
            chosen = one.value, two.value, role.value
            found = find(*chosen)
            places = {}
            for row in found.itertuples():
                told = (
                    f"{theme}: {'; '.join(_words(words))}"
                    for theme, words in zip(row.theme, row.matched, strict=True)
                )
                places[row.interview, row.place] = _Found(
                    row.mark, row.marked, (("matched", "; ".join(told)),)
                )
            return show(found, *chosen), places

        passages, strips, lines, search = _follow(widgets, sentences, look, _both)
        _on_change(search, one, two, role)
        return widgets.VBox([_row(widgets, [one, two, role]), passages, *strips, lines])

    return Explorer(show(find(first, second, voice), first, second, voice), live)


def _occurrences(
    utterances: pd.DataFrame, tokens: pd.DataFrame, word: str, by: str, voice: str, interview: str
) -> tuple[str, pd.DataFrame]:
    """Find the lines of a word and say as what it was found; a ValueError says why it cannot be looked for."""
    if not word.strip():
        raise ValueError("Type a word or a phrase.")
    if word.startswith("“"):
        spans = _title_spans(utterances, word)
        if len(spans):
            return f"{word} (title)", _in_context(_only(spans, voice, interview), utterances)
        word = word.strip("“”")
    tokens = _only(tokens, voice, interview)
    if by == "word form":
        return f"“{word}” ({by})", concordance(tokens, word, window=_CONTEXT)
    found = concordance(tokens, lemma=word, window=_CONTEXT)
    if len(found):
        return f"“{word}” (lemma)", found
    # Of a word and a name that differ in case alone, the word comes last and is taken.
    spelt = {
        straight(one).casefold(): one for one in sorted(lemmas(tokens[is_word(tokens)]).unique())
    }
    other = " ".join(spelt.get(straight(part).casefold(), part) for part in word.split())
    found = concordance(tokens, lemma=other, window=_CONTEXT)
    formed = concordance(tokens, " ".join(map(re.escape, word.split())), window=_CONTEXT)
    if len(formed) > len(found):
        return f"“{word}” (word form; it is no lemma)", formed
    return f"“{other}” (lemma)", found


def _ranked(heard: pd.DataFrame, key_in: str, minimum: int) -> tuple[str, list[tuple[str, str]]]:
    """List terms that are frequent enough, by their number or as key words of an interview, under a heading."""
    counts = heard.groupby(["term", "interview"]).size().unstack(fill_value=0)
    counts = counts[counts.sum(axis=1) >= minimum]
    rank, kind, told = counts.sum(axis=1), "count", "{:.0f}"
    # A voice that is heard in one interview alone has nothing to be compared with.
    if key_in in counts and heard["interview"].nunique() > 1:
        rank = keyness(heard, key_in, intervals=False, permutations=0).set_index("term")[
            "log_ratio"
        ]
        kind, told = "log ratio", "{:+.1f}"
    listed = [
        (f"{term}  {told.format(rank[term])}  ({' + '.join(map(str, counts.loc[term]))})", term)
        for term in sorted(counts.index, key=lambda term: (-rank[term], term))
    ]
    return f"word, {kind} ({' + '.join(counts)})" if listed else "none as often as that", listed


def _title_spans(utterances: pd.DataFrame, quoted: str) -> pd.DataFrame:
    """Find where a title stands that is given in its quotation marks."""
    works = titles_of(utterances)
    own = works[("“" + works["title"] + "”").str.casefold() == quoted.strip().casefold()]
    return own.merge(
        utterances[["interview", "utterance", "role", "speaker"]], on=["interview", "utterance"]
    )


def _inside(found: pd.DataFrame, works: pd.DataFrame) -> int:
    """Count the lines whose word stands in a title."""
    near = found.merge(works, on=["interview", "utterance"], suffixes=("", "_title"))
    return int(((near["start_title"] <= near["start"]) & (near["start"] < near["end_title"])).sum())


def _none() -> pd.DataFrame:
    columns = dict.fromkeys(["interview", "role", "speaker", "left", "node", "right"], "str")
    numbers = dict.fromkeys(["utterance", "start", "end"], "int64")
    return pd.DataFrame(columns=[*columns, *numbers]).astype(columns | numbers)


def _in_context(spans: pd.DataFrame, utterances: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `left`, `node` and `right` to spans of a source: its own characters, some words on each side."""
    passages = utterances.set_index(["interview", "utterance"])
    rows = []
    for row in spans.itertuples():
        passage = passages.loc[(row.interview, row.utterance)]
        at, after = row.start - passage["start"], row.end - passage["start"]
        # Blanks are kept, so that a mark stays with its word.
        left, right = (
            re.split(r"(\s+)", text) for text in (passage["text"][:at], passage["text"][after:])
        )
        context = (
            "".join(left[-2 * _CONTEXT - 1 :]),
            passage["text"][at:after],
            "".join(right[: 2 * _CONTEXT + 1]),
        )
        rows.append(context)
    return spans.assign(**pd.DataFrame(rows, columns=["left", "node", "right"], index=spans.index))


def _kwic(heading: str, found: pd.DataFrame) -> Result:
    rows = [
        (
            row.interview,
            _who(row),
            row.left,
            Markup("<b>{}</b>").format(row.node),
            row.right,
            _characters(row),
        )
        for row in found.itertuples()
    ]
    return Result(heading, _KWIC, rows)


def _placed(found: pd.DataFrame, sentences: pd.DataFrame) -> dict[Key, _Found]:
    """Say in which sentences the found words stand, and mark them there."""
    if found.empty:
        return {}
    units = sentences[["interview", "place", "text", "start", "end"]].assign(
        begin=sentences["start"]
    )
    near = pd.merge_asof(
        found[["interview", "start", "end"]].sort_values("start"),
        units.rename(columns={"end": "stop"}).sort_values("start"),
        on="start",
        by="interview",
    )
    near = near[near["start"] < near["stop"]].astype({"place": "int64", "begin": "int64"})
    order = {name: number for number, name in enumerate(sentences["interview"].unique())}
    near = near.sort_values(
        ["interview", "start"], key=lambda column: column.map(order).fillna(column)
    )
    near = near.assign(first=near["start"] - near["begin"], after=near["end"] - near["begin"])
    places = {}
    for key, own in near.groupby(["interview", "place"], sort=False):
        spans = list(zip(own["first"], own["after"], strict=True))
        places[key] = _Found(str(len(spans)), _mark(own["text"].iloc[0], spans))
    return places


def _follow(
    widgets: Any,
    sentences: pd.DataFrame,
    look: Callable[[], tuple[Result, dict[Key, _Found]]],
    merge: Callable[[Sequence[str]], str],
) -> tuple[Any, list[Any], Any, Callable[[], None]]:
    """Make a box of passages, strips, a place for the list or the passage chosen, and what looks anew.

    `look` returns the list, and what stands in each sentence that has something; `merge` makes one
    mark of several.
    """
    passages = _control(widgets.Dropdown, "Passage", options=[("all, as a list", "")])
    passages.layout.width = "500px"
    lines = widgets.HTML(layout=widgets.Layout(overflow="auto"))
    lines.tabbable = True  # so that the keyboard can scroll it
    listed: Result = Result("")
    places: dict[Key, _Found] = {}

    def read() -> None:
        found = places.get(passages.value)
        lines.value = (_passage(sentences, passages.value, found) if found else listed).html()
        paint({key: one.mark for key, one in places.items()}, passages.value)

    def search() -> None:
        nonlocal listed, places
        listed, places = look()
        voices = {(row.interview, row.place): _who(row) for row in sentences.itertuples()}
        labels = [
            (f"{one.mark} · {_place(key)}, {voices[key]}", key) for key, one in places.items()
        ]
        passages.options = [("all, as a list", ""), *labels]
        read()

    def choose(keys: Sequence[Key]) -> None:
        passages.value = "" if passages.value in keys else keys[0]

    strips, paint = _strips(widgets, sentences, merge, choose)
    passages.observe(lambda _: read(), "value")
    return passages, strips, lines, search


def _passage(sentences: pd.DataFrame, key: Key, found: _Found) -> Result:
    own = sentences[sentences["interview"] == key[0]]
    (row,) = own[own["place"] == key[1]].itertuples()
    told = Markup(" ").join(
        Markup("<b>{}</b>").format(found.text) if one.place == row.place else escape(one.text)
        for one in own[own["utterance"] == row.utterance].itertuples()
    )
    asked = [("question or lead", row.prompt)] if isinstance(row.prompt, str) else []
    heading = (
        f"{_place(key)}, characters {_characters(row)} of the source. Its mark leads back to the"
        " list."
    )
    rows = [*asked, ("said by", _who(row)), ("passage", told), *found.more]
    return Result(heading, ("", "text"), rows, headed=False)


def _strips(
    widgets: Any,
    sentences: pd.DataFrame,
    merge: Callable[[Sequence[str]], str],
    choose: Callable[[Sequence[Key]], None],
) -> tuple[list[Any], Callable[[dict[Key, str], Any], None]]:
    """Make a strip of buttons for each interview, and what paints marks on it and a line under the chosen one.

    A button stands for one sentence, or for several where an interview has more than `_PARTS`; a
    click on it chooses among those of its sentences that have a mark. Equal widths are equal
    numbers of sentences in all strips.
    """
    from analysis.figures.style import colours, legible

    longest = int(sentences["place"].max()) + 1 if len(sentences) else 1
    size = ceil(longest / _PARTS)
    columns = f"repeat({(longest - 1) // size + 1}, minmax(0, 1fr))"
    plain, underlined = (
        widgets.Layout(
            width="auto", min_width="0", height="26px", margin="0", padding="0", border_bottom=edge
        )
        for edge in ("4px solid transparent", "4px solid var(--jp-ui-font-color0, #000000)")
    )
    palette = colours(list(sentences["interview"].unique()))
    bold = {"font_size": "10px", "font_weight": "bold", "text_color": "#FFFFFF"}
    marked = {
        name: widgets.ButtonStyle(button_color=legible(colour), **bold)
        for name, colour in palette.items()
    }
    empty = widgets.ButtonStyle(button_color="var(--jp-layout-color3, #D9D9D9)")
    parts = dict.fromkeys(zip(sentences["interview"], sentences["place"] // size, strict=True))
    buttons = {
        part: widgets.Button(description=_BLANK, layout=plain, style=empty) for part in parts
    }
    within: dict[Key, list[Key]] = {}

    def paint(marks: dict[Key, str], chosen: Any) -> None:
        for part, button in buttons.items():
            inside = [key for key in marks if (key[0], key[1] // size) == part]
            within[part] = inside
            button.disabled = not inside
            button.description = merge([marks[key] for key in inside]) if inside else _BLANK
            button.tooltip = _place(inside[0] if inside else (part[0], part[1] * size))
            button.style = marked[part[0]] if inside else empty
            button.layout = underlined if chosen in inside else plain

    for part, button in buttons.items():
        button.on_click(lambda _, part=part: choose(within[part]))
    strips = []
    for name in palette:
        row = [button for part, button in buttons.items() if part[0] == name]
        label = widgets.Label(name, layout=widgets.Layout(flex="0 0 80px"))
        grid = widgets.Layout(
            flex="1 1 0", min_width="0", grid_template_columns=columns, grid_gap="0 1px"
        )
        strips.append(widgets.HBox([label, widgets.GridBox(row, layout=grid)]))
    return strips, paint


def _sum(marks: Sequence[str]) -> str:
    return str(sum(map(int, marks)))


def _both(marks: Sequence[str]) -> str:
    return marks[0] if len(set(marks)) == 1 else "+"


def _labelled(table: pd.DataFrame, interviews: pd.DataFrame | None) -> pd.DataFrame:
    """Name interviews as people do; by their ids where that is not known, or where two are called the same."""
    if interviews is None or interviews["label"].duplicated().any():
        return table
    return table.assign(interview=table["interview"].replace(labels_of(interviews)))


def _known(what: str, value: str, choices: pd.Series) -> None:
    if value and value not in set(choices):
        raise ValueError(
            f"There is no {what} {value!r}; choose one of {', '.join(sorted(choices.unique()))}."
        )


def _only(table: pd.DataFrame, voice: str, interview: str) -> pd.DataFrame:
    """Keep the rows of a role and an interview, where they are given."""
    for column, value in (("role", voice), ("interview", interview)):
        if value:
            table = table[table[column] == value]
    return table


def _scope(voice: str, interview: str) -> str:
    return f"{voice or 'all voices'}, {interview or 'all interviews'}"


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _who(row: Any) -> str:
    return row.speaker if isinstance(row.speaker, str) else row.role


def _characters(row: Any) -> str:
    return f"{row.start}–{row.end}"


def _place(key: Key) -> str:
    return f"{key[0]}, sentence {key[1] + 1}"


def _mark(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += [text[at:start], Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, text[at:]])


def _marked(text: str, matched: Sequence[str]) -> Markup:
    """Mark words in a text, as `analysis.themes.coding.codings` joins them: semicolons between matches, blanks in them."""
    found = sorted(
        {words for several in matched for words in several.split("; ")}, key=len, reverse=True
    )
    pattern = "|".join(map(_pattern, found))
    return _mark(text, [match.span() for match in re.finditer(rf"(?<!\w)(?:{pattern})", text)])


def _pattern(words: str) -> str:
    """Find words that matched, without the punctuation that had to follow."""
    (own,) = _words(words)
    follows = words[len(own) :].split()
    spaced, after = (r"\s*".join(map(re.escape, parts)) for parts in (own.split(), follows))
    return rf"{spaced}(?=\s*{after})" if follows else rf"{spaced}(?!\w)"


def _words(matched: str) -> list[str]:
    return [words.rstrip(" ,.;:!?…") or words for words in matched.split("; ")]


def _choices(values: Any) -> list[tuple[str, str]]:
    return [("all", ""), *((value, value) for value in dict.fromkeys(values))]


def _control(kind: Any, label: str, **options: Any) -> Any:
    """Make a control with its label beside it, all labels of one width."""
    return kind(
        description=label, style={"description_width": "80px"}, layout={"width": "260px"}, **options
    )


def _list(widgets: Any, label: str) -> tuple[Any, Any]:
    """Make a list to choose from, and a line over it that says what its columns are."""
    columns = widgets.Label(layout=widgets.Layout(margin="2px 2px 0 86px"))
    chosen = _control(widgets.Select, label, rows=8)
    chosen.layout.width = "310px"
    return columns, chosen


def _highest(counts: pd.Series) -> int:
    return max([2, *counts])  # a slider needs two ends


def _on_change(act: Callable[[], None], *controls: Any) -> None:
    """Act now, and whenever somebody changes one of the controls."""
    for control in controls:
        control.observe(lambda _: act(), "value")
    act()


def _row(widgets: Any, parts: Sequence[Any]) -> Any:
    return widgets.Box(parts, layout=widgets.Layout(flex_flow="row wrap"))
