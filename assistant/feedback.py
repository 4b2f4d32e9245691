"""What users thought of an answer, kept in a file on this machine that its operator can read; never sent anywhere."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from index.store import home
from sources.errors import StoreError

from .answer import Answer

REASONS = ("Like", "Dislike", "It does not answer", "It is not complete", "The release does say it")


def feedback_file() -> Path:
    return home() / "feedback.jsonl"


def keep_feedback(answer: Answer, verdict: bool | str) -> None:
    """Appends one line: when, the question, what was answered, and whether it helped or why not.

    Raises StoreError if the file cannot be written.
    """
    line = {
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "verdict": ("helpful" if verdict else "not helpful") if isinstance(verdict, bool) else verdict,
        **answer.as_dict(),
    }
    path = feedback_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise StoreError(
            f"Cannot write {path}", error.strerror or str(error), "let DIALOGUE_HOME name a folder that can be written"
        ) from error
