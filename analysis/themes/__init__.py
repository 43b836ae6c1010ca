"""Code themes: the codebook, coded sentences, shares and co-occurrence."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
