"""Preview the split of an interview on a terminal: roles, speakers, first words, doubts."""

from __future__ import annotations

import pandas as pd
from rich.console import Group
from rich.table import Table
from rich.text import Text

from analysis.files import first_words, visible
from analysis.sources.check import Split, shares
from analysis.wording import plural

# Colours only help: the role is written, too.
_STYLES = {
    "interviewer": "cyan",
    "interviewee": "bold green",
    "narration": "yellow",
    "quoted": "magenta",
    "boilerplate": "dim",
}
_WORDS = 100  # characters of an utterance that are shown


def preview(split: Split, rows: int = 30) -> Group:
    """Show how a file would be split; nothing in the source acts as markup or as a command.

    Parameters
    ----------
    split : as `analysis.sources.check.check_interviews` yields it.
    rows : how many utterances to show, two thirds of them from the start; 0 shows all.
    """
    interview = split.interview
    title = Text.assemble((visible(interview.id), "bold"), "  ", visible(interview.file))
    if split.fault is not None or split.utterances is None:
        return Group(
            title, Text(f"  cannot be used: {visible(split.fault or '')}", style="bold red"), Text()
        )
    told = ", ".join(
        f"{row.role} {row.share:.0%} ({plural(row.words, 'word', 'words')})"
        for row in shares(split.utterances).itertuples()
    )
    lines = [
        Text(f"  {split.sure:.0%} of the characters are likely to be split correctly"),
        Text(f"  layout {split.layout}: {visible(split.reason)}"),
        Text(f"  {told}"),
        *(Text(f"  warning: {visible(warning)}", style="bold red") for warning in split.warnings),
    ]
    return Group(title, *lines, _table(split.utterances, rows), Text())


def _table(utterances: pd.DataFrame, rows: int) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=True, header_style="underline"
    )
    table.add_column("  role", no_wrap=True, min_width=13)
    table.add_column("speaker", no_wrap=True, min_width=7, max_width=24, overflow="ellipsis")
    table.add_column("first words", no_wrap=True, overflow="ellipsis", ratio=1)
    told, first = utterances.fillna({"speaker": ""}).to_dict("records"), rows - rows // 3
    hidden = len(told) - rows if rows > 0 else 0
    for number, row in enumerate(told):
        if number == first and hidden > 0:
            table.add_row("  …", "", Text(f"{hidden:,} more (--rows 0 shows all)"), style="dim")
        if not first <= number < first + hidden:
            table.add_row(
                Text(f"  {row['role']}", style=_STYLES[row["role"]]),
                Text(first_words(row["speaker"], 40)),
                Text(first_words(row["text"], _WORDS), style=_STYLES[row["role"]]),
            )
    return table
