"""Read interviews: the list, the untouched files, and who says what in them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
