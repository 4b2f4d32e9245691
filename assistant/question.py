"""What is asked: the kind of answer wanted, what the conversation adds, and what the answer has to respect."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.words import fold, words

LONGEST = 600
"""Characters. A question that is longer is refused, with a message, before anything reads it."""


class Wants(StrEnum):
    """The kind of answer that a question wants."""

    PERSON = "person"
    BODY = "body"
    PLACE = "place"
    DATE = "date"
    DURATION = "duration"
    FREQUENCY = "frequency"
    NUMBER = "number"
    REASON = "reason"
    MEANING = "meaning"
    LIST = "list"
    YES_NO = "yes_no"
    TOPIC = "topic"
    OTHER = "other"


class Unclear(StrEnum):
    """Why something is no question about a release."""

    GREETING = "greeting"
    THANKS = "thanks"
    ORDER = "order"
    NONSENSE = "nonsense"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Question:
    """asked: the user's words. text: with what earlier turns add to them. names: numbers, ordinals, dates and
    capitalised names that the answer must respect, folded."""

    asked: str
    text: str
    wants: Wants
    names: tuple[str, ...]
    unclear: Unclear | None = None

    @property
    def several(self) -> bool:
        """Whether it is of a kind that may take more than one sentence to answer."""
        return self.wants in (Wants.LIST, Wants.TOPIC, Wants.OTHER)

    @property
    def added(self) -> str:
        """The question as it was read, if the conversation added something or a mistake was mended; else empty."""
        return self.text if self.text != plain(self.asked) else ""


_GREETING = re.compile(
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|greetings|hallo|how are you.*|who are you|what are you"
    r"|what can you do.*|help|test(?:ing)?)(?: (?:there|all|everyone|bot|assistant))?[\s!.?]*"
)
_THANKS = re.compile(
    r"(?:(?:many )?thanks|thank you|thx|cheers|bye|goodbye|ok(?:ay)?|great|perfect|nice)\b[\w ,]{0,30}[!. ]*"
)
_ORDER = re.compile(
    r"(?:please |now |kindly |can you |could you )*(?:ignore|disregard|forget|pretend|act as|you are now|repeat after"
    r"|write (?:me )?(?:a|an|some|the)\b|compose|translate|sing|draw|generate|imagine|roleplay|reveal|print your"
    r"|tell me a (?:joke|story)|recommend|delete|open the|run the|execute|calculate|book me)\b.*"
)
_POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|dear \w+|good (?:morning|afternoon|evening))\b[,!. ]*(?:there)?[,!. -]*)?"
    r"(?:(?:quick (?:one|question)|just wondering|i was wondering|sorry|excuse me|please|so|well|ok(?:ay)?|um+)\b[,:. -]*)*"
    r"(?:(?:can|could|would|will) (?:you|someone|anybody|anyone)(?: please)?(?: kindly)? (?:tell|remind|inform|explain to|let) "
    r"(?:me|us)(?: know)?[,: ]*|(?:do|would) you (?:happen to )?know[,: ]*|i(?:'d| would)? (?:want|like|need) to know[,: ]*"
    r"|(?:please )?(?:tell|remind) (?:me|us)[,: ]*)?",
    re.I,
)
_THANKING = re.compile(
    r"(?<=[\w?.!,)\"'])[,.! -]*\b(?:please|pls|(?:many )?thanks|thank you|thx|cheers|(?:kind|best) regards)\b"
    r"(?: (?:very|so) much| in advance| a lot| for your help)*[.!? ]*$",
    re.I,
)

_LISTS = (
    r"ministries|departments|agencies|bodies|organi[sz]ations|organs|institutions|companies|firms|countries|nations"
    r"|states|governments|members|participants|topics|subjects|issues|areas|fields|points|items|themes|documents"
    r"|measures|steps|conditions|criteria|requirements|categories|winners|cities|places|sites|dates|names|forums?"
    r"|fora|priorities|projects|products|groups|parties|delegations|officials|people|persons|reasons|goals|aims|stages"
    r"|phases|principles|obligations|prizes|regions|ways|means|things|services|activities|elements|pillars|kinds|types"
)
_ANY = r"(?!(?:of|the|is|are|was|were|did|do|does|has|have|had|will|would|can|could|should|must|may|sa\w+|about|on|in|for)\b)[\w.'-]+"
_PLURAL = r"(?!(?:does|this|thus|\w*(?:ss|us|is|ws|ics))\b)\w{3,}s"
_PATTERNS: tuple[tuple[Wants, re.Pattern[str]], ...] = tuple(
    (wants, re.compile(pattern))
    for wants, pattern in (
        (Wants.MEANING, r"\b(?:stands? for|short for|abbreviat\w+|acronym|spell(?:ed|s)? out|full (?:name|form) of|in full)\b"),
        (Wants.FREQUENCY, r"\bhow (?:often|frequently|regularly)\b|\bhow many times\b|\bat what intervals?\b"),
        (Wants.DURATION, r"\bhow long\b|\bduration\b|\bfor how many (?:days|weeks|months|years|hours)\b"),
        (Wants.NUMBER, r"\bhow (?:many|much|large|big|high|far|old|fast|tall|strong)\b|\bwhat (?:share|percentage|proportion|amount|sum|number|price|rate|fraction|part)\b|\bnumber of\b|\bcosts?\b|\bprice\b|\bbudget\b|\bby what (?:factor|margin)\b"),
        (Wants.DATE, r"\b(?:when|until when|since when|by when|which (?:day|date|month|year)s?|what (?:day|date|month|year|time)s?|how soon|how recently|deadline|date)\b"),
        (Wants.LIST, rf"\b(?:which|what|name|list|all|who)(?: (?:is|are|was|were))?(?: (?:all|the|of|its|their))* (?:{_ANY} ){{0,3}}?(?:{_LISTS})\b|\blist\b|\bname (?:all|the|each|every\w*)\b|\bwhich (?:{_ANY} ){{0,2}}?{_PLURAL}\b|\bwhat (?:{_ANY} )?{_PLURAL} (?:are|were|do|did|does|will|can|could|have|had|has|would|should|must|may)\b|\bwho (?:else )?(?:took part|participated|attended|joined|came|was on|were)\b"),
        (Wants.PLACE, r"\bwhere(?:abouts)?\b|\b(?:which|what) (?:city|town|place|country|venue|location|building|hotel|hall|capital|port|region)\b|\bvenue\b|\blocation\b"),
        (Wants.BODY, r"\b(?:which|what) (?:\w+ ){0,2}?(?:office|division|bureau|department|ministry|agency|body|organi[sz]ation|unit|section|company|firm|institution|authority|committee|association|group|bank|court)\b"),
        (Wants.PERSON, r"\bwho(?:m|se)?\b|\bwhich (?:minister|official|person|director|president|chair\w*|head|expert)\b|\bby whom\b"),
        (Wants.REASON, r"\bwhy\b|\bhow come\b|\bwhat (?:for|purpose|led|caused|prompted|made)\b|\bfor what (?:purpose|reason)\b|\breasons?\b|\bwhat is the (?:aim|purpose|goal|point) of\b"),
        (Wants.TOPIC, r"\b(?:said|say|says|decided?|agreed?|discuss\w*|concluded?|outcomes?|results?|happened|position|views?|stance|about|regarding|concerning|plans?)\b"),
    )
)  # fmt: skip
_YES_NO = re.compile(
    r"(?:and |but |so |or )?(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|shall|should|may|might|must|isn't"
    r"|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|won't|am)\b(?! you (?:tell|know)).*"
)
_DEPENDS = re.compile(
    r"^(?:and|but|also|or|so|then|what about|how about|same for|what else|who else|anything else|which one|why so|why not)\b"
    r"|\b(?:it|its|they|them|their|theirs|that|those|these|this|there|then|he|him|his|she|her|one|ones|the same|both"
    r"|the (?:former|latter|other|others)|such|do so|did so|afterwards|else)\b"
)
_NAME = re.compile(
    r"\b\d+(?:[.,]\d+)*(?:st|nd|rd|th|%)?|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    r"|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|next|previous|last|january|february|march|april|may"
    r"|june|july|august|september|october|november|december|spring|summer|autumn|winter)\b"
)


_HALF = r"(?:who|what|which|when|where|why|how(?: (?:many|much|long|often|old|large|big|far|soon))?)\b"
_JOINED = re.compile(rf"(?:,|;)? and (?=({_HALF})(.*))", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|shall|should|must|may|might|came|took|said|gave"
    r"|won|led|met|spoke|held|made|paid|went|\w{3,}ed)\b"
)
_EACH = re.compile(r"\b(?:each|every|respectively|react\w*|respon\w+|answer\w*)\b")
HALF_WORDS = 3
"""Content words that each half of a question needs to be asked by itself."""


def halves(asked: str) -> tuple[str, str] | None:
    """The two questions that are asked in one ("Who opened the fair, and how many visitors came to Lund?"), where
    each can be asked without the other; else None."""
    match = _JOINED.search(" ".join(plain(asked).split()))
    if match is None or not re.match(_HALF, match.string, re.I):
        return None
    first, second = match.string[: match.start()], match[1] + match[2]
    bare = fold(second)
    alone = all(_VERB.search(fold(half)) and len(words(half)) >= HALF_WORDS for half in (first, match[2]))
    if not alone or _DEPENDS.search(bare) or _EACH.search(bare) or _JOINED.search(second):
        return None
    return f"{first}?", second[:1].upper() + second[1:]


def read_question(
    asked: str, history: Sequence[str] = (), mended: Callable[[str], str] = lambda words: words
) -> Question:
    """What is asked, in the light of the user's earlier questions (oldest first). mended: mends typing mistakes."""
    bare = fold(" ".join(asked.split()))
    if len(asked) > LONGEST:
        return Question(asked, asked, Wants.OTHER, (), Unclear.TOO_LONG)
    own = mended(plain(asked))
    text = " ".join([*_inherited(bare, history), own])
    unclear = _unclear(bare) if text == own else None
    return Question(asked, text, wanted(fold(" ".join(own.split())), history), names(text), unclear)


def plain(asked: str) -> str:
    """The question without the courtesies around it; as it is, if nothing else would be left."""
    return _THANKING.sub("", _POLITE.sub("", asked.strip())).strip() or asked


def wanted(bare: str, history: Sequence[str] = ()) -> Wants:
    """The kind of answer wanted by a folded question; a follow-up without one of its own ("And in Osaka?") wants
    what the question before it wanted."""
    bare = plain(bare)
    for wants, pattern in _PATTERNS:
        match = pattern.search(bare)
        if match and wants is Wants.TOPIC and _YES_NO.fullmatch(bare):
            break
        if match and not (_YES_NO.fullmatch(bare) and wants not in (Wants.MEANING,)):
            return wants
    if _YES_NO.fullmatch(bare):
        return Wants.YES_NO
    if history and _DEPENDS.search(bare):
        return wanted(fold(" ".join(history[-1].split())))
    return Wants.OTHER


def names(text: str) -> tuple[str, ...]:
    """Figures, ordinals, months and capitalised words after the first, folded. In a text all in capitals they say
    nothing."""
    found = [match.group() for match in _NAME.finditer(fold(text))]
    if text.isupper():
        return tuple(dict.fromkeys(found))
    for sentence in re.split(r"(?<=[?.!])\s+", text):
        found += [fold(w) for w in re.findall(r"(?<=\s)[“\"'(]?([A-Z][\w.&’'-]*\w|[A-Z]{2,})", sentence)]
    return tuple(dict.fromkeys(found))


def _inherited(bare: str, history: Sequence[str]) -> list[str]:
    """The earlier questions that this one needs to be understood: none if it names its own subject."""
    if not history:
        return []
    short = len(words(plain(bare))) <= 2
    if not (_DEPENDS.search(bare) or short):
        return []
    last = history[-1]
    before = history[:-1]
    needs_more = before and (_DEPENDS.search(fold(last)) or len(words(last)) <= 2)
    return [*([before[-1]] if needs_more else []), last]


def _unclear(bare: str) -> Unclear | None:
    if _GREETING.fullmatch(bare):
        return Unclear.GREETING
    if _THANKS.fullmatch(bare):
        return Unclear.THANKS
    if _ORDER.fullmatch(bare):
        return Unclear.ORDER
    letters = sum(c.isalpha() for c in bare)
    if letters < 3 or not re.search(r"[aeiouy\u0080-\uffff]|[a-z]\d|\b[a-z]{2,5}\b", bare):
        return Unclear.NONSENSE
    return None
