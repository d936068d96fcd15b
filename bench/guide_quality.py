"""How often the built-in guide gives the right answer to questions that it was not trained on.

Runs `assets/guide/guide.gguf` through llama.cpp at temperature 0 on `guide_questions.json`. Exit code 1 when a
question occurs in the training data, or under 85 % right on topics, or under 80 % on everything else or on questions
that only make sense after another one.
"""

import argparse
import difflib
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import llama_cpp

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "Human: {question}\n\nAssistant:"
LEAST = {"topics": 0.85, "offtopic": 0.80, "follow-ups": 0.80}
ALIKE = 0.8
OFFTOPIC = "offtopic"


def plain(text: str) -> str:
    """Letters, digits and characters only, lower case: two questions that differ in nothing else are the same."""
    return re.sub(r"[\W_]+", "", text.lower())


def known(folder: Path) -> tuple[dict[tuple[str, str], str], set[str]]:
    """Answers by (language, topic id), the refusal included, and every written training question in plain form."""
    answers: dict[tuple[str, str], str] = {}
    asked: set[str] = set()
    for path in sorted((folder / "topics").glob("*.json")):
        for topic in json.loads(path.read_text("utf-8"))["topics"]:
            follow_ups = topic.get("follow_ups") or []
            for lang in ("zh", "en"):
                answers[lang, topic["id"]] = topic[lang]["answer"]
                asked.update(plain(text) for text in topic[lang]["questions"])
                for one in follow_ups:
                    asked.update(plain(text) for text in one.get(lang, {}).get("questions", []))
    refused = json.loads((folder / "offtopic.json").read_text("utf-8"))
    for lang in ("zh", "en"):
        answers[lang, OFFTOPIC] = refused[lang]["answer"]
        asked.update(plain(text) for text in refused[lang]["questions"])
    return answers, asked


def drawable(questions: list[tuple[str, str, str]]) -> set[str]:
    """Those questions that a phrase pattern of the training data can produce."""
    sys.path.insert(0, str(ROOT / "tools" / "guide"))
    from phrases import load_patterns

    patterns = load_patterns(ROOT / "tools" / "guide" / "phrases")
    matchers = [(lang, one.matcher()) for (_, lang), each in patterns.items() for one in each]
    bare = {text: re.sub(r"\s+|[?？.。!！]+$", "", text) for _, _, text in questions}
    return {text for lang, _, text in questions if any(of == lang and m.fullmatch(bare[text]) for of, m in matchers)}


class Guide:
    """The shipped model behind llama.cpp."""

    def __init__(self, path: Path, threads: int) -> None:
        self.llama = llama_cpp.Llama(str(path), n_ctx=1024, n_threads=threads, verbose=False)

    def answer(self, question: str, before: str = "") -> str:
        """The greedy answer, at most 200 tokens. `before`: the chat so far, as text."""
        prompt = before + PROMPT.format(question=question)
        tokens = self.llama.tokenize(prompt.encode(), add_bos=False, special=False)
        out: list[int] = []
        for token in self.llama.generate(tokens, temp=0.0, repeat_penalty=1.0):
            if token == self.llama.token_eos() or len(out) == 200:
                break
            out.append(token)
        return self.llama.detokenize(out).decode("utf-8", "replace").strip()


def closest(answer: str, lang: str, answers: dict[tuple[str, str], str]) -> tuple[str, float]:
    """The topic whose answer in `lang` is most like `answer`, and the likeness (0..1)."""
    best, most = "", 0.0
    for (of, topic), text in answers.items():
        if of == lang:
            matcher = difflib.SequenceMatcher(None, answer, text, autojunk=False)
            if matcher.quick_ratio() > most and (ratio := matcher.ratio()) > most:
                best, most = topic, ratio
    return best, most


def followed(guide: Guide, questions: list[dict[str, str]], data: Path) -> list[bool]:
    """Whether each question after a first one gets the answer of that topic's (first) follow-up."""
    topics = [one for path in (data / "topics").glob("*.json") for one in json.loads(path.read_text("utf-8"))["topics"]]
    wanted = {one["id"]: one["follow_ups"][0] for one in topics if one.get("follow_ups")}
    hits = []
    for one in questions:
        before = PROMPT.format(question=one["first"]) + guide.answer(one["first"]) + "\n\n"
        answer = guide.answer(one["question"], before)
        right = wanted[one["topic"]][one["lang"]]["answer"]
        hits.append(difflib.SequenceMatcher(None, answer, right, autojunk=False).ratio() >= ALIKE)
        if not hits[-1]:
            print(f"{one['lang']} {one['topic']}: {one['first']!r}, {one['question']!r} -> {answer[:60]!r}")
    return hits


def main() -> int:
    """Print all shares and the failures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, default=ROOT / "bench" / "guide_questions.json")
    parser.add_argument("--model", type=Path, default=ROOT / "assets" / "guide" / "guide.gguf")
    parser.add_argument("--data", type=Path, default=ROOT / "assets" / "guide")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    content = json.loads(args.questions.read_text("utf-8"))
    questions = [(one["lang"], one["topic"], one["question"]) for one in content["topics"]]
    questions += [(one["lang"], OFFTOPIC, one["question"]) for one in content[OFFTOPIC]]
    answers, asked = known(args.data)
    unknown = sorted({topic for _, topic, _ in questions} - {topic for _, topic in answers})
    seen = [text for _, _, text in questions if plain(text) in asked]
    if unknown or seen:
        print("unknown topics:", unknown, "questions in the training data:", seen, sep="\n")
        return 1
    drawn = drawable(questions)
    guide = Guide(args.model, args.threads)
    hits: dict[str, list[bool]] = defaultdict(list)
    for lang, topic, question in questions:
        answer = guide.answer(question)
        best, ratio = closest(answer, lang, answers)
        right = best == topic and ratio >= ALIKE
        kind = OFFTOPIC if topic == OFFTOPIC else "topics"
        hits[kind].append(right)
        hits[f"{kind} {lang}"].append(right)
        if kind == "topics":
            hits["topics, wording of a phrase pattern" if question in drawn else "topics, other wording"].append(right)
        if not right:
            print(f"{lang} {topic}: {question!r} -> {best} {ratio:.2f} {answer[:60]!r}")
    hits["follow-ups"] = followed(guide, content["follow_ups"], args.data)
    shares = {kind: sum(found) / len(found) for kind, found in hits.items()}
    for kind, share in sorted(shares.items()):
        print(f"{kind}: {share:.1%} of {len(hits[kind])}")
    return int(any(shares[kind] < least for kind, least in LEAST.items()))


if __name__ == "__main__":
    sys.exit(main())
