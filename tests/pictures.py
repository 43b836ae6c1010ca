"""When two files of a figure show the same: byte for byte on Linux, within a tolerance elsewhere.

Off Linux other compilers round the last digits of coordinates differently, and a letter may move
by a hair. The numbers of a figure (csv, index.json, findings.json, tables) are compared exactly on
every system; only drawings get the tolerance.
"""

import io
import re
import sys

import matplotlib.pyplot as plt
import numpy as np

_TAG = re.compile(rb"<[^>]*>")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:e-?\d+)?")
# Of a drawing: how far a coordinate may lie off (in points), and which share of the pixels may
# differ by more than an eighth of full scale.
FARTHEST, PIXELS = 0.5, 0.01


def same_file(name: str, computed: bytes, stored: bytes) -> bool:
    """Say whether a computed file may stand for the stored one on this system."""
    if sys.platform == "linux":
        return computed == stored
    return alike(name, computed, stored)


def alike(name: str, computed: bytes, stored: bytes) -> bool:
    """Say whether two files show the same, drawings within the tolerance, others exactly."""
    if name.endswith(".png"):
        return _same_pixels(computed, stored)
    if name.endswith(".svg"):
        return _same_coordinates(computed, stored)
    if name.endswith(".pdf"):
        return _page(computed) == _page(stored)
    if name == "index.json":
        return _without_hashes(computed) == _without_hashes(stored)
    return computed == stored


def _same_pixels(computed: bytes, stored: bytes) -> bool:
    one, other = (plt.imread(io.BytesIO(content)) for content in (computed, stored))
    if one.shape != other.shape:
        return False
    differ = (np.abs(one.astype(float) - other) > 1 / 8).any(axis=-1)
    return bool(differ.mean() <= PIXELS)


def _same_coordinates(computed: bytes, stored: bytes) -> bool:
    """Compare what stands between tags exactly, and the numbers inside them with the tolerance."""
    if _TAG.sub(b"", computed) != _TAG.sub(b"", stored):
        return False
    one, other = (b"".join(_TAG.findall(content)) for content in (computed, stored))
    if _NUMBER.sub(b"", one) != _NUMBER.sub(b"", other):
        return False
    at, there = (np.array(_NUMBER.findall(tags), float) for tags in (one, other))
    return bool(np.allclose(at, there, rtol=0, atol=FARTHEST))


def _page(pdf: bytes) -> list[bytes]:
    """The size of the page: what a pdf draws is compressed and stands in svg and png as well."""
    return re.findall(rb"/MediaBox \[[^\]]*\]", pdf)


def _without_hashes(index: bytes) -> bytes:
    """The list of figures without the hashes of its drawings."""
    return re.sub(rb'(\.(?:svg|pdf|png)": )"[0-9a-f]{64}"', rb"\1", index)
