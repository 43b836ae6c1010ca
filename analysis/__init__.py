"""Two interviews, or any number, as tables of who said what, and what can be counted in them.

`load_utterances` says who speaks, `annotate` adds the grammar, the other modules count and draw. Each name is
imported when it is first used, so a notebook that reads a stored table does not wait for spaCy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.gold import account, agreement, agreement_by_interview, load_gold
    from analysis.interviews import SourceError, load_interviews
    from analysis.tokens import annotate, load_tokens
    from analysis.utterances import load_utterances

_HOME = {
    "SourceError": "interviews",
    "account": "gold",
    "agreement": "gold",
    "agreement_by_interview": "gold",
    "annotate": "tokens",
    "load_gold": "gold",
    "load_interviews": "interviews",
    "load_tokens": "tokens",
    "load_utterances": "utterances",
}
__all__ = [
    "SourceError",
    "account",
    "agreement",
    "agreement_by_interview",
    "annotate",
    "load_gold",
    "load_interviews",
    "load_tokens",
    "load_utterances",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(import_module(f"analysis.{_HOME[name]}"), name)
