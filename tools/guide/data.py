"""Questions and answers of the guide, and the endless stream of training samples made from them."""

import hashlib
import json
import random
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from augment import mix, rewrite
from phrases import Pattern, load_patterns
from tokenizers import Tokenizer
from vocab import EOS

LANGS = ("zh", "en")
OFFTOPIC = "offtopic"
FIRST_TURN = "Human: {question}\n\nAssistant:"
LATER_TURN = "\n\nHuman: {question}\n\nAssistant:"
QUESTION_WEIGHT = 0.1
WEAK_TIMES, WEAK_WHOLE = 4, 0.6  # how often, and with which share of complete answers, a weak intent is drawn
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Intent:
    """One answer in one language and the questions that ask for it; `label` is shared by the languages."""

    label: str
    lang: str
    answer: str
    questions: tuple[str, ...]
    follow_ups: tuple["Intent", ...] = ()
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A question as the user typed it and the answer it must get."""

    question: str
    answer: str
    label: str


@dataclass
class GuideData:
    """Everything the guide knows: intents by (label, language), what it refuses, held-out (question, intent) pairs."""

    intents: list[Intent]
    refusals: dict[str, Intent]
    templates: dict[str, list[str]]
    nouns: dict[str, list[str]]
    held_out: list[tuple[str, Intent]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """All labels in a fixed order, follow-ups and the refusal included."""
        names = {one.label for intent in self.intents for one in (intent, *intent.follow_ups)}
        return [*sorted(names), OFFTOPIC]

    def texts(self) -> list[str]:
        """Every text the vocabulary is learned from."""
        out: list[str] = []
        for intent in [*self.intents, *self.refusals.values()]:
            for one in (intent, *intent.follow_ups):
                out += [FIRST_TURN.format(question=question) for question in one.questions]
                out += [question.lower() for question in one.questions] + [one.answer] * 2
            drawn = random.Random(0)
            out += [pattern.draw(drawn) for pattern in intent.patterns for _ in range(6)]
        for lang in LANGS:
            out += self.templates[lang] + [" " + noun for noun in self.nouns[lang]]
        return out


def data_hash(folder: Path) -> str:
    """sha256 over the names and bytes of all data files: in `folder`, phrases and words beside this script."""
    digest = hashlib.sha256()
    files = [*sorted((folder / "topics").glob("*.json")), folder / "offtopic.json", *sorted(HERE.glob("*/*.txt"))]
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _intent(label: str, lang: str, part: dict[str, list[str] | str], **more: tuple[Any, ...]) -> Intent:
    questions = tuple(dict.fromkeys(text.strip() for text in part["questions"]))
    return Intent(label, lang, str(part["answer"]), questions, **more)


def load(folder: Path) -> GuideData:
    """Read `topics/*.json` and `offtopic.json` of `folder`."""
    intents: list[Intent] = []
    patterns = load_patterns(HERE / "phrases")
    for path in sorted((folder / "topics").glob("*.json")):
        for topic in json.loads(path.read_text("utf-8"))["topics"]:
            label = topic["id"]
            for lang in LANGS:
                follow = enumerate(topic.get("follow_ups") or [])
                after = tuple(_intent(f"{label}/{n}", lang, one[lang]) for n, one in follow if lang in one)
                wordings = tuple(patterns.pop((label, lang), ()))
                intents.append(_intent(label, lang, topic[lang], follow_ups=after, patterns=wordings))
    if patterns:
        raise ValueError(f"phrase patterns of unknown topics: {sorted(patterns)}")
    refused = json.loads((folder / "offtopic.json").read_text("utf-8"))
    return GuideData(
        intents,
        {lang: _intent(OFFTOPIC, lang, refused[lang]) for lang in LANGS},
        {lang: refused[lang]["templates"] for lang in LANGS},
        {lang: refused[lang]["nouns"] for lang in LANGS},
    )


def hold_out(data: GuideData, seed: int) -> GuideData:
    """The same data with one question per intent, and a tenth of the refused ones, moved to `held_out`."""
    rng = random.Random(seed)
    held: list[tuple[str, Intent]] = []

    def without(intent: Intent, count: int) -> Intent:
        taken = set(rng.sample(intent.questions, count))
        held.extend((question, intent) for question in sorted(taken))
        left = tuple(question for question in intent.questions if question not in taken)
        return replace(intent, questions=left)

    intents = [without(intent, 1) for intent in data.intents]
    refusals = {lang: without(one, max(1, len(one.questions) // 10)) for lang, one in data.refusals.items()}
    return GuideData(intents, refusals, data.templates, data.nouns, held)


@dataclass(frozen=True)
class Sample:
    """Token ids, the target after each token, its loss weight (all length T), and label index at token `label_at`."""

    ids: list[int]
    targets: list[int]
    weights: list[float]
    label_at: int
    label: int


class Sampler:
    """Draws samples: one seed gives one stream."""

    def __init__(self, data: GuideData, tokenizer: Tokenizer, seed: int, refusal_share: float = 0.18) -> None:
        self.data, self.tokenizer, self.refusal_share = data, tokenizer, refusal_share
        self.rng = random.Random(seed)
        self.label_index = {label: n for n, label in enumerate(data.labels)}
        self.by_lang = {lang: [one for one in data.intents if one.lang == lang] for lang in LANGS}
        self.continued = {lang: [one for one in self.by_lang[lang] if one.follow_ups] for lang in LANGS}
        self.weak: set[str] = set()
        self.drawn = self.by_lang

    def stress(self, weak: set[str]) -> None:
        """Draw intents with one of these answers `WEAK_TIMES` as often as the others, from now on."""
        self.weak = weak
        times = {True: WEAK_TIMES, False: 1}
        every = {lang: [(one, times[one.answer in weak]) for one in own] for lang, own in self.by_lang.items()}
        self.drawn = {lang: [one for one, count in own for _ in range(count)] for lang, own in every.items()}

    def _question(self, intent: Intent) -> str:
        rng = self.rng
        text = self._wording(intent)
        if rng.random() < 0.12:
            text = mix(text, self._wording(intent), intent.lang, rng)
        return rewrite(text, intent.lang, rng, synonyms=intent.label != OFFTOPIC)

    def _wording(self, intent: Intent) -> str:
        rng = self.rng
        if intent.patterns and rng.random() < 0.45:
            return rng.choice(intent.patterns).draw(rng)
        return rng.choice(intent.questions)

    def _refused(self, lang: str) -> Turn:
        rng = self.rng
        intent = self.data.refusals[lang]
        if rng.random() < 0.45:
            text = self._question(intent)
        else:
            noun = rng.choice(self.data.nouns[lang])
            text = re.sub(r"\{[^}]*\}", lambda _: noun, rng.choice(self.data.templates[lang]))
            text = rewrite(text, lang, rng, synonyms=False)
        return Turn(text, intent.answer, OFFTOPIC)

    def _turn(self, intent: Intent) -> Turn:
        return Turn(self._question(intent) or intent.questions[0], intent.answer, intent.label)

    def _any_turn(self, lang: str) -> Turn:
        if self.rng.random() < self.refusal_share:
            return self._refused(lang)
        return self._turn(self.rng.choice(self.drawn[lang]))

    def turns(self, several: float) -> list[Turn]:
        """A conversation: one turn, or with probability `several` two or three; follow-ups come on top (8 %)."""
        rng = self.rng
        lang = rng.choice(LANGS)
        earlier = rng.choice([1, 1, 2]) if rng.random() < several else 0
        turns = [self._any_turn(lang if rng.random() < 0.8 else rng.choice(LANGS)) for _ in range(earlier)]
        if self.continued[lang] and rng.random() < 0.08:
            intent = rng.choice(self.continued[lang])
            turns = [*turns[:1], self._turn(intent), self._turn(rng.choice(intent.follow_ups))]
            return turns if rng.random() < 0.8 else [*turns, self._any_turn(lang)]
        return [*turns, self._any_turn(lang)]

    def sample(self, several: float, whole: float) -> Sample:
        """One sample; a lone turn's answer is complete with probability `whole`, else only its first tokens."""
        turns = self.turns(several)
        ids: list[int] = []
        targets: list[int] = []
        weights: list[float] = []
        label_at = 0
        for n, turn in enumerate(turns):
            form = LATER_TURN if n else FIRST_TURN
            asked = self.tokenizer.encode(form.format(question=turn.question)).ids
            answer = self.tokenizer.encode(turn.answer).ids
            label_at = len(ids) + len(asked) - 1
            ids += asked + answer
            targets += asked[1:] + answer + [EOS]
            weights += [QUESTION_WEIGHT] * (len(asked) - 1)
            weights += [3.0 if k < 4 else 2.0 if k < 12 else 1.0 for k in range(len(answer) + 1)]
        share = WEAK_WHOLE if turns[-1].answer in self.weak else whole
        if len(turns) == 1 and self.rng.random() >= share:
            end = label_at + 9
            ids, targets, weights = ids[:end], targets[:end], weights[:end]
        return Sample(ids, targets, weights, label_at, self.label_index[turns[-1].label])
