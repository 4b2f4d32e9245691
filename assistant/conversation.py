"""A conversation: the user's earlier questions, by which the next one is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answer import Answer

if TYPE_CHECKING:
    from .assistant import Assistant

REMEMBERED = 6
"""Earlier questions that are kept. A follow-up never reaches further back than two."""


class Chat:
    """One user's conversation. Holds questions only, never answers: what was said is not what is known."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.history: list[str] = []

    def ask(self, question: str) -> Answer:
        answer = self._assistant.ask(question, self.history)
        self.history = [*self.history, question][-REMEMBERED:]
        return answer
