"""Annotate on several machines with Dask, which fills one store.

Needs an extra: `pip install --editable ".[dask]"`, in the project's folder. The rest of the library
reads the store and does not need Dask.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.annotation.tokens import STORE, annotate_part, parts_to_annotate, progress_of

if TYPE_CHECKING:
    from distributed import Client


def annotate_on(client: Client, folder: str | Path = "seeds") -> list[str]:
    """Annotate whatever a folder's store lacks, on Dask's workers.

    `load_tokens` and `iter_tokens` then read the store. Each part is a few interviews, half a
    second's work. Its tables are written whole or not at all, and only ids are sent back. If a
    worker dies, Dask gives its part to another, which annotates what is not yet stored. If this
    process dies, call the function again.

    Parameters
    ----------
    client : connected to workers that see the folder at the same path and have this library.
        Each loads the model once, needs as much memory as `annotate` (benchmarks/scale.md), and
        uses one thread: start them with `threads_per_worker=1`.
    folder : as for `analysis.annotation.tokens.parts_to_annotate`.

    Returns
    -------
    The ids of the interviews that were annotated, in no particular order.

    Raises
    ------
    SourceError
        As for `load_tokens`, before anything is annotated.
    OSError
        If tables are missing from the store afterwards.
    distributed.scheduler.KilledWorker
        If a part killed one worker after another, for instance for lack of memory.

    Notes
    -----
    With two workers on this machine::

        from distributed import Client

        if __name__ == "__main__":
            with Client(n_workers=2, threads_per_worker=1) as client:
                annotate_on(client, "seeds")
    """
    # Dask is an extra: the module must be importable without it.
    from distributed import as_completed

    folder = Path(folder).resolve()
    parts = parts_to_annotate(folder)
    if not parts:
        return []
    futures = client.map(partial(annotate_part, folder), parts, pure=False)
    done: list[str] = []
    try:
        with progress_of(parts) as progress:
            for future in as_completed(futures):
                done += future.result()
                progress.update(len(done) - progress.n)
                # A result still held would be computed again if its worker died.
                future.release()
    finally:
        client.cancel([future for future in futures if future.status == "pending"])
    if missing := parts_to_annotate(folder):
        number = sum(part["interview"].nunique() for part in missing)
        raise OSError(
            f"{folder / STORE}: tables missing: {number}; make sure that the workers can write to"
            " this folder."
        )
    return done
