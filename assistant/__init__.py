"""Ask about a release, get an answer whose every word can be checked in it."""

from .answer import Answer, Citation
from .assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation"]
