"""Reads releases. Imports nothing of ours."""

from .errors import DialogueError
from .read import packaged_releases, read_release, read_sources
from .release import Block, Kind, Release, Sentence, Span

__all__ = [
    "Block",
    "DialogueError",
    "Kind",
    "Release",
    "Sentence",
    "Span",
    "packaged_releases",
    "read_release",
    "read_sources",
]
