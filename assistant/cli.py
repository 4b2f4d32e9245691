"""The command `dialogue`. Turns errors into words: what, what was found, what to do; exit code 2."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from sources import Release, packaged_releases, read_sources
from sources.errors import DialogueError, SourceError, UsageError

from .assistant import Assistant
from .render import as_explanation, as_text

app = typer.Typer(
    help="Ask an official news release; get an answer whose every word you can check in it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
Sources = Annotated[
    Optional[list[Path]],  # noqa: UP045 (Typer reads it so)
    typer.Option(
        "--sources",
        help="A release, or a folder of them; may be given several times.",
        show_default="the packaged release",
    ),
]
_chosen: list[Path] = []


@app.callback()
def common(
    sources: Sources = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show the log.")] = False,
) -> None:
    logging.basicConfig(level=logging.INFO if verbose else logging.CRITICAL, stream=sys.stderr)
    if not verbose:
        logging.disable(logging.CRITICAL)
    _chosen[:] = sources or []


def _sources(here: list[Path] | None) -> list[Path]:
    return [*_chosen, *(here or [])]


def _releases(here: list[Path] | None) -> list[Release]:
    chosen = _sources(here)
    return read_sources(chosen) if chosen else packaged_releases()


def _open(here: list[Path] | None, *, rebuild: bool = False) -> Assistant:
    """The assistant, with a progress bar on the error stream while it loads and builds."""
    with Progress(TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done)  # type: ignore[arg-type]

        return Assistant.open(_sources(here), rebuild=rebuild, progress=progress)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    after: Annotated[Optional[list[str]], typer.Option("--after", help="An earlier question; oldest first.")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the evidence that was weighed.")] = False,
    sources: Sources = None,
) -> None:
    """Answer one question. Exit code 0 also when the release does not say."""
    if not question.strip():
        raise UsageError("No question", "an empty text", 'ask one:  dialogue ask "When was it held?"')
    answer = _open(sources).ask(question, after or [])
    typer.echo(json.dumps(answer.as_dict(), ensure_ascii=False, indent=1) if as_json else as_text(answer))
    if explain:
        typer.echo(as_explanation(answer), err=as_json)


@app.command()
def chat(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    sources: Sources = None,
) -> None:
    """Start the web chat; the index is built on first use."""
    assistant = _open(sources)
    from .web import serve

    serve(assistant, host, port)


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="A question file, one JSON object a line.")],
    answers: Annotated[Optional[Path], typer.Option(help="Write the answers here, one JSON object a line.")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    sources: Sources = None,
) -> None:
    """Ask every question of a file and measure the answers."""
    from .evaluate import as_table, read_questions, report, run

    asked = read_questions(questions)
    assistant = _open(sources)
    for gold in asked:
        for source in {source for source, _ in gold.evidence if source} - set(assistant.releases):
            raise UsageError(
                f"Question {gold.id} of {questions} is about a source that is not in use",
                source,
                "name it with --sources",
            )
    with Progress(
        TextColumn("asking"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task("asking", total=len(asked))
        outcomes = run(assistant, asked, lambda done, of: bars.update(task, completed=done))
    if answers:
        lines = [json.dumps(o.answer.as_dict(o.gold.id), ensure_ascii=False) for o in outcomes]
        try:
            answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"Cannot write {answers}", error.strerror or str(error), "name a file that can be written"
            ) from error
    found = report(outcomes)
    typer.echo(json.dumps(found, indent=1) if as_json else as_table(found))


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What to search for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 5,
    sources: Sources = None,
) -> None:
    """Show the passages nearest to some words, with their scores."""
    assistant = _open(sources)
    from index.search import search as find

    for hit in find(assistant.index, words, k):
        release = assistant.releases[hit.passage.source]
        span = hit.passage.span
        cosine = "-" if hit.cosine is None else f"{hit.cosine:.3f}"
        bm25 = "-" if hit.bm25 is None else f"{hit.bm25:.2f}"
        typer.echo(f"{hit.score:.4f}  cosine {cosine}  BM25 {bm25}  {release.id} {span.start}-{span.end}")
        typer.echo("  " + " ".join(span.of(release.text).split()) + "\n")


@app.command("sources")
def list_sources(sources: Sources = None) -> None:
    """List the releases in use."""
    for release in _releases(sources):
        about = [str(release.date or "no date found"), release.publisher, release.url]
        typer.echo(f"{release.id}\n  {release.title_text}\n  {'; '.join(a for a in about if a)}")
        typer.echo(f"  {len(release.text):,} characters, sha256 {release.sha256}")


@app.command()
def show(source: Annotated[str, typer.Argument(help="The id of a release.")], sources: Sources = None) -> None:
    """Print the text of a release, the very string that offsets count in."""
    found = {r.id: r for r in _releases(sources)}
    if source not in found:
        raise SourceError(f"No source is called {source}", f"in use: {', '.join(found)}", "name one of these")
    sys.stdout.buffer.write(found[source].text.encode("utf-8"))


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew even if it is there.")] = False,
    sources: Sources = None,
) -> None:
    """Build the index, if it is not there, and say where it is."""
    assistant = _open(sources, rebuild=rebuild)
    manifest = assistant.index.manifest
    typer.echo(f"{assistant.index.folder}\n{manifest.passages} passages, {manifest.sentences} sentences")


@app.command()
def verify(
    saved: Annotated[Path, typer.Argument(help="A saved receipt, or answers as JSON.")], sources: Sources = None
) -> None:
    """Check saved answers again, character for character. Exit code 1 if anything differs."""
    from .receipt import read_receipt
    from .receipt import verify as check

    answers = read_receipt(saved)
    findings = list(check(answers, {r.id: r for r in _releases(sources)}))
    for finding in findings:
        typer.echo(str(finding))
    differ = sum(not finding.holds for finding in findings)
    typer.echo(f"{len(answers)} answers, {differ or 'no'} difference{'' if differ == 1 else 's'}")
    if differ:
        raise typer.Exit(1)


def main() -> None:
    try:
        app()
    except DialogueError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
