"""How texts are split has not changed unnoticed; what is right is tested with labels, elsewhere."""

import splits

from analysis.sources.layouts import LAYOUTS


def test_every_text_in_every_form_is_split_as_it_was():
    stored = splits.STORED.read_text(encoding="utf-8").splitlines()
    found = ["\t".join(row) for row in splits.splits()]
    assert len(found) == len(set(found)), "each text and form once"
    others = [(old, new) for old, new in zip(stored, found, strict=True) if old != new]
    assert not others, f"{len(others)} splits differ; if that is meant, see splits.py: {others[:9]}"


def test_what_is_stored_has_every_role_and_every_layout():
    rows = [line.split("\t") for line in splits.STORED.read_text(encoding="utf-8").splitlines()]
    assert {layout for _, _, layout, _, _ in rows} == set(LAYOUTS)
    assert set("".join(letters for *_, letters, _ in rows)) == set(splits.LETTERS.values())
