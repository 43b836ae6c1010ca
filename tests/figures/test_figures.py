"""What is drawn is what the table says, at the size that is promised, in bytes that do not change."""

import hashlib
import html
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

from analysis import SourceError, load_interviews, load_tokens, load_utterances
from analysis.figures import plots
from analysis.figures.tables import StudyTable
from analysis.figures.word_figures import StudyFigure, films, names, names_together, study_figures
from analysis.names.recognition import entities
from analysis.study.export import export, input_hashes, render
from analysis.study.findings import say, study_findings
from analysis.study.tables import study_tables


@pytest.fixture(scope="module")
def figures():
    return study_figures("seeds")


@pytest.fixture(scope="module")
def exported(figures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    export(
        figures,
        folder,
        input_hashes("seeds", "tests/gold"),
        study_tables("seeds"),
        study_findings("seeds"),
    )
    return folder


@pytest.fixture(scope="module", params=plots.PROFILES)
def profile(request):
    return plots.PROFILES[request.param]


@pytest.fixture(scope="module")
def drawings(figures, profile):
    """The figures by name, each with its drawing for a profile."""
    return {figure.slug: (figure, figure.draw(profile)) for figure in figures}


def hashes(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def test_a_second_export_is_the_figures_folder_byte_for_byte(exported, root):
    assert hashes(exported) == hashes(root / "figures"), "run: make figures"


def test_figures_made_anew_have_the_same_bytes(exported):
    for number, figure in enumerate(study_figures("seeds"), 1):
        for name, content in render(figure, number).items():
            assert content == (exported / name).read_bytes(), name


def test_each_figure_has_its_four_files_and_its_entry(figures, exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    assert index["inputs"] == input_hashes("seeds", "tests/gold")
    assert {"indiewire.entities.tsv", "tiff.entities.tsv"} < set(index["inputs"])
    assert len(index["figures"]) == len(figures)
    for number, (figure, entry) in enumerate(zip(figures, index["figures"], strict=True), 1):
        stem = f"{number:02d}-{figure.slug}"
        assert list(entry["files"]) == [
            f"{stem}.{suffix}" for suffix in ("svg", "pdf", "png", "csv")
        ]
        for name, digest in entry["files"].items():
            assert hashlib.sha256((exported / name).read_bytes()).hexdigest() == digest
        assert entry["caption"] == figure.caption
        assert entry["alt"] == figure.alt


def test_sizes_are_those_of_the_column_in_mm(figures, exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    for number, (figure, entry) in enumerate(zip(figures, index["figures"], strict=True), 1):
        width, height = figure.figure.get_size_inches() * 25.4
        assert any(abs(width - column) < 0.01 for column in (plots.SINGLE, plots.DOUBLE))
        assert (entry["width_mm"], entry["height_mm"]) == pytest.approx((width, height), abs=0.06)
        stem = exported / f"{number:02d}-{figure.slug}"
        svg = stem.with_suffix(".svg").read_text(encoding="utf-8")
        points = float(re.search(r'<svg[^>]*\bwidth="([\d.]+)pt"', svg)[1])
        assert abs(points * 25.4 / 72 - width) < 0.1
        box = re.search(rb"/MediaBox \[ ?([\d. ]+)\]", stem.with_suffix(".pdf").read_bytes())[
            1
        ].split()
        assert abs(float(box[2]) * 25.4 / 72 - width) < 0.1
        assert plt.imread(stem.with_suffix(".png")).shape[1] == pytest.approx(
            width / 25.4 * 300, abs=1
        )


def test_each_page_holds_its_figures(drawings, profile):
    sizes = {tuple(drawing.get_size_inches() * 25.4) for _, drawing in drawings.values()}
    name = next(name for name, other in plots.PROFILES.items() if other is profile)
    widths = {"double": {89, 183}, "single": {89}, "slide": {166, 254}}
    assert {round(width) for width, _ in sizes} == widths[name]
    assert name != "slide" or max(height for _, height in sizes) <= 142.9, "16:9"


def test_a_profile_combines_with_others_and_leaves_matplotlib_as_it_was():
    before = dict(mpl.rcParams)
    mine = plots.PRINT | plots.page(120) | plots.type_size(9)
    drawing = plots.figure(plots.DOUBLE, 40, mine)
    assert drawing.get_size_inches() * 25.4 == pytest.approx([120, 48])
    with plots.styled(mine) as pt:
        assert mpl.rcParams["font.size"] == 9 == 7.5 * pt
        assert mpl.rcParams["axes.spines.top"] is False
    assert dict(mpl.rcParams) == before


def test_an_export_for_a_slide_is_in_full_hd(figures, tmp_path):
    export(figures[:1], tmp_path, {}, profile=plots.PROFILES["slide"])
    assert plt.imread(tmp_path / "01-voices.png").shape[:2] == (1080, 1920)
    assert (tmp_path / "01-voices.csv").read_bytes() == Path("figures/01-voices.csv").read_bytes()
    assert hashes(tmp_path).keys() == {
        *(f"01-voices.{suffix}" for suffix in ("svg", "pdf", "png", "csv")),
        "index.json",
        "index.html",
    }


def test_the_csv_is_the_table(figures, exported):
    for number, figure in enumerate(figures, 1):
        written = pd.read_csv(exported / f"{number:02d}-{figure.slug}.csv")
        assert list(written.columns) == list(figure.table.columns)
        assert len(written) == len(figure.table)
        for column in figure.table.select_dtypes("number"):
            expected = figure.table[column].astype("float64").to_list()
            assert written[column].to_list() == pytest.approx(expected, rel=1e-8, nan_ok=True)


def drawn_at(figure: Figure, dpi: int):
    """Draw a figure as an export would, and return the renderer that knows where everything lies."""
    figure.set_dpi(dpi)
    with mpl.rc_context(plots.STYLE):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
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
def test_text_lies_inside_the_canvas_and_is_no_smaller_than_7_points(drawings, profile, dpi):
    smallest = 7 * profile["font.size"] / 7.5
    dpi = profile["savefig.dpi"] if dpi == "as exported" else dpi
    for slug, (_, drawing) in drawings.items():
        renderer = drawn_at(drawing, dpi)
        for text in texts(drawing):
            assert text.get_fontsize() >= smallest - 1e-9, (slug, text.get_text())
            box = text.get_window_extent(renderer)
            width, height = drawing.bbox.max
            assert box.x0 >= -0.5, (slug, text.get_text())
            assert box.y0 >= -0.5, (slug, text.get_text())
            assert box.x1 <= width + 0.5, (slug, text.get_text())
            assert box.y1 <= height + 0.5, (slug, text.get_text())


def test_one_type_scale(drawings, profile):
    sizes = {
        round(text.get_fontsize() / profile["font.size"], 3)
        for _, d in drawings.values()
        for text in texts(d)
    }
    assert sizes <= {round(size / 7.5, 3) for size in (7, 7.5, 8)}


def test_text_stands_out_from_what_lies_behind_it(drawings):
    for slug, (_, drawing) in drawings.items():
        renderer = drawn_at(drawing, 100)
        written = [(text, text.get_window_extent(renderer)) for text in texts(drawing)]
        for text, _ in written:
            text.set_visible(False)
        drawn_at(drawing, 100)
        pixels = np.asarray(drawing.canvas.buffer_rgba())[:, :, :3] / 255
        for text, box in written:
            text.set_visible(True)
            rows = slice(int(len(pixels) - box.y1), int(len(pixels) - box.y0) + 1)
            behind = np.median(pixels[rows, int(box.x0) : int(box.x1) + 1].reshape(-1, 3), axis=0)
            assert plots.contrast(text.get_color(), mpl.colors.to_hex(behind)) >= 4.5, (
                slug,
                text.get_text(),
            )


@pytest.mark.parametrize("colour", plots.COLOURS)
def test_text_of_every_colour_can_be_read(colour):
    assert plots.contrast(plots.legible(colour), "white") >= 4.5
    assert plots.contrast(colour, "white") > 2, "a marker"


def test_contrast_is_that_of_the_definition():
    assert plots.contrast("#767676", "white") == pytest.approx(4.54, abs=0.005), (
        "the example of WCAG"
    )
    assert plots.contrast("white", "#767676") == plots.contrast("#767676", "white")
    assert plots.contrast("red", "red") == 1


def test_nothing_is_cut_at_the_edge_of_the_exported_picture(exported):
    for path in exported.glob("*.png"):
        pixels = plt.imread(path)[:, :, :3]
        for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
            assert (edge == 1).all(), path.name


def test_labels_do_not_overlap(drawings):
    for slug, (_, drawing) in drawings.items():
        renderer = drawn_at(drawing, 100)
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(drawing)]
        for i, (one, box) in enumerate(boxes):
            for other, another in boxes[i + 1 :]:
                assert not box.overlaps(another), (slug, one, other)


def test_labels_of_the_keywords_cover_no_marker_of_another_word(drawings):
    table, drawing = drawings["keywords"][0].table, drawings["keywords"][1]
    renderer, ax = drawn_at(drawing, 100), drawing.axes[0]
    labels = {text.get_text(): text.get_window_extent(renderer) for text in ax.texts}
    number, of = (
        table.groupby("count").cumcount(),
        table.groupby("count")["terms"].transform("size"),
    )
    x = table["count"] * 1.07 ** (number - (of - 1) / 2)
    places = dict(
        zip(
            table["terms"],
            ax.transData.transform(np.column_stack([x, table["log_ratio"]])),
            strict=True,
        )
    )
    for terms, box in labels.items():
        for others, place in places.items():
            assert terms not in places or terms == others or not box.contains(*place), (
                terms,
                others,
            )


def test_where_labels_stand_does_not_depend_on_the_clock(figures, profile, monkeypatch):
    keywords = next(figure for figure in figures if figure.slug == "keywords")
    places = []
    for _ in range(2):
        places.append([text.get_position() for text in keywords.draw(profile).axes[0].texts])
        # From the second time on each look at the clock is an hour later.
        monkeypatch.setattr("adjustText.timer", iter(range(0, 10**9, 3600)).__next__)
    assert places[0] == places[1]


def test_words_of_a_cloud_do_not_overlap_and_have_their_colour(drawings):
    clouds, drawing = drawings["word-clouds"]
    drawn_at(drawing, 100)
    assert clouds.table["size"].min() >= 6.9, "in pt"
    assert (clouds.table["size"] ** 2 / clouds.table["rate"]).pipe(
        lambda area: area.max() / area.min()
    ) < 1.1
    palette = plots.colours(list(load_interviews("seeds")["interview"]))
    assert sum(len(ax.patches) for ax in drawing.axes) == len(clouds.table)
    for ax, (interview, colour) in zip(drawing.axes, palette.items(), strict=True):
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
        assert {plots.mpl.colors.to_hex(patch.get_facecolor()).upper() for patch in ax.patches} == {
            colour
        }


def test_bars_of_the_ribbons_are_the_table(drawings):
    ribbons, drawing = drawings["voices"]
    for ax, (_, rows) in zip(
        drawing.axes, ribbons.table.groupby("interview", sort=False), strict=True
    ):
        drawn = sorted(
            (round(path.vertices[:, 0].min()), round(path.vertices[:, 0].max()))
            for collection in ax.collections
            for path in collection.get_paths()
        )
        assert drawn == sorted(zip(rows["start"], rows["end"], strict=True))
        told = [text.get_text() for text in ax.texts[: len(plots.LANES)]]
        words = rows.groupby("role")["words"].sum().reindex(list(plots.LANES)[:-1])
        assert told[:-1] == ["–" if pd.isna(count) else f"{count:,}" for count in words]


def marks(ax):
    return sorted(
        (round(float(x), 6), round(float(y), 6))
        for line in ax.lines
        if line.get_marker() not in ("None", "")
        for x, y in zip(*line.get_data(), strict=True)
    )


def test_markers_and_intervals_of_the_rates_are_the_table(drawings):
    pair, drawing = drawings["frequent-words"]
    ax = drawing.axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == pair.table["term"].to_list()
    assert sorted((x, round(y)) for x, y in marks(ax)) == sorted(
        (round(rate, 6), row)
        for name in ("indiewire", "tiff")
        for row, rate in enumerate(pair.table[f"rate_{name}"])
    )
    drawn = sorted(
        tuple(path.vertices[:, 0].round(6))
        for lines in ax.collections
        for path in lines.get_paths()
    )
    expected = pd.concat(
        [pair.table[[f"rate_low_{name}", f"rate_high_{name}"]].dropna().set_axis(["low", "high"], axis=1)
         for name in ("indiewire", "tiff")]
    )  # fmt: skip
    assert drawn == sorted(map(tuple, expected.round(6).to_numpy()))


def test_markers_of_the_keywords_are_the_table(drawings):
    apart, drawing = drawings["keywords"]
    drawn = [y for x, y in marks(drawing.axes[0]) if abs(y) < 8]
    assert sorted(drawn) == sorted(apart.table["log_ratio"].round(6))
    written = {text.get_text() for text in drawing.axes[0].texts}
    assert set(apart.table["terms"]) <= written
    filled = [
        line
        for line in drawing.axes[0].lines
        if line.get_marker() in "os" and line.get_markerfacecolor() != "white"
    ]
    assert len(filled) == apart.table["found"].sum()
    intervals = [
        path.vertices[:, 1].round(6).tolist()
        for path in drawing.axes[0].collections[-1].get_paths()
    ]
    ends = apart.table[["log_ratio_low", "log_ratio_high"]].clip(-8, 8).round(6)
    assert sorted(intervals) == sorted(ends.to_numpy().tolist())
    colours = {
        line.get_marker(): line.get_color()
        for line in drawing.axes[0].lines
        if line.get_marker() in "os"
    }
    assert colours == {"o": "#0072B2", "s": "#D55E00"}


def test_bars_of_the_vocabularies_are_the_table(drawings):
    parts, drawing = drawings["vocabularies"]
    for ax, kind in zip(drawing.axes, ["only indiewire", "shared", "only tiff"], strict=True):
        rows = parts.table[parts.table["vocabulary"] == kind]
        assert [label.get_text() for label in ax.get_yticklabels()] == rows["term"].to_list()
        expected = [rate for name in ("indiewire", "tiff") for rate in rows[f"rate_{name}"] if rate]
        assert sorted(round(bar.get_width(), 6) for bar in ax.patches) == sorted(
            round(rate, 6) for rate in expected
        )
        counts = rows[["count_indiewire", "count_tiff"]].to_numpy().tolist()
        assert [text.get_text() for text in ax.texts] == [
            ", ".join(str(n) for n in pair if n) for pair in counts
        ]


def test_strokes_of_the_dispersion_are_the_table(drawings):
    check_strokes(*drawings["dispersion"])
    check_strokes(*drawings["films"])


def check_strokes(falls, drawing):
    terms = list(dict.fromkeys(falls.table["term"]))
    assert [label.get_text() for label in drawing.axes[0].get_yticklabels()] == terms
    for ax, (_, table) in zip(drawing.axes, sorted(falls.table.groupby("interview")), strict=True):
        rows = table[table["position"].notna()]
        own = rows["role"].eq("interviewee") if "role" in rows else rows["term"].notna()
        # Behind them lies a line for each term.
        others, his = ax.collections[1:]
        for lines, said in ((his, rows[own]), (others, rows[~own])):
            strokes = [path.vertices[0, 0] for path in lines.get_paths()]
            assert sorted(round(x, 6) for x in strokes) == sorted(said["position"].round(6))
            at = [terms[round(path.vertices[:, 1].mean())] for path in lines.get_paths()]
            assert sorted(at) == sorted(said["term"])
        assert his.get_linewidth()[0] > others.get_linewidth()[0]
        assert mpl.colors.to_hex(others.get_color()[0]).upper() == plots.GREY


def test_markers_of_the_names_are_the_table(drawings):
    dots, drawing = drawings["names"]
    order = [label.get_text() for label in drawing.axes[0].get_yticklabels()]
    assert order == list(dict.fromkeys(dots.table["canonical"]))
    for ax, column in zip(drawing.axes, ("count", "rate"), strict=True):
        assert sorted((x, round(y)) for x, y in marks(ax)) == sorted(
            (round(float(value), 6), order.index(name))
            for value, name in zip(dots.table[column], dots.table["canonical"], strict=True)
        )


def test_rates_of_the_names_are_per_thousand_words_of_the_voice(drawings):
    table = drawings["names"][0].table
    assert table.groupby(["interview", "voice"])["words"].first().to_dict() == {
        ("indiewire", "interviewee"): 907,
        ("indiewire", "others"): 1340 - 907,
        ("tiff", "interviewee"): 197,
        ("tiff", "others"): 566 - 197,
    }
    assert table["rate"].to_list() == pytest.approx(
        (1000 * table["count"] / table["words"]).to_list()
    )
    assert (table["rate_low"] <= table["rate"]).all() and (
        table["rate"] <= table["rate_high"]
    ).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kept", [[], ["tiff"]])
def test_an_interview_that_names_nobody_has_its_figures(kept):
    interviews, tokens = load_interviews("seeds"), load_tokens("seeds")
    found = entities(load_utterances("seeds"), tokens)
    some = found[found["interview"].isin(kept)]
    for figure in (
        names(interviews, tokens, some),
        names_together(interviews, some),
        films(interviews, tokens, some),
    ):
        assert set(figure.table["interview"]) <= {*kept}
        assert all(render(figure, 1).values())
        assert not figure.alt.endswith(": .") and "  " not in figure.alt


def test_cells_of_the_matrix_are_the_table(drawings):
    matrix, drawing = drawings["names-together"]
    ax = drawing.axes[0]
    order = [label.get_text() for label in ax.get_yticklabels()]
    assert order == [label.get_text() for label in ax.get_xticklabels()]
    drawn = sorted(
        (round(text.get_position()[0]), round(text.get_position()[1]), text.get_text())
        for text in ax.texts
    )
    expected = []
    for row in matrix.table.itertuples(index=False):
        low, high = sorted((order.index(row.first), order.index(row.second)))
        expected.append(
            (low, high, str(row.together))
            if row.interview == "indiewire"
            else (high, low, str(row.together))
        )
    assert drawn == sorted(expected)


def example(slug: str = "x", alt: str = "Alt.") -> StudyFigure:
    def draw(profile: plots.Profile) -> Figure:
        figure = plots.figure(plots.SINGLE, 40, profile)
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
        assert html.escape('"><script>alert(1)</script>') in text


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
    interviews = pd.DataFrame({"interview": ["a"], "label": [r"$\\frac$ & <b>"]})
    assert plots.colours([str(n) for n in range(9)])["8"]
    figure = plots.dispersion_rows(
        pd.DataFrame({"interview": ["a"], "term": ["$5"], "position": [0.5]}),
        {"a": interviews["label"][0]},
    )
    figure.savefig(tmp_path / "x.svg")


def test_captions_say_of_how_many_words_and_alts_say_what_kind_of_chart(figures):
    kinds = {
        "voices": "Timelines",
        "frequent-words": "Dot plot",
        "keywords": "Scatter plot",
        "vocabularies": "bar charts",
        "dispersion": "Dispersion plot",
        "word-clouds": "word cloud",
        "names": "Dot plot",
        "names-together": "Matrix",
        "films": "Dispersion plot",
        "themes": "Dot plot",
        "theme-map": "Grid",
        "intimacy-and-technology": "two lanes",
        "themes-together": "Triangular matrix",
    }
    # Others than the interviewee speak too, or sentences are counted.
    of_others = {
        "names": ("907", "433", "197", "369"),
        "films": ("1,340", "566"),
        "themes": ("56", "17"),
        "theme-map": ("85", "43"),
        "intimacy-and-technology": ("56", "17"),
        "themes-together": ("73",),
    }
    for figure in figures:
        assert kinds[figure.slug] in figure.alt
        assert re.search(r"\d", figure.alt), "the main contrast in numbers"
    for figure in figures:
        lengths = of_others.get(figure.slug, ("907", "197"))
        if figure.slug != "names-together":  # counts mentions
            assert all(length in figure.caption for length in lengths), figure.slug
        if any(column.endswith("_low") or "_low_" in column for column in figure.table):
            assert "interval" in figure.caption, figure.slug


def test_tables_and_findings_are_in_the_index_and_linked(exported):
    index = json.loads((exported / "index.json").read_text(encoding="utf-8"))
    page = (exported / "index.html").read_text(encoding="utf-8")
    assert len(index["tables"]) == len(index["figures"]) + 5
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


def test_findings_in_json_are_the_findings(exported):
    written = json.loads((exported / "findings.json").read_text(encoding="utf-8"))
    for entry, finding in zip(written, study_findings("seeds"), strict=True):
        assert (entry["id"], entry["sentence"]) == (finding.id, finding.sentence)
        assert entry["values"] == {
            name: pytest.approx(value, rel=1e-8) if isinstance(value, float) else value
            for name, value in finding.values.items()
        }


def test_what_is_undefined_is_null_in_json(tmp_path):
    export([], tmp_path, {}, findings=[say("a.b", "It is {rate:.1f}.", rate=float("nan"))])
    assert json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))[0]["values"] == {
        "rate": None
    }
