"""Headings, paragraphs, list items, labels and values of a release, each with its exact span.

The rules are about the shape of releases (numbering, bullets, capitals, short lines, colons), never about the
words of one. A rule that misses costs a heading path, never an offset: every block is a slice of the text.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from .dates import full_date
from .release import Block, Kind, Sentence, Span
from .sentences import asks, sentences

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_STRIP = " \t\xa0\u3000\ufeff\u200b"

_BULLET = re.compile(r"(?:[-*•·・‣▪■□○●◦–—]|o)[ \t\xa0\u3000]+(?=\S)")
_HASH = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_NUMBER = re.compile(
    r"(?P<roman>[IVX]{1,5}\.)[ \t]|(?P<decimal>\d{1,2}(?:\.\d{1,2})+\.?)[ \t]|(?P<arabic>\d{1,2}\.)[ \t]"
    r"|(?P<bracket>\(\d{1,2}\)|\d{1,2}\))[ \t]?|(?P<letter>\([a-z]\)|[a-z]\)|[a-z]\.)[ \t]"
    r"|(?P<capital>\(?[A-H][.)])[ \t]|(?P<plain_number>\d{1,2}[ \t]+(?=[A-Z][a-z])(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)))|(?P<named>(?:Article|Section|Part|Annex|Appendix|Chapter|Item)\s+[\dIVXA-H]+\b)"
    r"|(?P<little_roman>\((?:i|ii|iii|iv|v|vi|vii|viii|ix|x)\))[ \t]?"
)
_PAIR = re.compile(r"(?P<label>[^\s:.;!?][^:.;!?]{0,58}?)[ \t\xa0]*(?::[ \t\xa0]+|\t+)(?=\S)")
_ENDS_SENTENCE = re.compile(r"[.!?;,][\"”’')\]]*$")
_NAVIGATION_START = re.compile(r"(?:home|top|top page|home ?page|skip to .*|you are here.*)(?:\s*[>»/|].*)?", re.I)
_MENU = re.compile(r"[^|>»›]{1,40}(?:[ \t]*[|>»›][ \t]*[^|>»›]{1,80}){2,}")
_NAVIGATION_END = re.compile(
    r"(?:related (?:web ?)?(?:sites?|links?|pages?|information)|back to (?:the )?top|top of (?:the )?page|print|share"
    r"|share this page|link)s?:?",
    re.I,
)
_KICKER = re.compile(
    r"(?:for immediate release|(?:press|news|media)[ -](?:release|statement|notice|advisory)|joint statement|embargo).*"
    r"|(?:ref|reference|no|number)\.?:?\s.*",
    re.I,
)
_DIVISION = re.compile(
    r"(?:division|office|unit|department|section|bureau|directorate)s?(?: .{0,20})? (?:in charge|responsible)"
    r"|(?:responsible|competent) (?:division|office|unit|department|section|bureau|directorate)s?",
    re.I,
)
_CLOSING_LABEL = re.compile(
    r"(?:(?:for )?(?:further |more |press |media |public |general )*(?:contacts?|inquir(?:y|ies)|enquir(?:y|ies)"
    r"|information|queries)|attachments?|annex(?:es)?|documents?|references?|note|publisher|spokesperson)\b.{0,40}"
    r"|.{0,40}\b(?:in charge|responsible|contacts?|inquiries|enquiries)(?: for .{1,30})?",
    re.I,
)
_MASTHEAD = re.compile(r"(?:issued|released?|published|dated?|date of|embargo|from|to|ref|reference|no)\b.*", re.I)
_ISSUER = re.compile(
    r"(?:the )?(?:[\w.&’'-]+ ){0,5}(?:ministry|office|department|agency|authority|commission(?:er)?|bureau|directorate|bank"
    r"|institute|council|police|government|service|secretariat|committee|board|court|cabinet)\b.*",
    re.I,
)
_PAIR_SHORT = re.compile(r"[A-Z]\w+(?: \w+)?:\s")
_HEADING_LONGEST = 140


@dataclass(frozen=True, slots=True)
class Structure:
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    title: Span | None
    date: datetime.date | None
    date_span: Span | None
    division: Span | None


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    after_blank: bool
    before_blank: bool


def structure(text: str, *, markdown: bool = False) -> Structure:
    """The parts of a release's text. markdown: lines that begin with # are headings."""
    lines = _lines(text)
    first, last = _content(lines)
    title = _title(lines, first, last, markdown)
    joined = _join_wrapped(text, lines, first, last, title)
    blocks = [Block(Kind.NAVIGATION, line.span) for line in lines[:first]]
    blocks += _blocks(text, joined, title, markdown)
    blocks += [Block(Kind.NAVIGATION, line.span) for line in lines[last:]]
    date = _release_date(text, blocks)
    if date is not None:
        blocks = [replace(b, kind=Kind.DATE, context=()) if b.span == date[2] else b for b in blocks]
    blocks = _answers(text, blocks)
    division = next((b.span for b in blocks if b.label and _DIVISION.fullmatch(_label(text, b.label))), None)
    division_value = next((_value(text, b) for b in blocks if division is not None and b.span == division), None)
    return Structure(
        tuple(blocks),
        tuple(_sentences(text, blocks)),
        title,
        date[1] if date else None,
        date[0] if date else None,
        division_value,
    )


def _lines(text: str) -> list[_Line]:
    spans: list[tuple[Span, bool]] = []
    previous_end = 0
    for match in _LINE.finditer(text):
        body = match.group()
        start = match.start() + len(body) - len(body.lstrip(_STRIP))
        end = match.start() + len(body.rstrip(_STRIP))
        if start >= end:
            continue
        gap = text[previous_end:start]
        blank = len(re.findall(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", gap)) > 1 or previous_end == 0
        spans.append((Span(start, end), blank))
        previous_end = end
    after = [*(blank for _, blank in spans[1:]), True][: len(spans)]
    return [_Line(s, s.of(text), b, a) for (s, b), a in zip(spans, after, strict=True)]


def _bare(line: str) -> str:
    """The line without number, bullet, hash marks or bold marks."""
    for pattern in (_HASH, _BULLET, _NUMBER):
        if match := pattern.match(line):
            line = line[match.end() :]
    return line.strip(_STRIP + "*_>").strip()


def _content(lines: list[_Line]) -> tuple[int, int]:
    """Positions of the first line that is content and of the line after the last."""
    first, last = 0, len(lines)
    if lines and (_NAVIGATION_START.fullmatch(_bare(lines[0].text)) or _MENU.fullmatch(lines[0].text)):
        first = 1
        while first < len(lines) and not lines[first].after_blank:
            first += 1
    while last > first + 1 and _NAVIGATION_END.fullmatch(_bare(lines[last - 1].text)):
        last -= 1
    return (first, last) if first < last else (0, len(lines))


def _title(lines: list[_Line], first: int, last: int, markdown: bool) -> Span | None:
    """The line of the masthead that reads most like a title: early, long, no issuer, no number, no date."""
    crumbs = {_bare(line.text).casefold() for line in lines[:first]}
    best: tuple[float, Span] | None = None
    for i, line in enumerate(lines[first:last][:8]):
        bare = _bare(line.text)
        if bare.casefold() in crumbs or (markdown and line.text.startswith("# ")):
            return line.span
        if len(line.text) > 300 or (_ENDS_SENTENCE.search(line.text) and len(line.text) > 120):
            break
        if best is not None and (_NUMBER.match(line.text) or _BULLET.match(line.text)):
            break
        if (
            (len(bare) < 60 and _KICKER.fullmatch(bare))
            or _MASTHEAD.fullmatch(bare)
            or (full_date(line.text) and len(bare) < 60)
        ):
            continue
        score = min(len(bare), 90) - 8 * i
        score -= 70 if _ISSUER.fullmatch(bare) and len(bare) < 90 else 0
        score -= 60 if bare[:1].islower() or line.text[0] in "([" or _PAIR_SHORT.match(line.text) else 0
        score -= 60 if _ENDS_SENTENCE.search(bare) or line.text.endswith(":") else 0
        if best is None or score > best[0]:
            best = (score, line.span)
    return best[1] if best else None


def _join_wrapped(text: str, lines: list[_Line], first: int, last: int, title: Span | None) -> list[_Line]:
    """Lines of a hard-wrapped paragraph become one. A line goes on where the next begins in lower case, or
    where it is as long as wrapped lines are and the next is neither a list item nor a heading."""
    content = lines[first:last]
    widths = [len(line.text) for line in content]
    wrapped = bool(widths) and max(widths) <= 110 and sum(w > 55 for w in widths) >= 4
    joined: list[_Line] = []
    width_before = 0
    for line in content:
        before = joined[-1] if joined else None
        if (
            before is not None
            and not line.after_blank
            and before.span != title
            and not _starts_block(line.text)
            and (line.text[0].islower() or (wrapped and width_before >= 0.75 * max(widths)))
        ):
            span = Span(before.span.start, line.span.end)
            joined[-1] = _Line(span, span.of(text), before.after_blank, line.before_blank)
        else:
            joined.append(line)
        width_before = len(line.text)
    return joined


def _starts_block(line: str) -> bool:
    return any(pattern.match(line) for pattern in (_BULLET, _HASH, _NUMBER))


def _style(line: str, markdown: bool) -> str | None:
    """What makes this line look like a heading: the style, by which depth is told; None if nothing does."""
    if markdown and (match := _HASH.match(line)):
        return match.group(1)
    if len(line) > _HEADING_LONGEST or _ENDS_SENTENCE.search(line):
        return None
    if match := _NUMBER.match(line):
        return match.lastgroup if match.lastgroup != "plain_number" or len(line) <= 70 else None
    if _BULLET.match(line):
        return None
    letters = [c for c in line if c.isalpha()]
    if len(letters) > 3 and all(c.isupper() for c in letters):
        return "capitals"
    return "plain" if len(line) <= 90 and (line[0].isupper() or line[0] in '“"*[') else None


def _blocks(text: str, lines: list[_Line], title: Span | None, markdown: bool) -> list[Block]:
    blocks: list[Block] = []
    stack: list[tuple[str, Span]] = []  # styles and spans of the headings above, outermost first
    intro: Span | None = None  # what ends in a colon and introduces the list being read
    masthead = True  # before the first paragraph: issuer, number, place and date, no headings
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        context = tuple(span for _, span in stack)
        style = _style(line.text, markdown)
        numbered = _NUMBER.match(line.text) is not None
        listed = intro is not None and not (line.after_blank and not numbered)
        masthead = masthead and not (_is_prose(line.text) or style == "arabic")
        if line.span == title:
            blocks.append(Block(Kind.TITLE, line.span))
        elif _BULLET.match(line.text) or (numbered and (style is None or _in_run(lines, i, style, markdown))):
            blocks.append(Block(Kind.ITEM, line.span, context + ((intro,) if intro else ())))
            continue  # the introduction holds for the next item too
        elif not masthead and following and line.text.endswith(":") and style:
            stack = [entry for entry in stack if entry[0] != "colon"]
            blocks.append(Block(Kind.HEADING, line.span, tuple(span for _, span in stack)))
            intro = line.span if _starts_block(following.text) else None
            stack += [] if intro else [("colon", line.span)]
            continue
        elif (pair := _PAIR.match(line.text)) and not numbered and not line.text.startswith("#"):
            label = Span(line.span.start, line.span.start + pair.end("label"))
            blocks.append(Block(Kind.PAIR, line.span, context + ((intro,) if intro and listed else ()), label))
            continue
        elif masthead and style in ("plain", "capitals") and not (following and _heads(line, following)):
            blocks.append(Block(Kind.PARAGRAPH, line.span))
        elif style and following and _is_label(lines, i, markdown):
            stack = []  # the closing lines of a release belong to no section
            blocks.append(Block(Kind.LABEL, line.span))
        elif blocks and blocks[-1].kind in (Kind.LABEL, Kind.VALUE) and _is_value(line.text):
            label = blocks[-1].label or blocks[-1].span
            blocks.append(Block(Kind.VALUE, line.span, (label,), label))
        elif style and following and (line.after_blank or numbered) and not _ends_list(blocks, line, following):
            stack = _under(stack, style)
            blocks.append(Block(Kind.HEADING, line.span, tuple(span for _, span in stack)))
            stack.append((style, line.span))
        else:
            blocks.append(Block(Kind.PARAGRAPH, line.span, context + ((intro,) if intro and listed else ())))
        intro = _introduction(text, blocks[-1])
    return blocks


def _heads(line: _Line, following: _Line) -> bool:
    """Whether a short line of the masthead is a heading after all: a paragraph follows it after a blank line."""
    return _is_prose(following.text) and line.before_blank and line.after_blank and not _KICKER.fullmatch(line.text)


def _introduction(text: str, block: Block) -> Span | None:
    """The last sentence of a paragraph that ends in a colon: the items below it make no sense without it."""
    if block.kind is Kind.PARAGRAPH and text[block.span.end - 1] == ":":
        return sentences(text, block.span)[-1]
    return None


_LINES = (Kind.PARAGRAPH, Kind.ITEM, Kind.PAIR, Kind.VALUE)
_LONGEST_QUESTION = 160


def _answers(text: str, blocks: list[Block]) -> list[Block]:
    """In questions and answers, the block below a question stands under it as under a heading."""
    found = blocks[:1]
    for before, block in pairwise(blocks):
        asked = before.kind in _LINES and asks(before.span.of(text))
        if asked and block.kind in _LINES and not asks(block.span.of(text)):
            whole = len(before.span) <= _LONGEST_QUESTION
            question = before.span if whole else sentences(text, before.span)[-1]
            block = replace(block, context=(*block.context, question))
        found.append(block)
    return found


def _under(stack: list[tuple[str, Span]], style: str) -> list[tuple[str, Span]]:
    """The headings that a heading of this style stands under: those above the last of its own style."""
    styles = [entry[0] for entry in stack]
    if style.startswith("#"):
        return [entry for entry in stack if len(entry[0]) < len(style)]
    return stack[: styles.index(style)] if style in styles else [e for e in stack if e[0] != "colon"]


def _in_run(lines: list[_Line], i: int, style: str | None, markdown: bool) -> bool:
    """Whether a numbered line is one of several in a row, and so a list item and no heading."""
    if markdown and lines[i].text.startswith("#"):
        return False

    def alike(j: int) -> bool:
        if not 0 <= j < len(lines):
            return False
        match = _NUMBER.match(lines[j].text)
        return match is not None and match.lastgroup == style

    if alike(i + 1):
        return True
    return alike(i - 1) and (not lines[i].after_blank or i + 1 == len(lines) or not _is_prose(lines[i + 1].text))


def _is_prose(line: str) -> bool:
    return len(line) > _HEADING_LONGEST or bool(re.search(r"[.!?][\"”’')\]]*$", line))


def _is_value(line: str) -> bool:
    return len(line) <= _HEADING_LONGEST and not _is_prose(line) and not _starts_block(line) and line[-1] != ":"


def _is_label(lines: list[_Line], i: int, markdown: bool) -> bool:
    """A short line that names the short line below it: by its words, or because nothing else belongs to it."""
    line, value = lines[i], lines[i + 1]
    if _style(line.text, markdown) not in ("plain", "capitals") or not _is_value(value.text) or len(line.text) > 60:
        return False
    if _CLOSING_LABEL.fullmatch(line.text) or _DIVISION.fullmatch(line.text):
        return True
    if _PAIR.match(value.text) or not line.after_blank:
        return False
    after = lines[i + 2] if i + 2 < len(lines) else None
    return after is None or (after.after_blank and _CLOSING_LABEL.fullmatch(after.text) is not None)


def _ends_list(blocks: list[Block], line: _Line, following: _Line) -> bool:
    """A short line that stands right under another with nothing below it is a line of a table, no heading."""
    return (
        not line.after_blank
        and bool(blocks)
        and blocks[-1].kind in (Kind.PARAGRAPH, Kind.PAIR)
        and following.after_blank
    )


def _release_date(text: str, blocks: list[Block]) -> tuple[Span, datetime.date, Span | None] | None:
    """The date of publication: in a short line at the head, in a dateline ("Prague, 6 September 2023 - The
    Agency ..."), in a line at the foot that is nothing else, or where the first paragraph says "today, ...".

    Returns the date's span, the date, and the span of the block where that is a line of its own.
    """
    content = [b for b in blocks if b.kind not in (Kind.NAVIGATION, Kind.TITLE)]
    head = content[:7]
    for block in head:
        line = block.span.of(text)
        spoken = _is_prose(line) and not _MASTHEAD.match(line)  # a sentence about a day is no date of release
        if len(line) <= 100 and not spoken and (found := full_date(text, block.span.start, block.span.end)):
            alone = block.kind in (Kind.PARAGRAPH, Kind.HEADING, Kind.LABEL, Kind.VALUE)
            return (*found, block.span if alone else None)
        if spoken or len(line) > 100:
            found = full_date(text, block.span.start, min(block.span.end, block.span.start + 60))
            if found and re.match(r"[)\]]?\s*[-–—:]", text[found[0].end :]):
                return (*found, None)
            break
    for block in content[:-4:-1]:
        line = block.span.of(text)
        found = full_date(text, block.span.start, block.span.end)
        if found and len(line) <= len(found[0]) + 25 and not _is_prose(line):
            return (*found, block.span if block.kind is Kind.PARAGRAPH else None)
    for block in head:
        if match := re.search(r"\btoday,? (?:on )?", block.span.of(text)):
            begin = block.span.start + match.end()
            if (found := full_date(text, begin, block.span.end)) and found[0].start == begin:
                return (*found, None)
    return None


def _label(text: str, span: Span) -> str:
    return _bare(span.of(text)).rstrip(": ")


def _value(text: str, block: Block) -> Span:
    if block.kind is Kind.PAIR and block.label is not None:
        rest = text[block.label.end : block.span.end]
        return Span(block.span.end - len(rest.lstrip(_STRIP + ":")), block.span.end)
    return block.span


def _sentences(text: str, blocks: list[Block]) -> list[Sentence]:
    found: list[Sentence] = []
    for i, block in enumerate(blocks):
        if block.kind is Kind.NAVIGATION:
            continue
        whole = block.kind not in (Kind.PARAGRAPH, Kind.ITEM)
        spans = [block.span] if whole else sentences(text, block.span)
        found += [Sentence(block.kind, span, block.context, i) for span in spans]
    return found
