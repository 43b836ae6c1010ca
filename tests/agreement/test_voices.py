"""The split of voices against labels, counted by hand."""

import re

import pandas as pd
import pytest

from analysis import SourceError, account, load_utterances
from analysis.agreement.voices import agreement_by_interview, load_gold, voice_agreement


def voices(*rows):
    table = pd.DataFrame(rows, columns=["role", "speaker", "turn", "text", "start"])
    return table.astype({"speaker": "str", "turn": "Int64"})


def test_every_label_of_every_character_is_compared():
    theirs = voices(
        ("boilerplate", None, None, "T T", 0),
        ("interviewer", None, 0, "Why?", 4),
        ("interviewee", "Lee", 0, "Yes, so", 9),
    )
    ours = voices(
        ("narration", None, None, "T", 0),
        ("boilerplate", None, None, "T", 2),
        ("interviewer", None, None, "Why?", 4),
        ("interviewee", None, 0, "Yes,", 9),
        # Of the last two characters one has another speaker, and one is in no row.
        ("interviewee", "Bo", 0, "s", 14),
    )
    assert voice_agreement(ours, theirs) == {
        "role": 10 / 12,
        "speaker": 6 / 12,
        "turn": 7 / 12,
        "all": 1 / 12,
        "interviewer_recall": 1,
        "kept_boilerplate": 1 / 2,
    }


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["interviewer\t\t0\tWhy rain?"], "the source continues after the last line: 'It is wet.'"),
        (["interviewee\t\t0\tIt is wet."], "line 2: 'It is wet.' is not what comes next"),
        (["interviewer\t\t0\tWhy snow?"], "line 2: 'Why snow?' is not what comes next"),
    ],
)
def test_labels_that_are_not_the_whole_text_are_refused(tmp_path, lines, fault):
    path = tmp_path / "one.tsv"
    path.write_text("\n".join(["role\tspeaker\tturn\ttext", *lines, ""]), encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(fault)):
        load_gold(path, "Why rain?\n\nIt is wet.\n")


def test_a_folder_without_labels_is_named(folder_with):
    folder = folder_with("Why?\n\nIt rained.", 'layout = "q_and_a"\n')
    with pytest.raises(SourceError, match="has no labels for any interview"):
        agreement_by_interview(load_utterances(folder), folder, folder)


def test_characters_are_counted_once_missed_or_doubled(folder_with):
    folder = folder_with("Why rain?\n\nIt is wet.\n", 'layout = "q_and_a"\n')
    whole = load_utterances(folder)
    table = pd.concat([whole.iloc[1:], whole.iloc[1:].assign(end=whole["end"] - 4, text="It is")])
    assert account(table, folder).iloc[0].to_dict() == {
        "interview": "one",
        "characters": 16,
        "in_one_row": 4,
        "in_no_row": 8,
        "in_several_rows": 4,
        "rows_that_differ": 1,
    }
