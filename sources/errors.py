"""The one tree of errors. Each message says what went wrong, what was found, and what to do.

    DialogueError
    ├── SourceError           a release that cannot be read
    ├── QuestionFileError     a question file that cannot be read
    ├── ModelError            weights that are missing or are not the ones expected
    ├── StoreError            an index that cannot be written or read
    │   └── IndexDamaged      an index whose files are not the ones its manifest names
    ├── UsageError            arguments that make no sense
    └── PromiseBroken         a quotation that is not exact, or words that no source supports

Only the command line and the web page turn them into words for people.
"""

from __future__ import annotations


class DialogueError(Exception):
    """what: the thing that failed; found: what was there instead; todo: what the reader can do."""

    def __init__(self, what: str, found: str, todo: str) -> None:
        super().__init__(f"{what}\nFound: {found}\nWhat to do: {todo}")
        self.what, self.found, self.todo = what, found, todo


class SourceError(DialogueError):
    pass


class QuestionFileError(DialogueError):
    pass


class ModelError(DialogueError):
    pass


class StoreError(DialogueError):
    pass


class IndexDamaged(StoreError):
    pass


class UsageError(DialogueError):
    pass


class PromiseBroken(DialogueError, ValueError):
    pass
