"""Find names: the gazetteer, named entities under one name each, and their mentions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
