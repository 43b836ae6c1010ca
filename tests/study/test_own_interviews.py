"""Interviews of one's own, on other subjects: from the list to the page, as the README says."""

import csv
import io
import json
import re
import shutil

import pandas as pd
import pytest
from stored import as_stored
from typer.testing import CliRunner

from analysis import SourceError, agreement, load_corpus
from analysis.figures.tables import literally
from analysis.names import load_gazetteer, to_check
from analysis.study.command_line import app
from analysis.study.contents import left_out
from analysis.wording import p_value

POTTER = """\
Q: How did you come to clay?

A: My aunt kept a bucket of clay behind the barn in Aberdeen. I made a bowl that leaked. The clay
was cold.

Q: What does the fire do?

A: The fire finishes the pot. I load the kiln, and the fire takes ten pots. The clay remembers.

Q: Do you keep the broken ones?

A: I keep the shards. Bernard Leach said that a pot has a life. The fire shows what the clay wanted.

Q: Why wood?

A: Wood is slow. I sit with the fire for two nights, and the clay waits.

Q: What now?

A: Jars for rain. We build a kiln with bricks from Perth.
"""
KEEPER = (
    POTTER.replace("clay", "comb")
    .replace("fire", "frost")
    .replace("Aberdeen", "Bremen")
    .replace("pot", "hive")
)
CODEBOOK = """\
[[theme]]
id = "stuff"
name = "Material"
definition = "What is worked with."
lemmas = ["clay", "comb"]

[[theme]]
id = "loss"
name = "Loss"
definition = "What takes it away."
lemmas = ["fire", "frost", "shard"]
"""


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "talks"
    folder.mkdir()
    (folder / "the_potter.txt").write_text(POTTER, encoding="utf-8")
    (folder / "keeper-1979.txt").write_text(KEEPER, encoding="utf-8")
    assert run("new", folder).exit_code == 0
    return folder


def test_a_list_proposes_labels_and_what_to_start_from_is_written_once(folder, tmp_path):
    folder = shutil.copytree(folder, tmp_path / "talks")
    corpus = load_corpus(folder)
    assert corpus.labels == {"keeper-1979": "Keeper 1979", "the_potter": "The Potter"}
    assert [told for told in left_out(corpus) if "codebook" in told]
    said = run("new", folder, "--codebook", "empty")
    assert said.exit_code == 0 and said.stdout.count("Written for you to fill in") == 2
    begun = load_corpus(folder)
    # Comments alone are no themes; the example that they hold is a codebook.
    assert not begun.has_codebook and begun.gazetteer.empty
    assert [told for told in left_out(begun) if "codebook" in told]
    example = (folder / "codebook.toml").read_text(encoding="utf-8").split("# pair", 1)[1]
    _, theme = example.split("\n#\n", 1)
    (folder / "codebook.toml").write_text(re.sub("(?m)^# ?", "", theme), encoding="utf-8")
    assert list(load_corpus(folder).codebook["theme"]) == ["material"]
    assert "left as it is" in run("new", folder, "--codebook", "six").stdout


def test_the_six_themes_are_a_codebook(tmp_path, folder):
    assert run("new", folder.parent / "nowhere", "--codebook", "six").exit_code == 1
    (tmp_path / "a.txt").write_text(POTTER, encoding="utf-8")
    assert run("new", tmp_path, "--codebook", "six").exit_code == 0
    assert len(load_corpus(tmp_path).codebook) == 6
    assert load_corpus(tmp_path).pair == ("technology", "intimacy")


@pytest.fixture(scope="module")
def studied(folder, svg_alone, tmp_path_factory):
    """The files of a study with two themes of one's own and a second coder."""
    out, gold = tmp_path_factory.mktemp("out") / "results", folder.parent / "labels"
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    (gold / "coders").mkdir(parents=True)
    sheet = agreement.coding_sheet(load_corpus(folder).sentences)
    (gold / "coders" / "lea.tsv").write_text(
        re.sub(r"(?m)\t\t(.*(?:clay|comb).*)$", r"\tstuff\t\1", sheet), encoding="utf-8"
    )
    said = run("study", folder, "--out", out, "--gold", gold, "--pair", "stuff", "Loss",
               "--no-notebook")  # fmt: skip
    assert said.exit_code == 0, said.output
    return out


def test_every_file_of_the_study_is_as_stored(studied):
    written = {
        path.relative_to(studied).as_posix(): path.read_bytes()
        for path in sorted(studied.rglob("*"))
        if path.is_file() and path.name != "index.json"  # checksums of the others
    }
    for name in ("study.html", "study.ipynb"):  # which name a temporary folder
        written[name] = re.sub(rb"\bown\d+/", b"own/", written[name])
    as_stored("own-interviews", written)


def test_the_page_has_explorer_figures_and_the_pair_that_was_named(studied):
    page = (studied / "study.html").read_text(encoding="utf-8")
    assert 'class="explorer"' in page and "The study of Keeper 1979 and The Potter" in page
    index = json.loads((studied / "index.json").read_text(encoding="utf-8"))
    files = [name for figure in index["figures"] for name in figure["files"]]
    slugs = {re.sub(r"^[0-9]+-", "", name).rpartition(".")[0] for name in files}
    assert {"loss-and-stuff", "specifications"} <= slugs
    assert all(f"figure-{slug}" in page for slug in slugs)
    code = (studied / "study.ipynb").read_text(encoding="utf-8")
    for one in index["figures"]:
        number = f"Figure {one['number']}. " if one["number"] else ""
        assert f'"## {number}{literally(one["title"])}"' in code
    assert "pair=('stuff', 'Loss')" in code and "gold=" in code and "figures.explore" in code


def test_sentences_are_true_of_anybody(studied):
    told = json.loads((studied / "findings.json").read_text(encoding="utf-8"))
    sentences = " ".join(one["sentence"] for one in told)
    assert not re.search(r"\b(he|his|him|himself|journalists?)\b", sentences)
    assert not re.search(r"(?<![.,\d])1 (times|works|names|mentions)\b|p = 0\.0+\b", sentences)
    for share, words in re.findall(r"of the interviewee (most are|the largest)[^:]*: (\d+)%",
                                   sentences):  # fmt: skip
        assert (int(words) > 50) == (share == "most are")
    assert "coder lea" in sentences and "stuff" not in sentences.replace("(stuff", "")


def test_a_pair_that_the_codebook_lacks_is_refused(folder, studied):
    said = run("study", folder, "--out", studied, "--pair", "stuff", "rain", "--no-notebook")
    assert said.exit_code == 1 and "'stuff' and 'rain' are not two of its themes" in said.stderr
    with pytest.raises(SourceError, match="not two of its themes"):
        load_corpus(folder, pair=("loss", "Loss")).pair  # noqa: B018
    path = folder / "codebook.toml"
    path.write_text(f'pair = ["loss", "stuff"]\n{CODEBOOK}', encoding="utf-8")
    assert load_corpus(folder).pair == ("loss", "stuff")
    path.write_text(CODEBOOK, encoding="utf-8")
    assert load_corpus(folder).pair is None
    assert [told for told in left_out(load_corpus(folder)) if "pair =" in told]


def test_names_to_check_have_their_lines_and_can_be_put_into_the_gazetteer(folder, studied):
    table = pd.read_csv(studied / "names-to-check.csv", keep_default_na=False)
    row = table.set_index("canonical").loc["Bernard Leach"]
    assert (
        row["lines"].startswith("Bernard Leach said") and row["entry"] == "Bernard Leach,PERSON,,,"
    )
    findings = (studied / "findings.md").read_text(encoding="utf-8")
    assert f"None of the {len(table)} names is in the gazetteer" in findings
    known = folder.parent / "known.csv"
    entries = "\n".join(["canonical,label,aliases,wikidata,note", *table["entry"]])
    known.write_text(entries, encoding="utf-8")
    corpus = load_corpus(folder)
    assert to_check(corpus.mentions, corpus.sentences, load_gazetteer(known)).empty


def test_no_two_entries_claim_one_alias_and_hostile_names_are_cells():
    keys = {"interview": "a", "utterance": 0, "sentence": 0, "label": "PERSON"}
    named = [("Ann Lee", "Lee"), ("Bo Lee", "Lee"), ('Eve "E, F" <b>', "Eve;"), ("the thing", "X")]
    mentions = pd.DataFrame([{**keys, "canonical": name, "text": text} for name, text in named])
    sentences = pd.DataFrame([{**keys, "text": "Lee\ncame."}])
    table = to_check(mentions, sentences).set_index("canonical")
    assert table.loc["Ann Lee", "lines"] == "Lee came."
    cells = {
        name: next(csv.reader(io.StringIO(entry)), []) for name, entry in table["entry"].items()
    }
    assert [cells[name][2] for name in ("Ann Lee", "Bo Lee", 'Eve "E, F" <b>')] == ["Lee", "", ""]
    assert cells['Eve "E, F" <b>'][0] == 'Eve "E, F" <b>' and cells["the thing"] == []


@pytest.mark.parametrize(("p", "said"), [(0.004, "< 0.01"), (0.006, "= 0.01"), (0.5, "= 0.50")])
def test_a_small_p_is_not_nothing(p, said):
    assert p_value(p, 2) == said
