"""Words of a source shown on a terminal or in a comment: every character stands for itself and does nothing."""

from __future__ import annotations

# Persian, Hindi and other scripts join and part letters with these, so they belong to the words.
_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    r"""Write a text in one line, in which no character moves the cursor, sets a colour or turns the direction.

    Blanks of any kind and ends of lines become single blanks; control and format characters, lone surrogates and what
    is not assigned are written as their escapes. What comes out can stand in a comment, too.

    >>> visible("red \x1b[31m,\n bell \x07 and \u202eturned")
    'red \\x1b[31m, bell \\x07 and \\u202eturned'
    """
    line = " ".join(text.split())
    return "".join(char if char.isprintable() or char in _JOINERS else repr(char)[1:-1] for char in line)


def first_words(text: str, characters: int) -> str:
    """Return the beginning of a text as `visible` writes it, with an ellipsis where it is cut.

    >>> first_words("It rained on the day of the launch.", 9)
    'It rained …'
    """
    # Enough of a source of many megabytes: an escape is never shorter than its character.
    shown = visible(text[: 8 * characters + 100])
    return shown if len(shown) <= characters else shown[:characters].rstrip() + " …"
