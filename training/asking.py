"""An assistant over one text after the other, with the models loaded once and the indexes in a folder that goes again."""

from __future__ import annotations

import os
import tempfile
from functools import cache

from assistant import Assistant
from assistant.evidence import Judges, Weights
from assistant.mpnet import models_folder
from assistant.reader import Reader, Verifier
from assistant.write import QuoteWriter
from index import Index
from index.embed import MiniLM
from index.store import open_index
from sources import Release


@cache
def _encoder() -> MiniLM:
    return MiniLM()


@cache
def _judges() -> Judges:
    return Judges(Reader(), Verifier())


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    os.environ.setdefault("DIALOGUE_MODELS", str(models_folder()))  # unpacked once, not for each run
    folder = tempfile.TemporaryDirectory()
    os.environ["DIALOGUE_HOME"] = folder.name
    return folder


def indexed(release: Release) -> Index:
    _home()
    return open_index([release], _encoder())


def assistant_over(release: Release) -> Assistant:
    return Assistant(indexed(release), _judges(), QuoteWriter(), Weights.packaged())
