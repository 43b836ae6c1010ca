"""Explorers at the end of a notebook: type a word, choose a name, follow a theme; a plain table where nothing is live.

Each function returns an `Explorer`. In JupyterLab it shows controls (ipywidgets) and what they find; in a stored
notebook, on a page, or when a program runs the notebook, it shows what they find first, the same each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.concordance import concordance
from analysis.keyness import keyness
from analysis.terms import is_word, named
from analysis.themes import SENTENCE

_FEW, _MANY = 12, 200  # rows of the static result, and of a live one
_PARTS = 100  # marks in the longest strip: one a sentence, or one for several where there are more
_CONTEXT = 6  # words on either side of a word or a name
_KWIC = ("interview", "voice", "left", "node", "right", "characters")
# Lines of a concordance stay lines; only prose is broken.
_TABLE = "white-space: nowrap; border-collapse: separate; border-spacing: 8px 2px; line-height: 1.4"
_PROSE = "text-align: left; vertical-align: top; white-space: normal"
_STYLES = {"left": "text-align: right", "node": "text-align: center", "sentence": _PROSE, "text": _PROSE}


@dataclass(frozen=True)
class Result:
    """A sentence on what was found, and a table of it; its cells are text, or `Markup`, which is escaped already."""

    heading: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()

    def html(self, most: int = _MANY, look: str = _TABLE) -> str:
        """Write it as HTML with at most so many rows; every character of a source is text there, whatever it is.

        Where the page has a look for tables, leave `look` empty.
        """
        sides = [f' style="{_STYLES.get(column, "text-align: left; vertical-align: top")}"' for column in self.columns]
        head = "".join(f"<th{side}>{escape(name)}</th>" for name, side in zip(self.columns, sides, strict=True))
        lines = [
            "".join(f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row, sides, strict=True))
            for row in self.rows[:most]
        ]
        body = "\n".join(f"<tr>{line}</tr>" for line in lines)
        opening = f'<table style="{look}">' if look else "<table>"
        table = f"\n{opening}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        return f"<div>\n<p>{escape(self._told(most))}</p>{table if lines else ''}\n</div>"

    def plain(self, most: int = _MANY) -> str:
        """Write it as plain text, a line for each row."""
        lines = [self.columns, *self.rows[:most]] if self.rows else []
        texts = [[cell.striptags() if isinstance(cell, Markup) else str(cell) for cell in line] for line in lines]
        return "\n".join([self._told(most), *(" | ".join(" ".join(text.split()) for text in line) for line in texts)])

    def _told(self, most: int) -> str:
        return f"{self.heading} The first {most}:" if len(self.rows) > most else self.heading


@dataclass(frozen=True)
class Explorer:
    """What a notebook shows: the first result, and where somebody can use them the controls that find others."""

    first: Result
    live: Callable[[], Any]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        static = {"text/plain": self.first.plain(_FEW), "text/html": self.first.html(_FEW, look="")}
        return {**self.live()._repr_mimebundle_(), **static} if somebody_is_there() else static


def somebody_is_there() -> bool:
    """Tell whether a front end asked for this cell to run, and not a program.

    JupyterLab sends the cell's id with its code; nbclient (and with it nbconvert) and nbval send none. The variable
    JPY_SESSION_NAME would not do: what is started from a notebook, such as `make study`, inherits it.
    """
    from IPython import get_ipython

    shell = get_ipython()
    message = shell.get_parent() if hasattr(shell, "get_parent") else None
    return bool(((message or {}).get("metadata") or {}).get("cellId"))


def concordance_explorer(tokens: pd.DataFrame, word: str = "", voice: str = "") -> Explorer:
    """Type a word or a phrase, see every line that has it; or choose the word from a list, frequent or key.

    Parameters
    ----------
    tokens : a table as `annotate` returns it.
    word : the lemma, or phrase of lemmas, that is shown first.
    voice : the role that is heard first; otherwise all.

    Returns
    -------
    Explorer. Lines are those of `analysis.concordance.concordance`, by word form (a regular expression for each word)
    or by lemma. The list holds the content words of the voice; where there are several interviews it can be put in the
    order of the log ratio of one against the rest (`analysis.keyness.keyness`), in doublings of the rate. The slider
    leaves out what occurs less often, in all interviews together.

    Examples
    --------
    >>> from analysis import load_tokens
    >>> concordance_explorer(load_tokens("seeds"), "technology", "interviewee").first.heading
    '“technology” (lemma), interviewee, all interviews: 4 lines.'
    """
    interviews = list(tokens["interview"].unique())
    _known("voice", voice, tokens["role"])

    def show(word: str, by: str, voice: str, interview: str) -> Result:
        if not word.strip():
            return Result("Type a word or a phrase.")
        lemma = by == "lemma"
        try:
            heard = _only(tokens, voice, interview)
            found = concordance(heard, None if lemma else word, lemma=word if lemma else None, window=_CONTEXT)
        except ValueError as error:  # says what is wrong with an expression, perhaps half typed
            return Result(str(error))
        heading = f"“{word}” ({by}), {_scope(voice, interview)}: {_number(len(found), 'line')}."
        if lemma and found.empty:
            heading += " A lemma is a dictionary form in lower case; match by word form what you read in the text."
        return Result(heading, _KWIC, [_line(row, row.left, row.node, row.right) for row in found.itertuples()])

    def listed(voice: str, key_in: str, minimum: int) -> list[tuple[str, str]]:
        words = _only(tokens[is_word(tokens)], voice, "")
        words = words.assign(term=named(words, content=True))
        counts = words.groupby(["term", "interview"]).size().unstack(fill_value=0)
        counts = counts[counts.sum(axis=1) >= minimum]
        rank, kind, told = counts.sum(axis=1), "count", "{:.0f}"
        # A voice that is heard in one interview alone has nothing to be compared with.
        if key_in in counts and words["interview"].nunique() > 1:
            rank = keyness(words, key_in, intervals=False, permutations=0).set_index("term")["log_ratio"]
            kind, told = "log ratio", "{:+.1f}"
        options = [(f"word  {kind}  ({' + '.join(counts)})", "")]
        for term in sorted(counts.index, key=lambda term: (-rank[term], term)):
            options.append((f"{term}  {told.format(rank[term])}  ({' + '.join(map(str, counts.loc[term]))})", term))
        return options

    def live() -> Any:
        import ipywidgets as widgets

        box = _control(widgets.Text, "Find", value=word, placeholder="type here")
        by = _control(widgets.Dropdown, "Match by", options=["lemma", "word form"])
        role = _control(widgets.Dropdown, "Voice", options=_choices(tokens["role"]), value=voice)
        interview = _control(widgets.Dropdown, "Interview", options=_choices(interviews))
        orders = [("most frequent", ""), *((f"key in {name}", name) for name in interviews if len(interviews) > 1)]
        order = _control(widgets.Dropdown, "Order", options=orders)
        most = max([1, *named(tokens[is_word(tokens)], content=True).value_counts()])
        minimum = _control(widgets.IntSlider, "At least", min=1, max=most, value=min(2, most), tooltip="times")
        words = _control(widgets.Select, "Words", rows=12)
        lines = widgets.HTML()

        def search() -> None:
            lines.value = show(box.value, by.value, role.value, interview.value).html()

        def fill() -> None:
            words.options = listed(role.value, order.value, minimum.value)

        def take() -> None:
            if words.value:
                by.value, box.value = "lemma", words.value

        _on_change(search, box, by, role, interview)
        _on_change(fill, role, order, minimum)
        _on_change(take, words)
        return _beside(widgets, [box, by, role, interview, order, minimum, words], lines)

    return Explorer(show(word, "lemma", voice, ""), live)


def names_explorer(entities: pd.DataFrame, utterances: pd.DataFrame, name: str = "") -> Explorer:
    """Choose a name, see every mention of it in its context.

    Parameters
    ----------
    entities : a table as `analysis.entities.entities` returns it.
    utterances : a table as `load_utterances` returns it.
    name : the canonical name that is shown first; otherwise the one most often mentioned.

    Returns
    -------
    Explorer. Names are listed with their numbers of mentions, most first, ties by name.

    Examples
    --------
    >>> from analysis import load_tokens, load_utterances
    >>> from analysis.entities import entities
    >>> from analysis.gazetteer import load_gazetteer
    >>> utterances = load_utterances("seeds")
    >>> found = entities(utterances, load_tokens("seeds"), load_gazetteer())
    >>> names_explorer(found, utterances, "Joaquin Phoenix").first.heading
    'Joaquin Phoenix, all voices, all interviews: 3 mentions.'
    """
    passages = utterances.set_index(["interview", "utterance"])

    def show(name: str, voice: str, interview: str) -> Result:
        rows = []
        found = _only(entities[entities["canonical"] == name], voice, interview)
        for row in found.sort_values(["interview", "start"]).itertuples():
            passage = passages.loc[(row.interview, row.utterance)]
            at, after = row.start - passage["start"], row.end - passage["start"]
            # Blanks are kept, so that a mark stays with its word.
            left, right = (re.split(r"(\s+)", text) for text in (passage["text"][:at], passage["text"][after:]))
            context = "".join(left[-2 * _CONTEXT - 1 :]), row.text, "".join(right[: 2 * _CONTEXT + 1])
            rows.append(_line(row, *context))
        return Result(f"{name}, {_scope(voice, interview)}: {_number(len(rows), 'mention')}.", _KWIC, rows)

    counts = entities.groupby("canonical").size().rename("number").reset_index()
    counts = counts.sort_values(["number", "canonical"], ascending=[False, True])
    _known("name", name, counts["canonical"])
    first = name or next(iter(counts["canonical"]), "")

    def live() -> Any:
        import ipywidgets as widgets

        listed = [(f"{row.number}  {row.canonical}", row.canonical) for row in counts.itertuples(index=False)]
        names = _control(widgets.Select, "Name", options=listed, value=first or None, rows=12)
        role = _control(widgets.Dropdown, "Voice", options=_choices(entities["role"]))
        interview = _control(widgets.Dropdown, "Interview", options=_choices(entities["interview"]))
        lines = widgets.HTML()

        def search() -> None:
            lines.value = show(names.value or "", role.value, interview.value).html()

        _on_change(search, names, role, interview)
        return _beside(widgets, [role, interview, names], lines)

    return Explorer(show(first, "", ""), live)


def theme_explorer(
    sentences: pd.DataFrame, codings: pd.DataFrame, codebook: pd.DataFrame, themes: Sequence[str] = (), voice: str = ""
) -> Explorer:
    """Follow a theme, or two, through the interviews: a strip of sentences for each, and the passage one clicks on.

    Parameters
    ----------
    sentences, codings : tables as `analysis.themes.load_codings` returns them.
    codebook : a table as `analysis.codebook.load_codebook` returns it.
    themes : one or two ids that are shown first; otherwise the codebook's first theme.
    voice : the role that is heard first; otherwise all.

    Returns
    -------
    Explorer. A mark of the strip is a sentence (or several, where an interview has more than 100): 1 and 2 for the
    themes, + for both. The words that matched are marked wherever they stand in the sentence.

    Examples
    --------
    >>> from analysis.codebook import load_codebook
    >>> from analysis.themes import load_codings
    >>> theme_explorer(*load_codings("seeds"), load_codebook(), ["technology"], "interviewee").first.heading
    '1 technology, interviewee, all interviews: 7 sentences.'
    """
    first, second = [*(themes or codebook["theme"].head(1)), ""][:2]
    for theme in (first, second):
        _known("theme", theme, codebook["theme"])
    _known("voice", voice, sentences["role"])

    def find(first: str, second: str, voice: str) -> pd.DataFrame:
        own = _only(codings[codings["theme"].isin([first, second])], voice, "")
        found = own.groupby(SENTENCE, sort=False).agg(theme=("theme", list), matched=("matched", list)).reset_index()
        found["mark"] = ["+" if len(has) > 1 else "1" if has == [first] else "2" for has in found["theme"]]
        return sentences.merge(found, on=SENTENCE)

    def show(first: str, second: str, voice: str) -> Result:
        found = find(first, second, voice)
        second = second if second != first else ""
        chosen = f"1 {first}" + (f", 2 {second}, + both" if second else "")
        columns = ("mark", "interview", "voice", "sentence", "characters")
        rows = [
            (row.mark, row.interview, _who(row), _marked(row.text, row.matched), _characters(row))
            for row in found.itertuples()
        ]
        return Result(f"{chosen}, {_scope(voice, '')}: {_number(len(rows), 'sentence')}.", columns, rows)

    def passage(row: Any) -> Result:
        whole = sentences[(sentences["interview"] == row.interview) & (sentences["utterance"] == row.utterance)]
        told = Markup(" ").join(
            Markup("<b>{}</b>").format(_marked(one.text, row.matched)) if one.start == row.start else escape(one.text)
            for one in whole.itertuples()
        )
        asked = [("question or lead", row.prompt)] if isinstance(row.prompt, str) else []
        matched = "; ".join(f"{theme}: {words}" for theme, words in zip(row.theme, row.matched, strict=True))
        lines = [*asked, ("said by", _who(row)), ("passage", told), ("matched", matched)]
        heading = f"{_place((row.interview, row.place))}, characters {_characters(row)} of the source."
        return Result(heading, ("", "text"), lines)

    def live() -> Any:
        import ipywidgets as widgets

        ids = list(zip(codebook["name"], codebook["theme"], strict=True))
        one = _control(widgets.Dropdown, "Theme 1", options=ids, value=first)
        two = _control(widgets.Dropdown, "Theme 2", options=[("none", ""), *ids], value=second)
        role = _control(widgets.Dropdown, "Voice", options=_choices(sentences["role"]), value=voice)
        passages = _control(widgets.Dropdown, "Passage", options=[("all", "")])
        lines = widgets.HTML()

        def rows() -> dict[tuple[str, int], Any]:
            found = find(one.value, two.value, role.value)
            return {(row.interview, row.place): row for row in found.itertuples()}

        def search() -> None:
            labels = [(f"{row.mark} · {_place(key)}, {_who(row)}", key) for key, row in rows().items()]
            passages.options = [("all", ""), *labels]

        def read() -> None:
            found = rows()
            row = found.get(passages.value)
            lines.value = (passage(row) if row else show(one.value, two.value, role.value)).html()
            paint({key: row.mark for key, row in found.items()}, passages.value)

        strips, paint = _strips(widgets, sentences, lambda key: setattr(passages, "value", key))
        _on_change(search, one, two, role)
        _on_change(read, one, two, role, passages)
        return widgets.VBox([_row(widgets, [one, two, role, passages]), *strips, lines])

    return Explorer(show(first, second, voice), live)


def _strips(
    widgets: Any, sentences: pd.DataFrame, choose: Callable[[Any], None]
) -> tuple[list[Any], Callable[[dict[tuple[str, int], str], Any], None]]:
    """Make a strip of buttons for each interview, and what paints marks on it and a line under the chosen one.

    A button stands for one sentence, or for several where an interview has more than `_PARTS`; a click on it chooses
    the first of its sentences that has a mark. Equal widths are equal numbers of sentences in all strips.
    """
    from analysis.plots import colours, legible

    size = ceil((sentences["place"].max() + 1) / _PARTS)
    width = f"max({100 / (sentences['place'].max() // size + 1):.3f}% - 1px, 10px)"
    plain, underlined = (
        widgets.Layout(
            width=width, min_width="0", height="26px", margin="1px 1px 1px 0", padding="0", border_bottom=edge
        )
        for edge in ("4px solid transparent", "4px solid #000000")
    )
    palette = colours(list(sentences["interview"].unique()))
    bold = {"font_size": "10px", "font_weight": "bold", "text_color": "#FFFFFF"}
    marked = {name: widgets.ButtonStyle(button_color=legible(colour), **bold) for name, colour in palette.items()}
    empty = widgets.ButtonStyle(button_color="#D9D9D9")
    parts = dict.fromkeys(zip(sentences["interview"], sentences["place"] // size, strict=True))
    buttons = {part: widgets.Button(layout=plain, style=empty) for part in parts}
    first: dict[tuple[str, int], tuple[str, int]] = {}

    def paint(marks: dict[tuple[str, int], str], chosen: Any) -> None:
        for part, button in buttons.items():
            inside = [key for key in marks if (key[0], key[1] // size) == part]
            if inside:
                first[part] = inside[0]
            kinds = {marks[key] for key in inside}
            button.disabled = not inside
            button.description = "+" if len(kinds) > 1 else "".join(kinds)
            button.tooltip = _place(inside[0] if inside else (part[0], part[1] * size))
            button.style = marked[part[0]] if inside else empty
            button.layout = underlined if chosen in inside else plain

    for part, button in buttons.items():
        button.on_click(lambda _, part=part: choose(first[part]))
    strips = []
    for name in palette:
        row = [button for part, button in buttons.items() if part[0] == name]
        label = widgets.Label(name, layout=widgets.Layout(flex="0 0 80px"))
        strips.append(widgets.HBox([label, _row(widgets, row)]))
    return strips, paint


def _known(what: str, value: str, choices: pd.Series) -> None:
    if value and value not in set(choices):
        raise ValueError(f"There is no {what} {value!r}; choose one of {', '.join(sorted(choices.unique()))}.")


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


def _line(row: Any, left: str, node: str, right: str) -> tuple[Any, ...]:
    return row.interview, _who(row), left, Markup("<b>{}</b>").format(node), right, _characters(row)


def _place(key: tuple[str, int]) -> str:
    return f"{key[0]}, sentence {key[1] + 1}"


def _marked(text: str, matched: Sequence[str]) -> Markup:
    """Mark words in a text, as `analysis.themes.codings` joins them: semicolons between matches, blanks in them."""
    found = sorted({words for several in matched for words in several.split("; ")}, key=len, reverse=True)
    pattern = "|".join(r"\s*".join(map(re.escape, words.split())) for words in found)
    parts = re.split(rf"(?<!\w)({pattern})(?!\w)", text)
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _choices(values: Any) -> list[tuple[str, str]]:
    return [("all", ""), *((value, value) for value in dict.fromkeys(values))]


def _control(kind: Any, label: str, **options: Any) -> Any:
    """Make a control with its label beside it, all labels of one width."""
    return kind(description=label, style={"description_width": "80px"}, layout={"width": "260px"}, **options)


def _on_change(act: Callable[[], None], *controls: Any) -> None:
    """Act now, and whenever somebody changes one of the controls."""
    for control in controls:
        control.observe(lambda _: act(), "value")
    act()


def _row(widgets: Any, parts: Sequence[Any]) -> Any:
    return widgets.Box(parts, layout=widgets.Layout(flex_flow="row wrap", flex="1"))


def _beside(widgets: Any, controls: Sequence[Any], result: Any) -> Any:
    """Put controls into a column and what they find beside it, or below where there is no room."""
    result.layout = widgets.Layout(flex="1 1 680px", min_width="0", overflow="auto", margin="0 0 0 16px")
    result.tabbable = True  # so that the keyboard can scroll it
    return _row(widgets, [widgets.VBox(controls), result])
