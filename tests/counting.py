"""Which tables are made, and how often each with the same arguments."""

import functools
import hashlib
import sys
from collections import Counter
from contextlib import contextmanager

import pandas as pd
import pytest

from analysis import agreement, annotation, names, sources, themes, words


def digest(value):
    """Tell arguments apart by what is in them."""
    if isinstance(value, pd.DataFrame | pd.Series):
        columns = list(value.columns) if isinstance(value, pd.DataFrame) else value.name
        rows = pd.util.hash_pandas_object(value.astype(str), index=False)
        return hashlib.sha256(repr((columns, rows.to_list())).encode()).hexdigest()
    if isinstance(value, dict):
        return tuple((key, digest(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(digest, value))
    return repr(value)


@contextmanager
def tables_made():
    """Count how often each public function that makes a table is called with the same arguments."""
    made, inside = Counter(), []

    def counting(function, name):
        @functools.wraps(function)
        def counted(*arguments, **named):
            inside.append(name)
            result = function(*arguments, **named)
            inside.pop()
            if isinstance(result, pd.DataFrame) and not inside:  # on the way to no other table
                made[name, digest(arguments), digest(named)] += 1
            return result

        return counted

    with pytest.MonkeyPatch.context() as patch:
        for room in (sources, annotation, words, names, themes, agreement):
            for name in room.__all__:
                function = getattr(room, name)
                if callable(function) and not isinstance(function, type):
                    counted = counting(function, f"{room.__name__}.{name}")
                    for module in [
                        one for key, one in sys.modules.items() if key.startswith("analysis")
                    ]:
                        for known, value in list(vars(module).items()):
                            if value is function:
                                patch.setattr(module, known, counted)
        yield made
