"""Layouts: the ways in which pages show who speaks, each with a parser."""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_lowercase

import pandas as pd

from analysis.sources.interviews import NOBODY, Interview
from analysis.sources.layouts import digest, labelled, labels, q_and_a, subtitles
from analysis.sources.layouts.paragraphs import Passage, asks
from analysis.wording import plural

Parser = Callable[[str, Interview], list[Passage]]
_WORD = r"[^\s:：.?!]+(?:\.(?=[ \t]\S))?"
# Where any text has capitals: above all in labels, and at the beginning of a sentence.
_STAYS = (
    re.compile(
        rf"(?:^|(?<=[.?!…]\s))[^\w\n]{{0,8}}{_WORD}(?:[ \t]{_WORD}){{0,3}}"
        r"(?=[ \t]?[:：\t]|[ \t][–—-]|[ \t]*$)",
        re.MULTILINE,
    ),
    re.compile(r"\bI\b|(?:\A|[.?!…:]\W{1,5}|\n\s{0,5}\n\W{0,5})\w"),
)
_SHOUTED = 0.5  # of the letters are capitals


def calmed(source: str) -> str:
    """Convert a text in capitals to sentence case, except labels; characters keep their places.

    >>> calmed("ANN LEE: IT RAINED. I LEFT.")
    'ANN LEE: It rained. I left.'
    """
    # Most texts are not, which is seen quickly if more than half of them is small Latin letters.
    if 2 * len(source.encode().translate(None, ascii_lowercase.encode())) < len(source) or (
        sum(map(str.isupper, source)) <= _SHOUTED * sum(map(str.isalpha, source))
    ):
        return source
    small = [low if len(low := char.lower()) == 1 else char for char in source]
    for match in (match for stays in _STAYS for match in stays.finditer(source)):
        small[match.start() : match.end()] = match[0]
    return "".join(small)


# A new layout is a function from a source and its entry to passages, and a line here.
LAYOUTS: dict[str, Parser] = {
    "subtitles": subtitles.parse,
    "labelled": labelled.parse,
    "digest": digest.parse,
    "headings": q_and_a.parse,
    "q_and_a": q_and_a.parse,
}
# Evidence above this settles the layout. Questions and answers have no signs of their own and are
# what is left.
_SURE = 0.5
_FEW = 0.1  # of the paragraphs: too few to be a habit
_Candidate = tuple[str, float, str]  # layout, evidence, reason


def candidates(source: str, interview: Interview = NOBODY) -> pd.DataFrame:
    r"""Weigh the evidence for each layout of a text.

    Parameters
    ----------
    source : the decoded file.
    interview : its entry; a label that matches a name in it is more certain.

    Returns
    -------
    DataFrame with a row for each layout, the likeliest first: `layout` (str), `evidence` (float64,
    a share from 0 to 1 of what `reason` describes; more is stronger) and `reason` (str, for
    readers). The shares of different layouts cannot be compared: `recognise` takes the first of
    subtitles, labelled, digest and headings above 0.5, otherwise q_and_a if there is a question.
    The first row is its choice; if its evidence is 0, nothing fits.

    Examples
    --------
    >>> found = candidates("Q: Why?\n\nA: It rained.\n\nQ: And then?\n\nA: It stopped.")
    >>> found.loc[0, ["layout", "reason"]].to_list()
    ['labelled', '4 labels of 2 speakers (Q, A), from line 1 to line 7']
    """
    source = calmed(source)
    cues = subtitles.cues(source)
    found = digest.paragraphs_of(source)
    texts = [source[block.start : block.end] for block in found]
    leads = digest.leads(texts, [block.mark for block in found])
    questions = sum(asks(text) for number, text in enumerate(texts) if number not in leads)
    transcript = None if cues > _SURE else labels.transcript(source, interview)
    marked = 0 if cues > _SURE else q_and_a.marked_questions(source)
    timed = (
        f"{cues:.0%} of the lines are cues with times" if cues else "fewer than two cues with times"
    )
    rows = [
        ("subtitles", cues, timed),
        _of_labels(source, transcript, len(leads)),
        _of_quotations(source, len(leads), questions, len(texts)),
        (
            "headings",
            float(marked > 0),
            f"{marked} questions set apart by headings, bold, italics or block quotes",
        ),
        (
            "q_and_a",
            min(1.0, 2 * questions / max(1, len(texts))),
            f"{questions} of {plural(len(texts), 'paragraph', 'paragraphs')}"
            f" {'ends' if questions == 1 else 'end'} in a question mark",
        ),
    ]
    chosen = next((row for row in rows[:-1] if row[1] > _SURE), rows[-1])
    rows.sort(key=lambda row: (row is not chosen, -row[1]))
    return pd.DataFrame(rows, columns=["layout", "evidence", "reason"])


def _of_quotations(source: str, leads: int, questions: int, paragraphs: int) -> _Candidate:
    if leads < 2 and questions <= _FEW * paragraphs:
        statements, asking = digest.statements(source)
        if statements >= 3 and asking <= _FEW * paragraphs and statements >= 2 * _FEW * paragraphs:
            reason = f"{statements} paragraphs of prose quote a statement"
            return "digest", 0.5 + statements / (2 * paragraphs), reason
    evidence = leads / (leads + questions) if leads >= 2 else 0.0
    reason = (
        f"{plural(leads, 'lead', 'leads')} with a quotation,"
        f" {plural(questions, 'other paragraph that ends', 'other paragraphs that end')}"
        " in a question mark"
    )
    return "digest", evidence, reason


def _of_labels(source: str, transcript: labels.Transcript | None, leads: int) -> _Candidate:
    if transcript is None:
        return "labelled", 0.0, "no labels recur over enough of the text"
    found = transcript.labels
    names = list(dict.fromkeys(label.name for label in found))
    first, last = (source.count("\n", 0, label.start) + 1 for label in (found[0], found[-1]))
    shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    reason = (
        f"{len(found)} labels of {plural(len(names), 'speaker', 'speakers')} ({shown}), from line"
        f" {first} to line {last}"
    )
    if transcript.side:
        others = "answers" if transcript.side == "interviewer" else "questions"
        reason += f"; {others} have none"
    if leads >= max(2, 0.8 * len(found)):
        return "labelled", 0.0, f"{reason}; but they introduce quotations"
    # The labels of a conversation extend over at least 0.25 of the text (`labels._is_dense`).
    return "labelled", 0.5 + transcript.reach / 2, reason


def recognise(source: str, interview: Interview = NOBODY) -> str | None:
    r"""Name the layout of a source.

    None if it has no cues, labels, leads, quoted statements or questions.

    >>> recognise("On work: “It is play.”\n\nOn play: “It is work.”")
    'digest'
    """
    layout, evidence, _ = candidates(source, interview).iloc[0]
    return layout if evidence > 0 else None
