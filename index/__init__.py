"""Passages, embeddings, the vector index and the search over it. Imports sources."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embed import Encoder, MiniLM
    from .passages import Passage, PassageSettings
    from .search import Hit
    from .store import Index, open_index

__all__ = ["Encoder", "Hit", "Index", "MiniLM", "Passage", "PassageSettings", "open_index"]

_HOME = {
    "Encoder": "embed",
    "Hit": "search",
    "Index": "store",
    "MiniLM": "embed",
    "Passage": "passages",
    "PassageSettings": "passages",
    "open_index": "store",
}


def __getattr__(name: str) -> Any:
    """Loads a name when it is first asked for: LlamaIndex takes seconds, and not every caller needs it."""
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
