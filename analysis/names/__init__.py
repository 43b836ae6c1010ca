"""Find names: the gazetteer, named entities, each under one name, and their mentions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
