"""The formats of other programs: valid, read by programs that nobody here wrote, nothing lost."""

import io
import json
import re
import warnings
import zipfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import frictionless
import pandas as pd
import pytest
from lxml import etree
from pyrefiqda import RefiCodebook, RefiProject
from stored import as_stored
from typer.testing import CliRunner

from analysis import load_corpus
from analysis.agreement.coders import load_coders
from analysis.files import SourceError, write_files
from analysis.schemas import SENTENCE
from analysis.study.command_line import app
from analysis.study.exchange import exchange_files, import_refi
from analysis.study.exchange.coding import codebook_of, coder_files, read_refi, sentences_coded
from analysis.study.exchange.refi import INDICATORS, coded_passages
from analysis.themes import load_codebook

XML_ID = ("http://www.w3.org/XML/1998/namespace", "id")
SCHEMAS = Path(__file__).with_name("schemas")
# A byte-order mark, CRLF, a lone CR, characters beyond 16 bits, right-to-left text, a control
# character, a blank that XML takes for a letter.
AWKWARD = (
    "\ufeffTalk\r\n\r\nQ: Do you love the rain, שלום עולם? 🎬\r\n\r\n"
    "ANN LEE: I love it 👩‍👩‍👧. My computer is \x1b dry & <small>!\r\n\r\n"
    "Q: مرحبا, which “machine” is it?\r\rANN LEE: A 𝒟ell, I love it.\u00a0\r\n"
)
CODEBOOK = """[[theme]]
id = "love"
name = "Love & <liking>"
definition = "Liking – or more."
counts = ["“love”; also 🎬", "rain"]
example = "I love it."
lemmas = ["love"]
[[theme]]
id = "machine"
name = "Machine"
definition = "Devices."
lemmas = ["computer", "machine"]
"""


@pytest.fixture(scope="module")
def seeds(corpus_of_seeds):
    return corpus_of_seeds


@pytest.fixture(scope="module")
def awkward(tmp_path_factory):
    folder = tmp_path_factory.mktemp("awkward")
    (folder / "talk.txt").write_bytes(AWKWARD.encode())
    (folder / "codebook.toml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "interviews.toml").write_text(
        '[[interview]]\nid = "1-talk"\nfile = "talk.txt"\ntitle = "Tom & Ann <live>"\n'
        'layout = "labelled"\ninterviewee = "Ann Lee"\n[interview.about]\nmedium = "رadio"\n',
        encoding="utf-8",
    )
    corpus = load_corpus(folder, folder / "gold")
    # A coder who agrees with the indicators, the first coding apart.
    by_hand = corpus.codings[1:].assign(coder="zoë")
    write_files(coder_files(by_hand, corpus, "a test"), folder / "gold" / "coders")
    return corpus


@pytest.fixture(params=["seeds", "awkward"])
def corpus(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def made():
    """Return the files of a corpus in a format, each made once."""
    return cache(exchange_files)


@pytest.fixture
def project(corpus, made, tmp_path):
    path = tmp_path / "interviews.qdpx"
    path.write_bytes(made(corpus, "qdpx")["interviews.qdpx"])
    return path


def inside(path, name="project.qde"):
    with zipfile.ZipFile(path) as packed:
        return packed.read(name)


def test_what_is_exported_is_as_stored(corpus, made, request):
    kinds = ("qdpx", "qdc", "tei", "datapackage")
    name = request.node.callspec.params["corpus"]
    written = {file: content for kind in kinds for file, content in made(corpus, kind).items()}
    as_stored(f"exchange-{name}", written)


def test_the_awkward_text_is_split_as_meant(awkward):
    assert awkward.texts["1-talk"].startswith("Talk\r\n")
    assert awkward.utterances["role"].value_counts()["interviewee"] == 2
    assert len(awkward.codings) >= 4


def test_the_project_is_valid_by_the_standards_schema(project, refi):
    refi.assertValid(etree.fromstring(inside(project)))


def test_the_codebook_is_valid_by_the_standards_schema(corpus):
    # The schema of projects holds that of codebooks; a codebook has a namespace of its own.
    text = (SCHEMAS / "refi-project.xsd").read_text(encoding="utf-8")
    text = text.replace("QDA-XML:project", "QDA-XML:codebook")
    text = text.replace(
        '<xsd:element name="Project" type="ProjectType">',
        '<xsd:element name="CodeBook" type="WithOrigin">',
    )
    text = text.replace(
        "</xsd:schema>",
        '<xsd:complexType name="WithOrigin"><xsd:complexContent><xsd:extension base="CodeBookType">'
        '<xsd:attribute name="origin" type="xsd:string"/></xsd:extension></xsd:complexContent>'
        "</xsd:complexType></xsd:schema>",
    )
    schema = etree.XMLSchema(etree.fromstring(text.encode()))
    schema.assertValid(etree.fromstring(exchange_files(corpus, "qdc")["codebook.qdc"]))


def test_pyrefiqda_finds_every_coding_at_its_characters(corpus, project, tmp_path):
    read = RefiProject.load(project, str(tmp_path / "unpacked"))
    names = {code.guid: code.name for code in read.code_book.codes.code}
    users = {user.guid: user.name for user in read.users.user}
    found = []
    for source in read.sources.text_source:
        path = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "unpacked")
        raw = path.read_bytes()
        assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
        text = raw.decode()
        for passage in source.plain_text_selection:
            words = text[passage.start_position : passage.end_position]
            for coding in passage.coding:
                if coding.code_ref.target_guid in names:
                    who = users[coding.creating_user]
                    found.append((who, source.name, names[coding.code_ref.target_guid], words))
    called = dict(corpus.codebook[["theme", "name"]].values)
    expected = [
        (
            row.coder,
            row.interview,
            called[row.theme],
            re.sub("\r\n?", "\n", corpus.texts[row.interview][row.start : row.end]),
        )
        for row in coded_passages(corpus).itertuples()
    ]
    assert sorted(found) == sorted(expected) and found


def test_pyrefiqda_reads_speakers_cases_and_facts(corpus, project, tmp_path):
    read = RefiProject.load(project, str(tmp_path / "unpacked"))
    speakers = set(corpus.utterances["speaker"].dropna())
    assert {case.name for case in read.cases.case} == speakers | set(corpus.labels.values())
    groups = {code.name: {one.name for one in code.code} for code in read.code_book.codes.code}
    assert groups["speakers"] == speakers
    assert groups["roles"] == set(corpus.utterances["role"])
    facts = {variable.guid: variable.name for variable in read.variables.variable}
    for source, row in zip(
        read.sources.text_source, corpus.interviews.to_dict("records"), strict=True
    ):
        told = {facts[v.variable_ref.target_guid]: v.text_value for v in source.variable_value}
        assert told == {name: row[name] for name in facts.values() if not pd.isna(row[name])}


def test_the_same_corpus_gives_the_same_bytes(corpus, made):
    for kind in ("qdpx", "qdc", "tei", "datapackage"):
        assert exchange_files(corpus, kind) == made(corpus, kind)


def test_a_coding_that_comes_back_is_the_one_that_went_out(corpus, project):
    coded, said = sentences_coded(corpus, read_refi(project))
    assert said == []
    by_hand = coded_passages(corpus)
    by_hand = by_hand[by_hand["coder"] != INDICATORS]
    assert set(coded["coder"]) == set(by_hand["coder"])
    places = coded.merge(corpus.sentences, on=SENTENCE)
    keys = ["coder", "interview", "theme", "start", "end"]
    assert set(places[keys].itertuples(index=False, name=None)) == set(
        by_hand[keys].itertuples(index=False, name=None)
    )


def test_what_is_imported_is_as_stored(corpus, project, request):
    imported = read_refi(project)
    coded, _ = sentences_coded(corpus, imported)
    files = coder_files(coded, corpus, "a.qdpx") | {"codebook.toml": codebook_of(imported)}
    as_stored(f"imported-{request.node.callspec.params['corpus']}", files | {"coded": coded})


def test_the_files_of_coders_are_read_as_those_set_by_hand(seeds, made, tmp_path):
    path = tmp_path / "back.qdpx"
    path.write_bytes(made(seeds, "qdpx")["interviews.qdpx"])
    import_refi(path, seeds, tmp_path / "coders", codebook=False)
    themes = list(seeds.codebook["theme"])
    before = load_coders(seeds.gold, seeds.sentences, themes)
    after = load_coders(tmp_path, seeds.sentences, themes)
    pd.testing.assert_frame_equal(before, after)
    said = import_refi(path, seeds, tmp_path / "coders", codebook=False)
    assert all("left as it is" in one or "left as it was" in one for one in said)


@pytest.fixture
def elsewhere(awkward, made, tmp_path):
    """Code one passage of the awkward text as another program, and another coder, would do it."""
    path = tmp_path / "coded.qdpx"
    path.write_bytes(made(awkward, "qdpx")["interviews.qdpx"])
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    sent = files.pop("project.qde")
    text = next(iter(files.values())).decode()

    def code(start, end, name="MACHINE", guid=None, *, crlf=False, now=text):
        root = ElementTree.fromstring(sent)
        space = "{urn:QDA-XML:project:1.0}"
        for one in root.iter(f"{space}Code"):
            one.set("guid", one.get("guid").upper())
        machine = next(one for one in root.iter(f"{space}Code") if one.get("name") == "Machine")
        machine.attrib |= {"name": name, "guid": guid or machine.get("guid")}
        ElementTree.SubElement(root.find(f"{space}Users"), f"{space}User", guid="1", name="Bo / 1")
        source = root.find(f".//{space}TextSource")
        source[:] = []
        if crlf:
            start, end = (text[:at].count("\n") + at for at in (start, end))
            now = "\ufeff" + now.replace("\n", "\r\n")
        places = {"guid": "2", "startPosition": str(start), "endPosition": str(end)}
        passage = ElementTree.SubElement(source, f"{space}PlainTextSelection", places)
        coding = ElementTree.SubElement(passage, f"{space}Coding", creatingUser="1")
        ElementTree.SubElement(coding, f"{space}CodeRef", targetGUID=machine.get("guid"))
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("other.qde", ElementTree.tostring(root))
            for name in files:
                packed.writestr(name.replace("sources/", "Sources/"), now.encode())
        return read_refi(path)

    code.text = text
    return code


def test_a_passage_may_be_the_whole_text_and_not_begin_before_it_or_end_after_it(elsewhere):
    end = len(elsewhere.text)
    for places, found in {(0, end): 1, (-1, end): 0, (0, end + 1): 0, (5, 5): 0}.items():
        assert len(elsewhere(*places).passages) == found, places


@pytest.mark.parametrize("crlf", [False, True])
def test_a_passage_codes_the_sentences_it_is_about(awkward, elsewhere, crlf):
    at = elsewhere.text.index("My computer")
    # From two letters of the sentence before to the middle of this one.
    coded, said = sentences_coded(awkward, elsewhere(at - 4, at + 20, crlf=crlf))
    words = coded.merge(awkward.sentences, on=SENTENCE)["text"].to_list()
    assert len(words) == 1 and words[0].startswith("My computer")
    assert (coded["coder"].item(), coded["theme"].item(), said) == ("Bo / 1", "machine", [])
    assert list(coder_files(coded, awkward, "a\nb.qdpx")) == ["bo-1.tsv"]


def test_what_cannot_be_used_is_said(awkward, elsewhere):
    at = elsewhere.text.index("My computer")
    with pytest.raises(SourceError, match="'New idea' is not a theme"):
        sentences_coded(awkward, elsewhere(at, at + 11, "New idea", "new"))


def test_a_text_that_was_changed_is_refused(awkward, elsewhere):
    with pytest.raises(SourceError, match="is not an interview of this folder"):
        sentences_coded(awkward, elsewhere(0, 4, now="Talk, edited"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<CodeBook", b"<html/>", b"\xff\xfe"])
def test_a_file_of_another_kind_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "x.qdpx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="not a REFI-QDA file"):
        read_refi(path)


def test_a_codebook_comes_back_with_all_it_says(corpus, made, tmp_path):
    path = tmp_path / "codebook.qdc"
    path.write_bytes(made(corpus, "qdc")["codebook.qdc"])
    assert [code.name for code in RefiCodebook.load(path).codes.code] == list(
        corpus.codebook["name"]
    )
    assert import_refi(path, corpus, tmp_path, codebook=False) == [
        f"Wrote {tmp_path / 'codebook.toml'}"
    ]
    back = load_codebook(tmp_path / "codebook.toml")
    pd.testing.assert_frame_equal(back.drop(columns="theme"), corpus.codebook.drop(columns="theme"))


def test_codes_below_codes_become_themes_with_their_path(tmp_path):
    path = tmp_path / "tree.qdc"
    path.write_text(
        '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="a" name="Weather" '
        'isCodable="false"><Code guid="b" name="Rain" isCodable="true"/><Code guid="c" name="Rain" '
        'isCodable="true"/></Code></Codes></CodeBook>',
        encoding="utf-8",
    )
    (tmp_path / "codebook.toml").write_text(codebook_of(read_refi(path)), encoding="utf-8")
    back = load_codebook(tmp_path / "codebook.toml")
    assert back["name"].to_list() == ["Weather/Rain", "Weather/Rain"]
    assert back["theme"].is_unique


@pytest.fixture
def documents(corpus, made):
    return {
        name.removesuffix(".xml"): etree.fromstring(content)
        for name, content in made(corpus, "tei").items()
    }


@pytest.fixture(scope="module")
def tei():
    return etree.RelaxNG(etree.parse(SCHEMAS / "tei.rng"))


@pytest.fixture(scope="module")
def refi():
    return etree.XMLSchema(etree.parse(SCHEMAS / "refi-project.xsd"))


def test_the_documents_are_valid_by_the_schema_of_tei(documents, tei):
    for document in documents.values():
        tei.assertValid(document)


def test_the_schema_refuses_what_tei_refuses(seeds, made, tei):
    content = made(seeds, "tei")["tiff.xml"]
    for wrong in (
        content.replace(b"</body>", b"<u>x</u>stray</body>"),
        content.replace(b"<u ", b'<u speaker="x" ', 1),
        content.replace(b"<titleStmt>", b"<titleStmt><u/>"),
    ):
        assert wrong != content and not tei.validate(etree.fromstring(wrong))


def test_delb_reads_the_text_and_everything_at_its_place(corpus, made):
    import delb

    for name, content in made(corpus, "tei").items():
        interview = name.removesuffix(".xml")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            document = delb.Document(content.decode().partition("?>")[2])
        body = document.css_select("body").first
        source = re.sub("\r\n?", "\n", corpus.texts[interview])
        assert body.full_text == source.replace("\x1b", "\ufffd")
        people = {
            f"#{person.attributes[XML_ID].value}": person.full_text
            for person in document.css_select("person")
        }
        rows = corpus.utterances[corpus.utterances["interview"] == interview]
        told = [
            (
                int(str(node.attributes["n"].value)),
                node.full_text,
                people[node.attributes["who"].value] if "who" in node.attributes else None,
            )
            for node in body.css_select("u, p, q, ab")
            if "n" in node.attributes
        ]
        expected = [
            (
                row.utterance,
                re.sub("\r\n?", "\n", row.text).replace("\x1b", "\ufffd"),
                None if pd.isna(row.speaker) else row.speaker,
            )
            for row in rows.itertuples()
        ]
        assert sorted(told, key=lambda row: row[0]) == expected


def test_the_documents_hold_sentences_themes_and_names(corpus, documents):
    for interview, document in documents.items():
        units = corpus.sentences[corpus.sentences["interview"] == interview]
        segs = document.findall(".//{*}seg")
        assert ["".join(seg.itertext()) for seg in segs] == [
            re.sub("\r\n?", "\n", text).replace("\x1b", "\ufffd") for text in units["text"]
        ]
        themes = {
            f"#{one.get('{http://www.w3.org/XML/1998/namespace}id')}": one.get("n")
            for one in document.findall(".//{*}category")
            if one.get("n")
        }
        given = [[themes[key] for key in (seg.get("ana") or "").split()] for seg in segs]
        coded = corpus.codings.groupby(SENTENCE)["theme"].agg(list)
        keys = units[SENTENCE].itertuples(index=False, name=None)
        assert given == [coded.get(key, []) for key in keys]
        names = [
            (rs.get("type"), rs.get("key"), "".join(rs.itertext()))
            for rs in document.findall(".//{*}rs")
        ]
        mentions = corpus.mentions[corpus.mentions["interview"] == interview]
        inside_one = mentions.merge(units, on=SENTENCE, suffixes=("", "_unit"))
        whole = inside_one["end"] <= inside_one["end_unit"]
        assert names == list(
            inside_one.loc[whole, ["label", "canonical", "text"]].itertuples(index=False, name=None)
        )


def test_the_data_package_is_valid_and_has_every_value(corpus, made, tmp_path):
    for name, content in made(corpus, "datapackage").items():
        (tmp_path / name).write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(str(tmp_path / "datapackage.json"))
        assert report.valid, report.flatten(["message"])
        package = frictionless.Package(str(tmp_path / "datapackage.json"))
        tables = {
            "interviews": corpus.interviews,
            "utterances": corpus.utterances,
            "tokens": corpus.tokens,
            "entities": corpus.mentions,
            "codings": corpus.codings,
            "themes": corpus.codebook,
        }
        assert package.resource_names == list(tables)
        for resource in package.resources:
            table = tables[resource.name]
            read = [list(row.values()) for row in resource.read_rows()]
            expected = [
                [None if not isinstance(v, list) and pd.isna(v) else v for v in row]
                for row in table.to_numpy(dtype=object).tolist()
            ]
            assert read == json.loads(json.dumps(expected)), resource.name


def test_the_data_package_says_what_stands_in_it(seeds, made):
    package = json.loads(made(seeds, "datapackage")["datapackage.json"])
    for resource in package["resources"]:
        assert resource["licenses"] and resource["schema"]["primaryKey"]
        if resource["name"] not in ("themes", "interviews"):
            assert all("description" in field for field in resource["schema"]["fields"])
    fields = {field["name"]: field for field in package["resources"][1]["schema"]["fields"]}
    assert fields["start"] == {
        "name": "start",
        "type": "integer",
        "unit": "Unicode code point",
        "description": "first character in the decoded source file, from 0",
        "constraints": {"required": True, "minimum": 0},
    }
    assert "interviewee" in fields["role"]["constraints"]["enum"]


def test_a_folder_without_a_codebook_is_exported_too(folder_with, refi, tei):
    corpus = load_corpus(folder_with("ANN LEE: It rained.\n\nQ: Did it?\n\nANN LEE: It did.\n"))
    raw = exchange_files(corpus, "qdpx")["interviews.qdpx"]
    refi.assertValid(etree.fromstring(inside(io.BytesIO(raw))))
    tei.assertValid(etree.fromstring(exchange_files(corpus, "tei")["one.xml"]))
    with pytest.raises(SourceError, match=r"no codebook\.toml"):
        exchange_files(corpus, "qdc")


def test_the_commands_write_and_read(awkward, tmp_path):
    run, folder, out = CliRunner().invoke, str(awkward.folder), str(tmp_path)
    for kind in ("qdpx", "qdc", "tei", "datapackage"):
        result = run(app, ["export", folder, "--out", out, "--format", kind])
        assert result.exit_code == 0, result.output
    result = run(app, ["import", f"{out}/codebook.qdc", "--folder", folder, "--out", out])
    assert result.exit_code == 0 and "codebook.toml" in result.output
    result = run(app, ["import", f"{out}/interviews.qdpx", "--folder", folder, "--out", out])
    assert result.exit_code == 1 and "no coded passages from these interviews" in result.output
