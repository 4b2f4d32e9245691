"""An assistant over one text after the other, with the models loaded once and the indexes in a folder that goes again."""

from __future__ import annotations

import os
import tempfile
from functools import cache

from assistant import Assistant
from assistant.evidence import Weights
from assistant.reader import Reader
from assistant.write import QuoteWriter
from index import Index
from index.embed import MiniLM
from index.store import open_index
from sources import Release


@cache
def _encoder() -> MiniLM:
    return MiniLM()


@cache
def _reader() -> Reader:
    return Reader()


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    os.environ["DIALOGUE_HOME"] = folder.name
    return folder


def indexed(release: Release) -> Index:
    _home()
    return open_index([release], _encoder())


def assistant_over(release: Release) -> Assistant:
    return Assistant(indexed(release), _reader(), QuoteWriter(), Weights.packaged())
