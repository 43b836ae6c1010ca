"""Shared by the exchange formats: copies of the texts, safe XML, stable identifiers, archives."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from analysis.study.export import template

# Everything XML 1.0 cannot hold, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:QDA-XML:project:1.0")


@dataclass(frozen=True)
class Copy:
    """A text as it is exported: lines end in LF, and there is no byte-order mark.

    Other programs drop or translate both when they read a file, and would then find every passage
    a few characters away from where it belongs.
    """

    source: str

    @cached_property
    def text(self) -> str:
        """The text of the copy."""
        return re.sub("\r\n?", "\n", self.source.removeprefix("\ufeff"))

    @cached_property
    def _kept(self) -> np.ndarray:
        dropped = [match.start() for match in re.finditer("\r(?=\n)|\\A\ufeff", self.source)]
        return np.delete(np.arange(len(self.source)), dropped)

    def placed(self, table: pd.DataFrame) -> pd.DataFrame:
        r"""Return a table with `start` and `end`, offsets of the source, as offsets of the copy.

        >>> Copy("\ufeffa\r\nb").placed(pd.DataFrame({"start": [1], "end": [4]})).values.tolist()
        [[0, 2]]
        """
        ends = ("start", "end")
        return table.assign(**{end: np.searchsorted(self._kept, table[end]) for end in ends})


def guid(*names: object) -> str:
    """Return an identifier that is always the same for the same names.

    >>> guid("code", "films") == guid("code", "films") != guid("code", "process")
    True
    """
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(map(str, names))))


def holdable(text: object) -> str:
    r"""Replace each character that XML cannot contain, one for one, so that offsets stay valid.

    >>> holdable("red\x1b[31m")
    'red�[31m'
    """
    return _NOT_IN_XML.sub("\ufffd", str(text))


def filled(name: str, **values: object) -> ElementTree.Element:
    """Fill in a template of this package, and return its root element."""
    text = holdable(template(f"exchange/{name}").render(guid=guid, **values))
    return ElementTree.fromstring(re.sub(r">\s+<", "><", text.strip()))  # noqa: S314 - our own


def as_xml(root: ElementTree.Element, namespace: str) -> bytes:
    """Write a document in UTF-8 with its declaration and its namespace."""
    root.attrib = {"xmlns": namespace, **root.attrib}
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def archive(files: Mapping[str, bytes]) -> bytes:
    """Pack files into a ZIP archive; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def repacked(content: bytes) -> bytes:
    """Repack an archive without the time at which it was made."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return archive({name: packed.read(name) for name in packed.namelist()})
