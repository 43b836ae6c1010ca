"""Folders made to hurt: the command each is given to, how it must end, and the words it must say.

The tests hold the outcome against this table, `benchmarks/hostile.py` the time and the memory, too.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

TALK = "Q: Why?\n\nA: It rained on the boat all day.\n\nQ: And then?\n\nA: We filmed the river.\n"
ENTRY = '[[interview]]\nid = "one"\nfile = "one.txt"\ninterviewee = "Ann Lee"\n'
THEME = '[[theme]]\nid = "rain"\nname = "Rain"\ndefinition = "Water."\nlemmas = ["rain"]\n'
NAMES = "canonical,label,aliases,wikidata,note\n"
GOOD = {"one.txt": TALK, "interviews.toml": ENTRY}
LIVE = "<img src=x onerror=alert(1)>"
BELL = "red \x1b[31m bell \x07 page \x0c back \u202eturned"
ACCENTS = "Ame\u0301lie loves the w\u030aater and q\u0303uiet x\u0323\u0302 rooms."
CUES = "1\n00:00:01,000 --> 00:00:02,000\n- Why?\n\n2\n00:00:02,000 --> 00:00:03,000\n- No.\n\n"
NOTHING = "its layout is not recognised"
NOBODY = "no words by an interviewee were found"


def pattern(token: str) -> str:
    return f"{THEME}patterns = [[{token}]]\n"


Content = str | bytes | Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """A folder, a command on it, the exit code, and words that must be said.

    `{folder}` in a command stands for the folder, `{out}` for one beside it. `seconds` and
    `megabytes` are what the command may take; megabytes count what is added to the program itself.
    """

    files: Mapping[str, Content]
    says: str
    command: str = "check {folder}"
    code: int = 0
    seconds: int = 20
    megabytes: int = 300

    @property
    def posix(self) -> bool:
        """Tell whether Windows knows no such files."""
        return any(
            content in (pipe, loop, away, gone)
            or re.search(r'[<>:"|?*\x00-\x1f\ud800-\udfff]', name)
            for name, content in self.files.items()
        )


def good(**files: Content) -> dict[str, Content]:
    """Make a folder that is right, but for some files; `one_txt` stands for one.txt."""
    return GOOD | {name.replace("_", "."): content for name, content in files.items()}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()


def away(path: Path) -> None:
    path.symlink_to("/proc/self/mem" if Path("/proc/self/mem").exists() else "/dev/null")


def gone(path: Path) -> None:
    path.symlink_to("nowhere.txt")


def archive(**files: str) -> bytes:
    """Pack files as a .qdpx; `project_qde` stands for project.qde."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def swelling(path: Path) -> None:
    """Pack 250 megabytes of blanks into one."""
    with ZipFile(path, "w", ZIP_DEFLATED) as target, target.open("project.qde", "w") as inside:
        for _ in range(250):
            inside.write(b" " * 1_000_000)


def text(content: str, says: str, **options: object) -> Case:
    """Let `new` list one text."""
    return Case({"one.txt": content}, says, "new {folder}", **options)  # type: ignore[arg-type]


# What is put between a question and an answer, over and over: it must be split like any text.
BETWEEN = {
    "colons": ":",
    "colons with words": "a: ",
    "question marks": "?",
    "exclamations": "!?",
    "quotations left open": "“a ",
    "pairs of quotation marks": "“‘",
    "straight quotation marks": "\"a 'b' ",
    "apostrophes": "‘a’s ",
    "names": "Ann Lee ",
    "particles": "van der de la ",
    "hyphens": "A-",
    "asterisks": "*",
    "asterisks apart": "** a ",
    "underscores": "_a",
    "dashes": "- ",
    "rules": "---\n",
    "equals": "=",
    "hashes": "#",
    "blanks": " ",
    "tabs and blanks": "\t \n",
    "brackets": "(",
    "links": "[a](",
    "link definitions": "[a]: http://a.example\n",
    "square brackets": "[",
    "tags": "<b>",
    "open tags": "<a ",
    "comments": "<!-- ",
    "entities": "&amp;",
    "no-break blanks": "&nbsp;",
    "digits": "1",
    "one long word": "a",
    "one long capital word": "A",
    "combining marks": "\u0301",
    "zero width": "\u200b\u200d\ufeff",
    "ellipses": "….",
    "initials": "A. ",
    "commas": ", ",
    "bars": "| a | b ",
    "at signs": "a@b.",
    "block quotes": "> ",
}
LABELLED, Q_AND_A, SUBTITLES = (f"layout {name}" for name in ("labelled", "q_and_a", "subtitles"))


def texts(size: int) -> dict[str, Case]:
    """Return texts of about `size` characters or a few of them, each of one kind."""
    few = size // 20
    cue = "00:01.000 --> 00:02.000\n- Why?\n\n00:02.000 --> 00:03.000\n- No.\n\n"
    wide = "".join(
        f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n- Why?{' ' * few}\n{' ' * few}\n- No.\n\n"
        for n in range(20)
    )
    return {
        **{
            name: text(f"Why?\n\n{unit * (size // len(unit))}\n\nI do not know.", Q_AND_A)
            for name, unit in BETWEEN.items()
        },
        "front matter CRLF": text("---\r\n" + "a: b\r\n" * few, NOTHING, code=1),
        "front matter CR": text("---\r" + "a: b\r" * few, NOTHING, code=1),
        "front matter of blanks": text("---\n" + " " * size + "\n" + ": " * few, NOTHING, code=1),
        "blank lines CRLF": text("---\r\n" + "\r\n" * few + "Why?\r\n\r\nNo.\r\n", Q_AND_A),
        "brackets alone": text("(" * size, NOTHING, code=1),
        "short paragraphs": text("Why?\n\nNo.\n\n" * few, Q_AND_A),
        "labels that never come back": text(
            "".join(f"NAME{n}: Why?\n\nBO: No.\n\n" for n in range(few)), LABELLED
        ),
        "labels in a line": text("ANN: Why? BO: I do not know. " * few, LABELLED),
        "a label without end": text("A" * size + ": Why?\n\nBO: No.\n\n" * 3, "listed"),
        "labels of controls": text("ANN\x1b[31m: Why?\n\nBO\x07: It rained.\n\n" * 5, "listed"),
        "labels of emoji": text("🙂‍👩‍👧: Why?\n\n🎈: It rained.\n\n" * few, "listed"),
        "addresses": text("Why?\n\n" + "http://" * few + "\n\nI know.", Q_AND_A),
        "nested quotations": text(f"Why?\n\n{'“a ' * few}{'”' * few}\n\nI know.", Q_AND_A),
        "quotations of many paragraphs": text("Why?\n\n" + "“It rained\n\n" * few, "listed"),
        "reports": text("Why?\n\n" + "said " * few + "“It rained.” " * few, "listed"),
        "nested block quotes": text(">" * few + " Why?\n\nI know.\n\nSo?\n\nI know.", Q_AND_A),
        "headings": text("# Why?\n\nIt rained.\n\n" * few, "listed"),
        "numbers": text("1. Why?\n\nNo.\n\n" * few, "listed"),
        "cues": text(CUES * (few // 5), SUBTITLES),
        "cues far apart": text(CUES * 20 + "\n" * size + CUES * 20, SUBTITLES),
        "blanks between cues": text(CUES * 20 + " " * size + "\n" + CUES * 20, SUBTITLES),
        "blanks in cues": text(wide, SUBTITLES),
        "cues of huge times": text(CUES.replace("00:00", "9" * 5_000 + ":00") * 20, "listed"),
        "notes before cues": text(f"WEBVTT\n\n{'NOTE ' * few}\n\n{cue * 10}", SUBTITLES),
        "times": text("[00:00:01] " * few + "Why?\n\nI know.", "listed"),
        "running text in capitals": text(
            "WHO ASKS THIS, AND WHY?\n\nI SAID SO, AND I WAS RIGHT.\n\n" * few, Q_AND_A
        ),
        "text that turns": text(f"Q: {BELL}?\n\nA: \u202eIt rained.\u2069\n\n" * 5, LABELLED),
        "other ends of lines": text("Q: Why?\u2028\u2029A: It rained.\x85\x0b\x1c" * 20, "listed"),
    }


def page(content: str | bytes, says: str, code: int = 0, seconds: int = 20) -> Case:
    return Case({"one.html": content}, says, "new {folder}", code, seconds)


ENTITIES = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 8}">' for n in range(10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">{ENTITIES}]>'
NO_ARTICLE = "in which no article was found"
PAGES = {
    "page of nothing": page("<html>" + "<div>" * 3_000, NO_ARTICLE, 1),
    "page nested deep": page("<html><body>" + "<div>" * 30_000 + "<p>Why?</p>", NO_ARTICLE, 1),
    "page of attributes": page("<html><p " + "a=1 " * 100_000 + ">Why?</p>", "", 1),
    "page in another encoding": page("<html><meta charset=utf-16><p>Wéi?".encode("cp1252"), "", 1),
    "page of entities": page(f"{BOMB}<html><body><p>&k;</p></body></html>", "", 1),
    "page unfinished": page(
        "<html><body><article><p>Why?<p>It rained.<p>So?<p>It stopped.<script>" + "x" * 9_999,
        "listed",
    ),
    "page of many paragraphs": page(
        f"<html><body><article>{'<p><b>Why?</b></p><p>It rained.</p>' * 500}</article></html>",
        "listed",
        seconds=60,
    ),
}


def listing(more: str | bytes, says: str, **files: Content) -> Case:
    """Add lines to the list of a good folder, and check it; it cannot be used."""
    entry = ENTRY + more if isinstance(more, str) else more
    return Case(good(interviews_toml=entry, **files), says, code=1)


def entered(old: str, new: str, says: str, code: int = 1) -> Case:
    """Change the entry of a good folder."""
    return Case(good(interviews_toml=ENTRY.replace(old, new)), says, code=code)


def encoded(name: str, says: str, content: bytes = TALK.encode(), code: int = 0) -> Case:
    entry = f'{ENTRY}encoding = "{name}"'
    return Case(good(one_txt=content, interviews_toml=entry), says, code=code)


WRONG = (
    "utf-7 utf7 unicode-1-1-utf-7 punycode idna raw_unicode_escape raw-unicode-escape"
    " unicode_escape undefined rot13 base64 zip hex uu quopri nonsense"
).split()
USED = "Interviews: 1; cannot be used: 0; with points to check: 0."
ABOUT = "[interview.about]\n"
TITLE = "interview 1 ('one'), title: must be text"
LISTS = {
    "deep arrays": listing("a = " + "[" * 3_000 + "]" * 3_000, "not valid TOML"),
    "deep tables": listing("a = " + "{a=" * 3_000 + "1" + "}" * 3_000, "not valid TOML"),
    "deep keys": listing("a." * 5_000 + "a = 1", "interviews.toml"),
    "huge number": listing("a = " + "9" * 5_000, "not valid TOML"),
    "huge hexadecimal": listing("title = 0x" + "f" * 50_000, TITLE),
    "huge float": listing("title = 1e999", TITLE),
    "no date": listing("date = 9999-99-99", "not valid TOML"),
    "time as a title": listing("title = 12:00:00", TITLE),
    "null": listing('title = "a\0b"', "not valid TOML"),
    "UTF-16": listing(ENTRY.encode("utf-16"), "is not UTF-8"),
    "CR": listing(ENTRY.replace("\n", "\r").encode(), "not valid TOML"),
    "interview is a number": listing(b"interview = 1", "lists no interview"),
    "interview is numbers": listing(b"interview = [1, 2]", "is not a table"),
    "key that is a pattern": listing(b'[[interview]]\n"(a+)+$" = 1', "unknown key"),
    "the same id twice": listing(ENTRY, "two interviews have the id 'one'"),
    "about is a number": listing("about = 1", "interview 1 ('one'), about: is not a table"),
    "about holds a list": listing(f"{ABOUT}a = [1]", "interview 1 ('one'), about, a: must be text"),
    "about holds __class__": listing(f'{ABOUT}__class__ = "a"', "must begin with a letter"),
    "attribution of blanks": listing(
        '[[interview.attribution]]\nwords = " "\nspeaker = "Bo"', "must be text"
    ),
    "file is a path up": entered("one.txt", "../one.txt", "is outside"),
    "file is absolute": entered("one.txt", "/etc/passwd", "is outside"),
    "file with a null": entered("one.txt", "a\\u0000.txt", "control character"),
    "file with a very long name": entered("one.txt", "a" * 5_000, "cannot be read"),
    "file is the folder": entered("one.txt", ".", "is a folder"),
    "id with a path": entered('"one"', '"../one"', "interview 1 ('../one'), id: may contain only"),
    "id too long for a file": entered('"one"', f'"{"a" * 300}"', "at most 100"),
    "id of a device": entered('"one"', '"con"', USED, 0),
    "date with a time": entered('"Ann Lee"', '"Ann Lee"\ndate = 2013-12-18T10:00:00Z', USED, 0),
    "about of words of Python": entered(
        '"Ann Lee"', f'"Ann Lee"\n{ABOUT}class = "a"\nindex = "b"\nlambda = "c"', USED, 0
    ),
    "label of escapes": entered('"Ann Lee"', '"A"\nlabel = "red \\u001b[31m"', "control character"),
    **{f"encoding {name}": encoded(name, "not a file encoding", code=1) for name in WRONG},
    **{f"encoding {name}": encoded(name, USED) for name in "ascii latin-1 gb18030 hz".split()},
    **{
        f"encoding {name}": encoded(name, USED, TALK.encode(name))
        for name in "utf-16-le utf-16 utf-32 utf-8-sig cp037".split()
    },
    "encoding of blanks": encoded(" ", "must be text", code=1),
    "encoding with a null": encoded("a\\u0000b", "control character", code=1),
    "encoding with a very long name": encoded("a" * 100_000, "not a file encoding", code=1),
    "encoding that is another": encoded("utf-16", NOTHING, b"ab" * 99, 1),
    "text is a pipe": listing("", "one.txt is not a readable file", one_txt=pipe),
    "text is a link in a circle": listing("", "one.txt cannot be read", one_txt=loop),
    "text is a link out": listing("", "is outside", one_txt=away),
    "text is a folder": listing("", "one.txt is a folder", one_txt=folder),
    "list is a folder": Case({"interviews.toml": folder}, "interviews.toml is a folder", code=1),
    "list is a pipe": Case({"interviews.toml": pipe}, "is not a readable file", code=1),
    "list is a link in a circle": Case(
        {"one.txt": TALK, "interviews.toml": loop}, "interviews.toml cannot be read", code=1
    ),
    "list is a link to nothing": Case(
        {"one.txt": TALK, "interviews.toml": gone}, "interviews.toml: there is no such file", code=1
    ),
}


def new(files: Mapping[str, Content], says: str, code: int = 0, more: str = "") -> Case:
    return Case(files, says, "new {folder}" + more, code)


def beside(name: str, content: Content, says: str, code: int = 0) -> Case:
    """Put a file beside a good text, and let both be listed."""
    return new({name: content, "two.txt": TALK}, says, code)


def named(name: str, says: str, code: int = 0) -> Case:
    return new({name: TALK}, says, code)


ALL_LISTED = "1 of 1 files"
GREEK = "Γιατί;\n\nΈβρεχε όλη μέρα?\n\nΝαι, βέβαια.\n"
NEW = {
    "pipe": beside("one.txt", pipe, "one.txt is not a readable file"),
    "link in a circle": beside("one.txt", loop, "one.txt cannot be read"),
    "link to nothing": beside("one.txt", gone, "one.txt: there is no such file"),
    "link out": beside("one.txt", away, "is a link to a file outside"),
    "folder named as a text": beside("one.txt", folder, ALL_LISTED),
    "PDF named as a text": beside("one.txt", b"%PDF-1.7\n\xe2\xe3", "one.txt is a PDF"),
    "null": new({"one.txt": b"Why?\n\n\0\n"}, "one.txt, line 3: contains a null character", 1),
    "UTF-16": new({"one.txt": TALK.encode("utf-16")}, ALL_LISTED),
    "UTF-16 without Latin letters": new({"one.txt": GREEK.encode("utf-16")}, ALL_LISTED),
    "UTF-16, high byte first": new({"one.txt": f"\ufeff{GREEK}".encode("utf-16-be")}, ALL_LISTED),
    "UTF-16 of half a letter": new({"one.txt": TALK.encode("utf-16")[:-1]}, "or utf-16", 1),
    "UTF-16 without a mark": new({"one.txt": TALK.encode("utf-16-le")}, "null character", 1),
    "random bytes": new({"one.txt": bytes(range(256)) * 50}, "or cp1252", 1),
    "lone surrogates": new(
        {"one.txt": b"Why?\n\n\xed\xa0\x80 rained.\n"}, "not sure: the encoding"
    ),
    "name of markup": named("[red]one a, b #.txt", ALL_LISTED),
    "name of accents": named("ame\u0301lie.txt", "as amelie"),
    "long name": named("a" * 200 + ".txt", ALL_LISTED),
    "name of quotes": named('it\'s "one" \\ two.txt', ALL_LISTED),
    "name of escapes": named("\x1b[31mone.txt", "rename the file", 1),
    "name that is no UTF-8": named(os.fsdecode(b"on\xff.txt"), "rename the file", 1),
    "folder is a file": new({"one.txt": TALK}, "there is no such folder", 1, "/one.txt"),
    "no folder": new({}, "there is no such folder", 1, "/none"),
    "empty folder": new({}, "contains no texts", 1),
    "list is a link": new({"one.txt": TALK, "interviews.toml": gone}, "is left as it is", 1),
    "codebook is a link": new(
        {"one.txt": TALK, "codebook.toml": loop}, "is left as it is", 0, " --codebook empty"
    ),
    "left by a run that was killed": new(
        GOOD | {".part-abc": folder, "two.txt": TALK}, ALL_LISTED, 0, " --add"
    ),
    "page of a study that is none": beside("index.json", '{"figures": [{"files": [[]]}]}', "json"),
    "page of a study nested deep": beside("index.json", "[" * 100_000, "json"),
}

EXPORT = "export {folder} --out {out}"
BROKEN = {  # each file beside the texts, what it holds, and what must be said
    "codebook.toml": {
        "is a pipe": (pipe, "is not a readable file"),
        "is a link in a circle": (loop, "codebook.toml cannot be read"),
        "is a link to nothing": (gone, "codebook.toml: there is no such file"),
        "is a folder": (folder, "codebook.toml is a folder"),
        "is nested deep": ("theme = " + "[" * 3_000 + "]" * 3_000, "not valid TOML"),
        "has a huge number": ("pair = " + "9" * 5_000, "not valid TOML"),
        "is UTF-16": (THEME.encode("utf-16"), "is not UTF-8"),
        "has no theme": ("theme = 1", "may contain only [[theme]] tables"),
        "has a number for a theme": ("theme = [1]", "theme 1 is not a table"),
        "has a deep pattern": (pattern("{" + "a={" * 2_000 + "}" * 2_001), "not valid TOML"),
        "has a pattern of numbers": (pattern("{LEMMA = 1}"), "cannot be read"),
        "has a broken expression": (pattern('{TEXT = {REGEX = "("}}'), "cannot be read"),
        "has an id of lines": (
            THEME.replace('"rain"', '"a\\nb"', 1),
            "id is not text on one line",
        ),
        "has a name of escapes": (
            THEME.replace('"Rain"', '"\\u001b[31m"'),
            "name is not text without control characters",
        ),
        "has an empty id": (THEME.replace('"rain"', '" "', 1), "write some text"),
        "has a mixed list": (THEME.replace('["rain"]', '["rain", 1]'), "is not a list of strings"),
    },
    "gazetteer.csv": {
        "is a pipe": (pipe, "is not a readable file"),
        "is a link in a circle": (loop, "gazetteer.csv cannot be read"),
        "is a link to nothing": (gone, "gazetteer.csv: there is no such file"),
        "is a folder": (folder, "gazetteer.csv is a folder"),
        "is UTF-16": (NAMES.encode("utf-16"), "is not UTF-8"),
        "is empty": ("", "is empty"),
        "has an open quote": (NAMES + '"Ann,PERSON,,,\n', "close every quotation mark"),
        "has a long cell": (
            NAMES + "A" * 200_000 + ",PERSON,,,\n",
            "field larger than field limit",
        ),
    },
}


def good_with(name: str, content: Content, seconds: int = 30) -> Case:
    return Case(GOOD | {name: content}, "utterances", EXPORT, seconds=seconds)


def exported(content: str) -> Case:
    files = {"one.txt": f"Why?\n\n{content}\n\nI know.", "interviews.toml": ENTRY}
    return Case(files, "utterances", EXPORT, seconds=90, megabytes=1_500)


HOSTILE = {
    "one.txt": f"Q: Why, =1+1?\n\nA: {BELL} {LIVE} {ACCENTS}\n\nQ: And \ufffe so?\n\n"
    "A: @SUM(A1) it \x85 rained \u2028 on {{ 7 * 7 }} \\input{x} $x$ % \U000e0001.\n",
    "interviews.toml": ENTRY + f'label = "=1 {LIVE} e\u0301 {{{{ 7*7 }}}} \\\\input{{x}} $"\n',
    "codebook.toml": THEME.replace('"Rain"', f'"=1 {LIVE} e\u0301 {{{{ 7*7 }}}}"'),
    "gazetteer.csv": f"{NAMES}Sum {LIVE},ORG,=SUM;@Sum,,=1+1\n",
}
FORMATS = "csv parquet json qdpx qdc tei datapackage".split()
BESIDE = {
    **{
        f"{name} {what}, {command.split()[0]}": Case(GOOD | {name: content}, says, command, 1)
        for name, faults in BROKEN.items()
        for what, (content, says) in faults.items()
        for command in ("check {folder}", EXPORT)
    },
    "codebook of 1,000 themes": good_with(
        "codebook.toml", "".join(THEME.replace('"rain"', f'"r{n}"') for n in range(1_000)), 60
    ),
    "codebook, a long phrase": good_with("codebook.toml", f'{THEME}phrases = ["{"a " * 5_000}"]\n'),
    "codebook, a slow expression": good_with(
        "codebook.toml", pattern('{TEXT = {REGEX = "(a+)+$"}}')
    ),
    "gazetteer of formulas": good_with("gazetteer.csv", NAMES + "=Ann(),PERSON,@A;-B,,+C\n"),
    "gazetteer of 5,000 names": good_with(
        "gazetteer.csv", NAMES + "".join(f"Ann{n} Lee,PERSON,A{n},,\n" for n in range(5_000)), 90
    ),
    "gazetteer of a long name": good_with(
        "gazetteer.csv", f"{NAMES}Ann,PERSON,{'Lee ' * 5_000},,\n"
    ),
    "gazetteer of escapes": good_with("gazetteer.csv", NAMES + "Ann\x1b[31m,PERSON,,,\n"),
    "gazetteer in CR": good_with("gazetteer.csv", NAMES.replace("\n", "\r") + "Ann,PERSON,,,\r"),
    "store is a file": good_with(".annotations", "no folder"),
    "store is a link in a circle": good_with(".annotations", loop),
    "store is a pipe": good_with(".annotations", pipe),
    "out is a file": Case(GOOD | {"out": "x"}, "out is a file", f"{EXPORT[:-5]}{{folder}}/out", 1),
    "out is a link in a circle": Case(
        GOOD | {"out": loop},
        "is not a writable folder",
        f"{EXPORT[:-5]}{{folder}}/out",
        1,
    ),
    "out is in the folder": Case(GOOD, "utterances", f"{EXPORT[:-5]}{{folder}}/out"),
    "out is the folder": Case(GOOD, "utterances", f"{EXPORT[:-5]}{{folder}}"),
    "out holds a folder in place of a file": Case(
        GOOD | {"utterances.csv": folder}, "cannot be written", f"{EXPORT[:-5]}{{folder}}", 1
    ),
    **{
        f"hostile text as {kind}": Case(HOSTILE, "out/", f"{EXPORT} --format {kind}", seconds=40)
        for kind in FORMATS
    },
    "long word, exported": exported("a" * 5_000),
    "combining marks, exported": exported("a" + "\u0301" * 5_000),
    "points, exported": exported("a.b-" * 1_000),
    "slashes, exported": exported("It rained at " + "http://" * 1_000),
    "smileys, exported": exported(":-)" * 2_000),
    "titles, exported": exported("“The Rain” and " * 300),
    "emoji, exported": exported("👩‍👩‍👧🙂 " * 500),
    "other scripts, exported": exported("日本語の文章。שלום. हिन्दी। " * 100),
    "a long paragraph, exported": exported("It rained on the boat. " * 300),
}

PLAIN = '<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0">'
IMPORT = "import {folder}/a.qdpx --folder {folder} --out {out}"
CODES = "<CodeBook><Codes>{codes}</Codes></CodeBook>"
RAIN = CODES.format(codes='<Code guid="1" name="Rain" isCodable="true"/>')
NO_PROJECT = "is not a REFI-QDA file"


def imported(content: Content, says: str = NO_PROJECT, code: int = 1) -> Case:
    return Case(GOOD | {"codebook.toml": THEME, "a.qdpx": content}, says, IMPORT, code, seconds=30)


def coded(first: str, last: str, text: str = TALK, coder: str = "Bo") -> bytes:
    """Pack a project in which a coder gives one passage of a text a code."""
    return archive(
        one_txt=text,
        project_qde=f"{PLAIN}<Users><User guid='u' name='{coder}'/></Users>{RAIN}<Sources>"
        f"<TextSource name='one' plainTextPath='internal://one.txt'><PlainTextSelection"
        f" startPosition='{first}' endPosition='{last}'><Coding creatingUser='u'><CodeRef"
        " targetGUID='1'/></Coding></PlainTextSelection></TextSource></Sources></Project>",
    )


def spoilt(content: bytes) -> bytes:
    return content[:60] + bytes(byte ^ 0x55 for byte in content[60:80]) + content[80:]


IMPORTS = {
    "import of nothing": imported(b""),
    "import of bytes": imported(bytes(range(256))),
    "import of half an archive": imported(coded("9", "40")[:-30]),
    "import of a spoilt archive": imported(spoilt(coded("9", "40"))),
    "import of an archive of nothing": imported(archive()),
    "import of a folder": imported(folder, "is a folder"),
    "import of a pipe": imported(pipe, "is not a readable file"),
    "import of a link in a circle": imported(loop, "cannot be read"),
    "import of no file": Case(GOOD, "there is no such file", IMPORT, code=1),
    "import of entities": imported(f"{BOMB}<Project>&k;</Project>"),
    "import of a file outside": imported(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'
    ),
    "import nested deep": imported(
        f"{PLAIN}<Codes>{'<Code>' * 50_000}{'</Code>' * 50_000}</Codes></Project>"
    ),
    "import that swells": imported(swelling, "its texts exceed"),
    "import of places that are no numbers": imported(coded("a", "b")),
    "import of places of thousands of digits": imported(coded("0", "9" * 5_000)),
    "import of places outside": imported(coded("-5", "99999"), "no coded passages"),
    "import of places turned round": imported(coded("9", "2"), "no coded passages"),
    "import of another text": imported(
        coded("9", "20", "It is another text."), "no coded passages"
    ),
    "import of a good one": imported(coded("9", "40"), "Wrote", 0),
    "import of a coder with a path": imported(
        coded("9", "40", coder="../../x\x7f&#10;# y"), "out/x-y.tsv", 0
    ),
    "import of a code without a name": imported(
        f"{PLAIN}{CODES.format(codes='<Code/>')}</Project>", "Wrote", 0
    ),
    "import of hostile codes": imported(
        PLAIN + CODES.format(codes='<Code name="&lt;img> =1 ../&#10;x"/>') + "</Project>",
        "Wrote",
        0,
    ),
    "import of 5,000 codes": imported(
        PLAIN + CODES.format(codes='<Code name="a"/>' * 5_000) + "</Project>", "Wrote", 0
    ),
    "import in no encoding": imported('<?xml version="1.0" encoding="nonsense"?><Project/>'),
    "import in UTF-7": imported('<?xml version="1.0" encoding="utf-7"?><Project/>'),
}

STUDY = "study {folder} --out {out} --no-notebook"
OWN = "study {folder} --out {folder} --no-notebook"


def studied(files: Mapping[str, Content], says: str, command: str = STUDY, code: int = 0) -> Case:
    return Case(files, says, command, code, seconds=120, megabytes=1_000)


PAGE = "The study as one page"
WRITEUP = "writeup {figure} --folder {folder} --out {out}"
STUDIES = {
    "study of hostile texts": studied(HOSTILE, PAGE),
    "study into its folder": studied(GOOD, PAGE, OWN),
    "study, its page is a folder": studied(GOOD | {"study.html": folder}, "study.html", OWN, 1),
    "study, its notebook is a list": studied(GOOD | {"study.ipynb": "[]"}, "study.ipynb", OWN, 1),
    "study, its notebook is a pipe": studied(GOOD | {"study.ipynb": pipe}, "study.ipynb", OWN, 1),
    "study of a pipe": studied(good(codebook_toml=pipe), "is not a readable file", STUDY, 1),
    "study of a pair that is none": studied(
        good(codebook_toml=THEME), "no-theme", f"{STUDY} --pair no-theme rain", 1
    ),
    "writeup of hostile texts": studied(HOSTILE, "The paper", WRITEUP.replace("{figure}", "1")),
    "writeup of no figure": studied(GOOD, "nothing", WRITEUP.replace("{figure}", "nothing"), 1),
}
# What needs a limit on the size of files or another user; `benchmarks/hostile.py` sets them.
FULL = {
    "disk is full, new": Case({"one.txt": TALK}, "cannot be written", "new {folder}", 1),
    "disk is full, export": Case(GOOD, "cannot be written", EXPORT, 1, seconds=40),
    "disk is full, study": studied(GOOD, "cannot be written", STUDY, 1),
}


def made(case: Case, place: Path) -> Path:
    """Make the folder of a case."""
    (target := place / "interviews").mkdir(parents=True)
    for name, content in case.files.items():
        if callable(content):
            content(target / name)
        else:
            (target / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


def run(case: Case, place: Path) -> tuple[int, str]:
    """Run a case inside this process; return its exit code and all that was said."""
    from typer.testing import CliRunner

    from analysis.study.command_line import app

    target = made(case, place)
    words = [word.format(folder=target, out=place / "out") for word in case.command.split()]
    result = CliRunner().invoke(app, words)
    said = result.output
    if result.exception and not isinstance(result.exception, SystemExit):
        said += "".join(traceback.format_exception(result.exception))
    return result.exit_code, said


def fault_of(case: Case, code: int, said: str) -> str:
    """Return what is wrong with how a case ended; nothing where it ended as it must."""
    said_words = " ".join(said.split())
    if hidden := [one for one in ("Traceback", "\x1b", "\x07") if one in said]:
        return f"{hidden}: {said.strip()[-300:]}"
    if code != case.code or case.says not in said_words:
        return f"exit code {code}, not {case.code}, or without {case.says!r}: {said_words[-300:]}"
    return ""
