"""What is drawn is what the table says, at the promised size, in bytes that do not change."""

import hashlib
import html
import io
import json
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from pictures import same_file
from stored import as_stored

from analysis import SourceError
from analysis.figures import StudyFigure, StudyTable, content_words, names, style
from analysis.figures.content_words import draw_occurrences
from analysis.files import write_files
from analysis.study.contents import left_out, study_figures
from analysis.study.export import exported as files_exported
from analysis.study.export import input_hashes

# On a page that is too low for all their rows the type is smaller, but never below that of print.
TALL = {"intimacy-and-technology", "specifications"}


def export(figures, folder, *more, **named):
    write_files(files_exported(figures, *more, **named), folder)


@pytest.fixture(scope="module")
def exported(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    write_files(study.files, folder)
    return folder


@pytest.fixture(scope="module", params=style.PROFILES)
def page(request):
    """The name of a page for which figures are drawn."""
    return request.param


@pytest.fixture(scope="module")
def profile(page):
    return style.PROFILES[page]


@pytest.fixture(scope="module")
def drawings(drawn, page):
    return drawn(page)


@pytest.fixture(scope="module")
def printed(drawn):
    return drawn("double")


def hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def test_a_second_export_is_the_figures_folder_byte_for_byte(exported, root):
    computed, stored = hashes(exported).keys(), hashes(root / "figures").keys()
    differ = [
        name
        for name in computed | stored
        if name not in computed & stored
        or not same_file(
            name, (exported / name).read_bytes(), (root / "figures" / name).read_bytes()
        )
    ]
    assert not differ, f"run: make figures; these differ: {sorted(differ)}"


def stem(figure, number):
    return f"{number:02d}-{figure.slug}" if figure.numbered else figure.slug


def test_each_figure_has_its_four_files_and_its_entry(figures, exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    assert index["inputs"] == input_hashes("seeds", "tests/gold")
    assert {"indiewire.entities.tsv", "tiff.entities.tsv"} < set(index["inputs"])
    assert len(index["figures"]) == len(figures)
    for number, (figure, entry) in enumerate(zip(figures, index["figures"], strict=True), 1):
        assert entry["number"] == (number if figure.numbered else None)
        assert list(entry["files"]) == [
            f"{stem(figure, number)}.{suffix}" for suffix in ("svg", "pdf", "png", "csv")
        ]
        for name, digest in entry["files"].items():
            assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest
        assert entry["caption"] == figure.caption
        assert entry["alt"] == figure.alt


def test_sizes_are_those_of_the_column_in_mm(figures, exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    for number, (figure, entry) in enumerate(zip(figures, index["figures"], strict=True), 1):
        width, height = figure.figure.get_size_inches() * 25.4
        assert any(abs(width - column) < 0.01 for column in (style.SINGLE, style.DOUBLE))
        assert (entry["width_mm"], entry["height_mm"]) == pytest.approx((width, height), abs=0.06)
        place = exported / stem(figure, number)
        svg = place.with_suffix(".svg").read_text(encoding="utf-8")
        points = float(re.search(r'<svg[^>]*\bwidth="([\d.]+)pt"', svg)[1])
        assert abs(points * 25.4 / 72 - width) < 0.1
        box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", place.with_suffix(".pdf").read_bytes())[
            1
        ].split()
        assert abs(float(box[2]) * 25.4 / 72 - width) < 0.1
        assert plt.imread(place.with_suffix(".png")).shape[1] == pytest.approx(
            width / 25.4 * 300, abs=1
        )


def test_each_page_holds_its_figures(drawings, page):
    sizes = {tuple(drawing.get_size_inches() * 25.4) for _, drawing in drawings.values()}
    # On a slide the specification curve is narrowed, for it must not be higher.
    widths = {"double": {89, 183}, "single": {89}, "slide": {166, 228, 254}}
    assert {round(width) for width, _ in sizes} == widths[page]
    assert page != "slide" or max(height for _, height in sizes) <= 142.9, "16:9"


@pytest.mark.usefixtures("drawings")
def test_each_mark_of_each_page_is_where_it_was(marks_drawn, page):
    as_stored(f"marks-{page}", {f"{slug}.svg": told for slug, told in marks_drawn[page].items()})


def test_a_profile_combines_with_others_and_leaves_matplotlib_as_it_was():
    before = dict(mpl.rcParams)
    mine = style.PRINT | style.page(120) | style.type_size(9)
    with style.canvas(style.DOUBLE, 40, mine) as (drawing, pt):
        drawing.subplots()
        assert drawing.get_size_inches() * 25.4 == pytest.approx([120, 48])
        assert mpl.rcParams["font.size"] == 9 == 7.5 * pt
        assert mpl.rcParams["axes.spines.top"] is False
    assert dict(mpl.rcParams) == before


def test_an_export_for_a_slide_is_in_full_hd(figures, exported, tmp_path):
    export(figures[:1], tmp_path, {}, profile=style.PROFILES["slide"])
    assert plt.imread(tmp_path / "01-voices.png").shape[:2] == (1080, 1920)
    assert (tmp_path / "01-voices.csv").read_bytes() == (exported / "01-voices.csv").read_bytes()
    assert hashes(tmp_path).keys() == {
        *(f"01-voices.{suffix}" for suffix in ("svg", "pdf", "png", "csv")),
        "index.json",
        "index.html",
    }


def test_the_csv_is_the_table(figures, exported):
    for number, figure in enumerate(figures, 1):
        written = pd.read_csv(exported / f"{stem(figure, number)}.csv")
        assert list(written.columns) == list(figure.table.columns)
        assert len(written) == len(figure.table)
        for column in figure.table.select_dtypes("number"):
            expected = figure.table[column].astype("float64").to_list()
            assert written[column].to_list() == pytest.approx(expected, rel=1e-8, nan_ok=True)


def placed_at(figure: Figure, dpi: int):
    """Place all parts of a figure as an export would; return what knows where they lie."""
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context(style.STYLE):
        figure.draw_without_rendering()
    return canvas.get_renderer()


def texts(figure: Figure):
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks()
            hidden |= {
                tick.label1 for tick in ticks if not (ax.axison and low <= tick.get_loc() <= high)
            }
    return [
        text
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in hidden
    ]


@pytest.mark.parametrize("dpi", [72, "as exported"])
def test_text_lies_inside_the_canvas_uncovered_and_no_smaller_than_7_points(drawings, profile, dpi):
    dpi = profile["savefig.dpi"] if dpi == "as exported" else dpi
    for slug, (_, drawing) in drawings.items():
        renderer = placed_at(drawing, dpi)
        least = 7 if slug in TALL else 7 * profile["font.size"] / 7.5
        boxes = [(text, text.get_window_extent(renderer)) for text in texts(drawing)]
        width, height = drawing.bbox.max
        for number, (text, box) in enumerate(boxes):
            where = (slug, text.get_text())
            assert text.get_fontsize() >= least - 1e-9, where
            assert box.x0 >= -0.5 and box.y0 >= -0.5, where
            assert box.x1 <= width + 0.5 and box.y1 <= height + 0.5, where
            for other, another in boxes[number + 1 :]:
                assert not box.overlaps(another), (*where, other.get_text())


def test_one_type_scale(drawings, profile):
    sizes = {
        round(text.get_fontsize() / profile["font.size"], 3)
        for slug, (_, drawing) in drawings.items()
        for text in texts(drawing)
        if slug not in TALL
    }
    assert sizes <= {round(size / 7.5, 3) for size in (7, 7.5, 8)}


def test_text_stands_out_from_what_lies_behind_it(drawings):
    for slug, (_, drawing) in drawings.items():
        renderer = placed_at(drawing, 72)
        written = [(text, text.get_window_extent(renderer)) for text in texts(drawing)]
        for text, _ in written:
            text.set_visible(False)
        with mpl.rc_context(style.STYLE):
            drawing.canvas.draw()
        pixels = np.asarray(drawing.canvas.buffer_rgba())[:, :, :3] / 255
        for text, box in written:
            text.set_visible(True)
            rows = slice(int(len(pixels) - box.y1), int(len(pixels) - box.y0) + 1)
            behind = np.median(pixels[rows, int(box.x0) : int(box.x1) + 1].reshape(-1, 3), axis=0)
            assert contrast(text.get_color(), mpl.colors.to_hex(behind)) >= 4.5, (
                slug,
                text.get_text(),
            )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 (none) to 21 (WCAG 2.2)."""
    lights = []
    for colour in (one, other):
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in mpl.colors.to_rgb(colour)
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("colour", style.COLOURS)
def test_text_of_every_colour_can_be_read(colour):
    assert contrast(style.legible(colour), "white") >= 4.5
    assert contrast(colour, "white") > 2, "a marker"


def test_contrast_is_that_of_the_definition():
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.005), "the example of WCAG"
    assert contrast("white", "#767676") == contrast("#767676", "white")
    assert contrast("red", "red") == 1


def test_nothing_is_cut_at_the_edge_of_the_exported_picture(exported):
    for path in exported.glob("*.png"):
        pixels = plt.imread(path)[:, :, :3]
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge == 1).all(), path.name


def test_words_of_a_cloud_do_not_overlap_and_have_their_colour(printed):
    clouds, drawing = printed["word-clouds"]
    placed_at(drawing, 100)
    assert clouds.table["size"].min() >= 6.9, "in pt"
    assert (clouds.table["size"] ** 2 / clouds.table["rate"]).pipe(
        lambda area: area.max() / area.min()
    ) < 1.1
    looks = style.looks(["indiewire", "tiff"])
    assert sum(len(ax.patches) for ax in drawing.axes) == len(clouds.table)
    for ax, (interview, colour, _) in zip(drawing.axes, looks, strict=True):
        assert len(ax.patches) == (clouds.table["interview"] == interview).sum()
        boxes = [patch.get_window_extent() for patch in ax.patches]
        inks = [patch.get_transform().transform_path(patch.get_path()) for patch in ax.patches]
        frame = ax.get_window_extent().padded(1)
        for i, box in enumerate(boxes):
            assert (
                frame.x0 <= box.x0
                and box.x1 <= frame.x1
                and frame.y0 <= box.y0
                and box.y1 <= frame.y1
            )
            for ink, other in zip(inks[i + 1 :], boxes[i + 1 :], strict=True):
                assert not (box.overlaps(other) and inks[i].intersects_path(ink))
        assert {mpl.colors.to_hex(patch.get_facecolor()).upper() for patch in ax.patches} == {
            colour
        }


def test_bars_of_the_ribbons_are_the_table(printed):
    ribbons, drawing = printed["voices"]
    for ax, (_, rows) in zip(
        drawing.axes, ribbons.table.groupby("interview", sort=False), strict=True
    ):
        drawn = sorted(
            (round(path.vertices[:, 0].min()), round(path.vertices[:, 0].max()))
            for collection in ax.collections
            for path in collection.get_paths()
        )
        assert drawn == sorted(zip(rows["start"], rows["end"], strict=True))
        there = [role for role in style.LANES if role in set(rows["role"])]
        assert [label.get_text() for label in ax.get_yticklabels()] == [
            style.LANES[role] for role in there
        ], "no empty lane"
        words = rows.groupby("role")["words"].sum()
        told = [text.get_text() for text in ax.texts[: len(there)]]
        assert told == [
            "set aside" if role == "boilerplate" else f"{words[role]:,}" for role in there
        ]


def marks(ax):
    return sorted(
        (round(float(x), 6), round(float(y), 6))
        for line in ax.lines
        if line.get_marker() not in ("None", "")
        for x, y in zip(*line.get_data(), strict=True)
    )


def spans(ax, axis=0):
    return sorted(
        tuple(path.vertices[:, axis].round(6))
        for lines in ax.collections
        for path in lines.get_paths()
    )


def test_strokes_markers_and_intervals_of_the_words_are_the_table(printed):
    figure, drawing = printed["frequent-words"]
    falls, rates = drawing.axes
    table = figure.table
    terms = list(dict.fromkeys(table["term"]))
    assert [label.get_text() for label in falls.get_yticklabels()] == terms
    of_all = table.drop_duplicates(["term", "interview"]).groupby("term", sort=False)["count"].sum()
    assert of_all.is_monotonic_decreasing, "the most frequent first"
    once = table.drop_duplicates(["term", "interview"])
    assert sorted((x, terms[round(y)]) for x, y in marks(rates)) == sorted(
        zip(once["rate"].round(6), once["term"], strict=True)
    )
    ends = once[["rate_low", "rate_high"]].dropna().round(6)
    assert spans(rates) == sorted(map(tuple, ends.to_numpy()))
    assert rates.get_xlim()[1] >= ends["rate_high"].max()
    at = [
        (round(path.vertices[0, 0], 6), terms[round(path.vertices[:, 1].mean())])
        for lines in falls.collections
        for path in lines.get_paths()
    ]
    drawn = table[table["position"].notna()]
    assert sorted(at) == sorted(zip(drawn["position"].round(6), drawn["term"], strict=True))
    counts = once.set_index(["interview", "term"])["count"]
    assert drawn.groupby(["interview", "term"]).size().to_dict() == counts[counts > 0].to_dict()


def test_markers_and_intervals_of_the_keywords_are_the_table(printed):
    figure, drawing = printed["keywords"]
    for ax, (_, rows) in zip(drawing.axes, figure.table.groupby("target", sort=False), strict=True):
        assert (rows["log_ratio"] > 0).all(), "more frequent there"
        assert [label.get_text() for label in ax.get_yticklabels()] == [
            f"{row.term}  {row.count_target} : {row.count_reference}" for row in rows.itertuples()
        ]
        drawn = [x for x, _ in marks(ax) if 0 < x < 8]
        assert sorted(drawn) == sorted(rows["log_ratio"].round(6))
        ends = rows[["log_ratio_low", "log_ratio_high"]].clip(-8, 8).round(6)
        assert spans(ax) == sorted(map(tuple, ends.to_numpy()))
        filled = [
            line
            for line in ax.lines
            if line.get_marker() in "os" and line.get_markerfacecolor() != "white"
        ]
        assert len(filled) == rows["found"].sum()


def test_keywords_of_two_interviews_are_one_comparison(corpus, printed):
    table = printed["keywords"][0].table.set_index("term")
    compared = corpus.keyness.set_index("term")
    for term, row in table.iterrows():
        sign = 1 if row["target"] == "indiewire" else -1
        assert row["log_ratio"] == pytest.approx(sign * compared.loc[term, "log_ratio"])
        assert row["p_family"] == compared.loc[term, "p_max_t"]
        sides = ["count_target", "count_reference"][::sign]
        assert list(row[["count_target", "count_reference"]]) == list(compared.loc[term, sides])


def test_keywords_are_told_in_the_order_of_the_list(corpus):
    turned = corpus.with_tables(interviews=corpus.interviews[::-1])
    for one, order in ((corpus, ["IndieWire", "TIFF"]), (turned, ["TIFF", "IndieWire"])):
        figure = content_words.keywords(one)
        assert sorted(order, key=figure.alt.index) == order
        assert list(figure.table["target"].unique()) == [label.lower() for label in order]


def test_keywords_are_all_words_that_are_frequent_enough_and_more_frequent_here(corpus):
    compared, _ = corpus.keyness_against_rest
    counts = compared["count_target"] + compared["count_reference"]
    wanted = compared[counts.ge(2) & compared["log_ratio"].gt(0)]
    assert wanted["log_ratio"].min() < 0.5
    table = content_words.keywords(corpus, minimum=2, most=len(wanted)).table
    assert sorted(zip(table["target"], table["term"], strict=True)) == sorted(
        zip(wanted["target"], wanted["term"], strict=True)
    )


def test_strokes_and_bars_of_the_names_are_the_table(printed):
    figure, drawing = printed["names"]
    falls, counts = drawing.axes
    table = figure.table
    order = list(dict.fromkeys(table["canonical"]))
    assert [label.get_text() for label in falls.get_yticklabels()] == order
    own = table["role"] == "interviewee"
    for lines, rows in (
        (falls.collections[::2], table[~own]),
        (falls.collections[1::2], table[own]),
    ):
        strokes = [
            (round(path.vertices[0, 0], 6), order[round(path.vertices[:, 1].mean())])
            for part in lines
            for path in part.get_paths()
        ]
        expected = zip(rows["position"].round(6), rows["canonical"], strict=True)
        assert sorted(strokes) == sorted(expected)
    bars = sorted(round(bar.get_width()) for bar in counts.patches if bar.get_width())
    of_each = table.groupby(["canonical", "interview"]).size()
    of_own = table[own].groupby(["canonical", "interview"]).size()
    assert bars == sorted([*of_each, *of_own])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kept", [[], ["tiff"]])
def test_an_interview_that_names_nobody_has_its_figure(corpus, kept):
    some = corpus.mentions[corpus.mentions["interview"].isin(kept)]
    figure = names(corpus.with_tables(mentions=some))
    assert set(figure.table["interview"]) <= {*kept}
    figure.figure.savefig(io.BytesIO(), format="svg")
    assert not figure.alt.endswith(": .") and "  " not in figure.alt


def test_a_figure_without_a_name_is_left_out_and_said(corpus):
    once = corpus.mentions.drop_duplicates("canonical")
    # Only names matter here.
    others = {name: getattr(corpus, name) for name in ("keyness", "specifications")}
    some = corpus.with_tables(mentions=once, **others)
    assert "names" not in [one.slug for one in study_figures(some)]
    assert left_out(some) == [
        "The names figure is left out because no name is mentioned more than once."
    ]


def example(slug: str = "x", alt: str = "Alt.") -> StudyFigure:
    def draw(profile: style.Profile) -> Figure:
        with style.canvas(style.SINGLE, 40, profile) as (figure, _):
            figure.subplots().plot([0, 1])
        return figure

    return StudyFigure(slug, "<b>Title</b>", draw, pd.DataFrame({"a": [1]}), "A & B <script>", alt)


def test_what_comes_out_of_a_source_is_escaped(tmp_path):
    evil = '"><script>alert(1)</script>'
    export(
        [example("../../<Évil> name", alt=evil)],
        tmp_path / "out",
        {"<in>": "&"},
        [StudyTable("../../t", evil, pd.DataFrame({"a": [1]}), evil)],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"], "nothing is written outside"
    assert set(hashes(tmp_path / "out")) == {
        *(f"01-vil-name.{suffix}" for suffix in ("svg", "pdf", "png", "csv")),
        *(f"tables/01-vil-name.{suffix}" for suffix in ("md", "tex")),
        *(f"tables/t.{suffix}" for suffix in ("csv", "md", "tex")),
        "index.json",
        "index.html",
    }
    for name in ("index.html", "01-vil-name.svg"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "<script>" not in text
        assert evil in html.unescape(text)


def test_a_fault_leaves_the_earlier_export_as_it_was(tmp_path):
    export([example()], tmp_path, {})
    before = hashes(tmp_path)
    broken = StudyFigure("z", "", lambda profile: None, pd.DataFrame(), "", "")
    with pytest.raises(AttributeError):
        export([example("y"), broken], tmp_path, {})
    assert hashes(tmp_path) == before


def test_a_disk_that_fills_up_leaves_the_earlier_export_as_it_was(tmp_path, monkeypatch):
    export([example()], tmp_path, {})
    before = hashes(tmp_path)
    write = Path.write_bytes

    def full(path, content):
        if path.suffix == ".csv":
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SourceError, match="No space left"):
        export([example("y")], tmp_path, {})
    monkeypatch.undo()
    assert hashes(tmp_path) == before


def test_dollar_signs_are_text(tmp_path):
    row = {"interview": "a", "term": "$5$", "count": 1, "rate": 2.0, "position": 0.5}
    table = pd.DataFrame([row | {"rate_low": 1.0, "rate_high": 3.0, "start": 0, "end": 1}])
    figure = draw_occurrences(table, style.PRINT, key={"a": r"$\\frac$ & <b>"})
    figure.savefig(tmp_path / "x.svg")


def test_captions_say_of_how_many_words_and_alts_say_what_kind_of_chart(figures):
    kinds = {
        "voices": "Timelines",
        "frequent-words": "dispersion plot",
        "keywords": "Dot plots",
        "word-clouds": "word cloud",
        "names": "dispersion plot",
        "themes": "Dot plot",
        "theme-map": "grid",
        "intimacy-and-technology": "Two lanes",
        "themes-together": "Triangular matrix",
        "specifications": "Specification curve",
    }
    assert {figure.slug for figure in figures} == set(kinds)
    # Others than the interviewee speak too, or sentences are counted.
    of_others = {
        "names": ("1,340", "566"),
        "themes": ("56", "17"),
        "theme-map": ("85", "43"),
        "intimacy-and-technology": ("56", "17", "73"),
        "themes-together": ("73",),
        "specifications": ("90", "1,410"),
    }
    for figure in figures:
        assert kinds[figure.slug] in figure.alt
        assert re.search(r"\d", figure.alt), "the main contrast in numbers"
        lengths = of_others.get(figure.slug, ("907", "197"))
        assert all(length in figure.caption for length in lengths), figure.slug
        if figure.numbered and any("_low" in column for column in figure.printed):
            assert "interval" in figure.caption, figure.slug
        for text in (figure.title, figure.caption, figure.alt):
            assert not re.search(r"\bnan\b|\{|  | [.,;]|\d-\d|(?<!\w)-\d|\b1 \w+s\b", text), text


def test_the_caption_of_the_words_says_how_a_0_is_bounded(figures):
    caption = next(figure.caption for figure in figures if figure.slug == "frequent-words")
    assert (
        "An open marker at 0" in caption
        and "25.9 (TIFF), computed as if words were independent, so" in caption
    )


def test_a_key_promises_no_markers_that_are_not_there(figures):
    keywords = next(figure for figure in figures if figure.slug == "keywords")
    assert ("filled" in keywords.caption) == keywords.table["found"].any()


def test_the_nine_numbered_figures_are_in_the_order_of_the_notebooks(figures):
    assert [figure.slug for figure in figures if figure.numbered] == [
        *("voices", "frequent-words", "keywords", "names", "themes", "theme-map"),
        *("intimacy-and-technology", "themes-together", "specifications"),
    ]


def test_the_text_of_a_drawing_is_text_and_brings_its_letters(exported):
    svg = (exported / "07-intimacy-and-technology.svg").read_text(encoding="utf-8")
    text = " ".join(re.findall(r"<text\b[^>]*>(.*?)</text>", svg, re.DOTALL))
    assert "both helps and hinders that" in " ".join(text.split())
    assert svg.count("@font-face") == 2
    face = svg.split("<style>")[1].split("</style>")[0]
    assert "data:font/woff;base64," in face and "http" not in face, "nothing is fetched"


def test_scripts_that_the_typeface_lacks_are_set_in_another(tmp_path):
    row = {"interview": "a", "term": "שלום", "count": 1, "rate": 2.0, "position": 0.5}
    table = pd.DataFrame([row | {"rate_low": 1.0, "rate_high": 3.0, "start": 0, "end": 1}])
    with mpl.rc_context(style.STYLE):
        figure = draw_occurrences(table, style.PRINT, key={"a": "Α"})
        figure.savefig(tmp_path / "x.png")


def test_tables_and_findings_are_in_the_index_and_linked(exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    page = (exported / "index.html").read_text(encoding="utf-8")
    assert len(index["tables"]) == len(index["figures"]) + 7
    listed = {"index.json", "index.html"}
    for entry in [*index["figures"], *index["tables"], {"files": index["findings"]}]:
        for name, digest in entry["files"].items():
            assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest
            assert f'href="{name}"' in page
            listed.add(name)
    assert listed == set(hashes(exported))
    for entry in index["tables"]:
        csv = next((name for name in entry["files"] if name.endswith(".csv")), None)
        if csv is not None:
            table = pd.read_csv(exported / csv)
            assert (len(table), list(table)) == (entry["rows"], entry["columns"])


def test_findings_in_json_are_the_findings(study, exported):
    written = json.loads((exported / "findings.json").read_text(encoding="utf-8"))
    for entry, finding in zip(written, study.findings, strict=True):
        assert (entry["id"], entry["sentence"]) == (finding.id, finding.sentence)
        assert entry["values"] == {
            name: pytest.approx(value, rel=1e-8) if isinstance(value, float) else value
            for name, value in finding.values.items()
        }
