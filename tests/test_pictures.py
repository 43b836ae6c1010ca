"""The tolerance for drawings lets rounding pass and nothing that a reader would see."""

import io
import re

import matplotlib.pyplot as plt
import pytest
from pictures import alike


@pytest.fixture(scope="module")
def stored(request):
    folder = request.config.rootpath / "figures"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def moved(svg: bytes, by: float) -> bytes:
    """The same drawing with its first circle, bar or line elsewhere."""
    return re.sub(rb'd="M ([\d.]+)', lambda at: b'd="M %f' % (float(at[1]) + by), svg, count=1)


def painted(png: bytes, height: float) -> bytes:
    """The same picture with a black band across it, as high as that share."""
    pixels, file = plt.imread(io.BytesIO(png)).copy(), io.BytesIO()
    rows = round(len(pixels) * height)
    pixels[:rows, :, :3] = 0
    plt.imsave(file, pixels)
    return file.getvalue()


def test_rounding_passes(stored):
    svg = stored["05-themes.svg"]
    assert moved(svg, 0.001) != svg
    assert alike("05-themes.svg", moved(svg, 0.001), svg)
    png = stored["05-themes.png"]
    assert alike("05-themes.png", painted(png, 0), png)


def test_what_a_reader_would_see_does_not(stored):
    svg, png = stored["05-themes.svg"], stored["05-themes.png"]
    assert not alike("05-themes.svg", moved(svg, 2), svg)
    assert not alike("05-themes.svg", svg.replace(b">0%<", b">1%<"), svg)
    assert not alike("05-themes.png", painted(png, 0.05), png)
    assert not alike("05-themes.png", stored["01-voices.png"], png)


def test_numbers_get_no_tolerance(stored):
    table = stored["05-themes.csv"]
    digit = re.search(rb"\d", table)[0]
    other = table.replace(digit, b"%d" % ((int(digit) + 1) % 10), 1)
    assert alike("05-themes.csv", table, table)
    assert not alike("05-themes.csv", other, table)


def test_the_list_of_figures_may_differ_in_hashes_of_drawings_alone(stored):
    index = stored["index.json"]
    drawing = re.search(rb'01-voices\.png": "([0-9a-f]{64})"', index)[1]
    numbers = re.search(rb'01-voices\.csv": "([0-9a-f]{64})"', index)[1]
    assert alike("index.json", index.replace(drawing, b"0" * 64), index)
    assert not alike("index.json", index.replace(numbers, b"0" * 64), index)
