"""The assistant as a LlamaIndex query engine, for programs that are built on LlamaIndex."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, TextNode

Quoted = tuple[str, str, int, int, float]
"""What a source node holds: quote, source, start, end, score."""


class AnswerQueryEngine(CustomQueryEngine):
    """.query(question) -> Response: .response is the answer's text, .source_nodes its quotations with exact offsets
    in their metadata, .metadata the whole answer as `dialogue ask --json` prints it."""

    answer: Callable[[str], tuple[str, Sequence[Quoted], dict[str, Any]]]

    def custom_query(self, query_str: str) -> Response:
        text, quoted, whole = self.answer(query_str)
        nodes = [
            NodeWithScore(
                node=TextNode(
                    id_=f"{source}:{start}-{end}",
                    text=quote,
                    metadata={"source": source, "start": start, "end": end},
                ),
                score=score,
            )
            for quote, source, start, end, score in quoted
        ]
        return Response(response=text, source_nodes=nodes, metadata=whole)
