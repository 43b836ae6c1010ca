"""Numbers in sentences: where a rounded p would be 0 or 1."""

import pytest

from analysis.wording import p_value


@pytest.mark.parametrize(
    ("p", "written"),
    [
        (0.9949, "= 0.99"),
        (0.9951, "> 0.99"),
        (1.0, "> 0.99"),
        (0.0051, "= 0.01"),
        (0.0049, "< 0.01"),
        (0.0, "< 0.01"),
    ],
)
def test_no_p_is_rounded_to_0_or_to_1(p, written):
    assert p_value(p, 2) == written
