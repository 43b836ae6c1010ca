"""How texts are split has not changed unnoticed; what is right is tested with labels, elsewhere."""

import splits
from stored import FOLDER, rows_as_stored

from analysis.sources.layouts import LAYOUTS


def test_every_text_in_every_form_is_split_as_it_was():
    found = splits.splits()
    assert len(found) == len(dict(found)), "each text and form once"
    rows_as_stored("splits", dict(found))


def test_what_is_stored_has_every_role_and_every_layout():
    lines = (FOLDER / "splits.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    assert {layout for _, layout, _, _ in rows} == set(LAYOUTS)
    assert set("".join(letters for *_, letters, _ in rows)) == set(splits.LETTERS.values())
