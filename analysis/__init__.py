"""Two interviews, or any number, as tables of who said what, and what can be counted in them.

`load_utterances` says who speaks, `annotate` adds the grammar, and the subpackages count and draw.
Each name is imported on first use, so a notebook that reads a stored table need not wait for spaCy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
