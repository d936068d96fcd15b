"""Phrase patterns: short grammars that give many more wordings of a topic than the written questions.

A line is `z pattern` (Chinese) or `e pattern` (English) under a topic id. `[a|b|]` is a choice, `{how}` a common
frame, and `?` makes the character or group before it optional.
"""

import random
import re
from pathlib import Path

LANG_OF = {"z": "zh", "e": "en"}
FRAMES = {
    "怎": "怎么|怎么|如何|如何|怎样|咋|可以|能不能|能|想|想要|我想|我要|要怎么|怎么才能|怎么样才能"
    "|可不可以|请帮我|帮我||||",
    "哪": "在哪|在哪里|在哪儿|哪里|在什么地方|哪里可以找到|的位置在哪|在哪个文件夹|怎么找|放在哪|在哪看",
    "啥": "是什么|是什么|什么意思|是啥|啥意思|是什么意思|指什么|是指什么|解释一下|怎么理解"
    "|代表什么|是干嘛的|有什么用|科普一下||",
    "办": "怎么办|怎么办|咋办|怎么解决|如何解决|怎么处理|怎么回事|是什么原因|为什么|怎么弄|了|了怎么办||||",
    "how": "how do I|how can I|how to|how to|can I|can you|is there a way to|i want to|i need to|please|let me"
    "|where do I|where can I|what is the way to|is it possible to|i'd like to|how would I|should I|||",
    "what": "what is|what is|what's|what are|explain|tell me about|meaning of|define|",
    "does": "does it|does the app|does chatbelle|will it|can it|does this program|do you|",
    "where": "where is|where are|where do I find|where can I find|where's|location of|in which folder are|path of|find",
}
TOKEN = re.compile(r"\[([^\]]*)\]|\{([^}]*)\}|([^\[{])", re.DOTALL)


class Pattern:
    """One pattern, ready to draw from."""

    def __init__(self, text: str) -> None:
        self.parts: list[tuple[list[str], bool]] = []
        at = 0
        while match := TOKEN.match(text, at):
            at = match.end()
            group, frame, letter = match.groups()
            choices = group.split("|") if group is not None else FRAMES[frame].split("|") if frame else [letter]
            optional = text[at : at + 1] == "?"
            at += optional
            self.parts.append((choices, optional))

    def draw(self, rng: random.Random) -> str:
        """One wording."""
        words = (rng.choice(choices) for choices, optional in self.parts if not optional or rng.random() < 0.5)
        return re.sub(r"\s+", " ", "".join(words)).strip()

    def matcher(self) -> re.Pattern[str]:
        """Matches every wording, for telling whether a question could have been drawn (spaces removed, any case)."""
        out = ""
        for choices, optional in self.parts:
            body = "|".join(re.escape(choice.replace(" ", "")) for choice in choices)
            out += f"(?:{body}|)" if optional else f"(?:{body})"
        return re.compile(out, re.IGNORECASE)


def load_patterns(folder: Path) -> dict[tuple[str, str], list[Pattern]]:
    """Patterns by (topic id, language) from all `*.txt` of `folder`."""
    out: dict[tuple[str, str], list[Pattern]] = {}
    for path in sorted(folder.glob("*.txt")):
        topic = ""
        for line in path.read_text("utf-8").splitlines():
            if line[:2] in ("z ", "e "):
                out.setdefault((topic, LANG_OF[line[0]]), []).append(Pattern(line[2:]))
            elif line.strip():
                topic = line.strip()
    return out
