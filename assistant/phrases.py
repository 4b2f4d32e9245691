"""Every word of ours that an answer may hold. Whatever else it says is quoted."""

from __future__ import annotations

import re
from enum import StrEnum


class Phrase(StrEnum):
    OTHERWISE = "The release says otherwise:"
    FIRST_ONLY = "The release answers the first part of the question, and does not say the second:"
    SECOND_ONLY = "The release answers the second part of the question, and does not say the first:"
    NOT_SAID = "The release does not say."
    NEAREST = "The nearest thing that it does say, which is no answer to the question:"
    GREETING = "Hello. Ask me what the release says, and I answer with its exact words."
    THANKS = "You are welcome."
    UNCLEAR = "I could not read a question about the release in this. Please ask it in a sentence."
    ORDER = "I only answer questions about what the release says, in its own words."
    TOO_LONG = "This question is too long for me. Please ask it in one or two sentences."


_DERIVED = "“{words}” means {meaning}, counted from the date of the release."
_DERIVED_PATTERN = re.compile(r"“(?P<words>[^”]+)” means [\w ,]+, counted from the date of the release\.")


def derived(words: str, meaning: str) -> str:
    """What a relative date ("this year") means; marked as derived, since the release does not write it."""
    return _DERIVED.format(words=words, meaning=meaning)


def is_ours(line: str, quotes: tuple[str, ...]) -> bool:
    """Whether a line of an answer is one of our phrases; of a derived date, whether its words are quoted."""
    if line in set(Phrase):
        return True
    match = _DERIVED_PATTERN.fullmatch(line)
    return match is not None and any(match["words"] in quote for quote in quotes)


JAPANESE = {
    Phrase.OTHERWISE: "発表文には、これと異なることが書かれています。",
    Phrase.FIRST_ONLY: "質問の前半にだけ答えがあり、後半については書かれていません。",
    Phrase.SECOND_ONLY: "質問の後半にだけ答えがあり、前半については書かれていません。",
    Phrase.NOT_SAID: "発表文には書かれていません。",
    Phrase.NEAREST: "最も近い記述は次のとおりです（質問への答えではありません）。",
    Phrase.GREETING: "こんにちは。発表文について英語で質問してください。発表文の言葉そのままでお答えします。",
    Phrase.THANKS: "どういたしまして。",
    Phrase.UNCLEAR: "発表文についての質問として読み取れませんでした。英語の文で質問してください。",
    Phrase.ORDER: "発表文に書かれていることについての質問にだけ、原文の言葉でお答えします。",
    Phrase.TOO_LONG: "質問が長すぎます。一、二文で質問してください。",
    "In the release": "発表文にあり",
    "Answered in part": "一部のみ",
    "The release says otherwise": "発表文の記述は異なる",
    "Not in the release": "発表文になし",
    "Not a question about the release": "発表文についての質問ではない",
    "Read as:": "次のように読みました：",
    "Copy": "コピー",
    "Copy as Markdown": "Markdownでコピー",
    "Copy as footnote": "脚注としてコピー",
    "Official page": "公式ページ",
    "Source:": "出典：",
    "Why this answer?": "この答えの根拠",
    "Probability that the release answers this:": "発表文に答えがある確率：",
    "Sentences that were weighed, each with its probability of answering:": "検討した文と、それぞれが答えである確率：",
    "Dialogue Assistant": "対話アシスタント",
    "Chat": "質問",
    "Release": "発表文",
    "Save as Markdown": "Markdownで保存",
    "Save receipt": "検証用に保存",
    "Clear": "履歴を消す",
    "Ask in your own words. The answer is quoted, and each number leads to its place in the release.": (
        "英語で自由に質問してください。答えは引用で、番号から発表文の該当箇所に移れます。"
    ),
    "Ask": "質問する",
    "Stop": "中止",
    "Your question": "質問",
    "Ask what the release says": "発表文について英語で質問してください",
    "Stopped. Nothing was answered.": "中止しました。答えはありません。",
    "Earlier answers that are not exact in the text in use are not shown.": (
        "現在の発表文と一致しない以前の答えは表示していません。"
    ),
    "Copied": "コピーしました",
    "Answers in the release's own words, each one open to your check.": "答えは発表文の言葉そのもの。すべて原文で確かめられます。",
}
"""The interface in Japanese. The release, and so each quotation, stays in its own language."""
