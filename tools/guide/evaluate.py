"""Whether the network starts the right answer: greedy first tokens against every answer it knows."""

from collections import defaultdict

import torch
from data import FIRST_TURN, OFFTOPIC, GuideData, Intent
from model import Bloom
from tokenizers import Tokenizer
from torch.nn import functional
from vocab import EOS, PAD


@torch.no_grad()
def greedy(model: Bloom, prompts: list[list[int]], steps: int) -> list[list[int]]:
    """The first `steps` tokens after each prompt at temperature 0, cut before the end token."""
    model.eval()
    out: list[list[int]] = [[] for _ in prompts]
    order = sorted(range(len(prompts)), key=lambda n: len(prompts[n]))
    for start in range(0, len(order), 64):
        rows = order[start : start + 64]
        lengths = torch.tensor([len(prompts[n]) for n in rows])
        ids = torch.full((len(rows), int(lengths.max()) + steps), PAD)
        for row, n in enumerate(rows):
            ids[row, : len(prompts[n])] = torch.tensor(prompts[n])
        at = torch.arange(len(rows))
        for step in range(steps):
            hidden = model.hidden(ids[:, : int(lengths.max()) + step])
            best = model.logits(hidden[at, lengths + step - 1]).argmax(-1)
            ids[at, lengths + step] = best
        for row, n in enumerate(rows):
            tokens = ids[row, lengths[row] : lengths[row] + steps].tolist()
            out[n] = tokens[: tokens.index(EOS)] if EOS in tokens else tokens
    return out


@torch.no_grad()
def follows(model: Bloom, prompt: list[int], answer: list[int]) -> bool:
    """Whether greedy decoding gives `answer` after `prompt`: each of its tokens is the likeliest after those before."""
    model.eval()
    hidden = model.hidden(torch.tensor([prompt + answer[:-1]]))[0, len(prompt) - 1 :]
    return model.logits(hidden).argmax(-1).tolist() == answer


def start_scores(
    model: Bloom, tokenizer: Tokenizer, data: GuideData, asked: list[tuple[str, Intent]], steps: int = 14
) -> tuple[dict[str, float], list[str]]:
    """Share (0..1) of right starts by language and kind, and one line per wrong one."""
    prompts = [tokenizer.encode(FIRST_TURN.format(question=question)).ids for question, _ in asked]
    wanted = [tokenizer.encode(intent.answer).ids[:steps] for _, intent in asked]
    known = {tuple(tokenizer.encode(one.answer).ids[:steps]): one.label for one in data.intents}
    hits: dict[str, list[bool]] = defaultdict(list)
    right = [follows(model, prompt, tokens) for prompt, tokens in zip(prompts, wanted, strict=True)]
    for (_, intent), hit in zip(asked, right, strict=True):
        hits[f"{intent.lang} {'off-topic' if intent.label == OFFTOPIC else 'topics'}"].append(hit)
    missed = [n for n, hit in enumerate(right) if not hit]
    wrong: list[str] = []
    for n, tokens in zip(missed, greedy(model, [prompts[n] for n in missed], steps), strict=True):
        question, intent = asked[n]
        got = known.get(tuple(tokens), tokenizer.decode(tokens))
        wrong.append(f"{intent.lang} {intent.label}: {question!r} -> {got}")
    return {name: sum(found) / len(found) for name, found in sorted(hits.items())}, wrong


@torch.no_grad()
def weak_answers(model: Bloom, tokenizer: Tokenizer, data: GuideData, least: float = 0.1) -> set[str]:
    """The answers that the network does not know by heart: `least` nats per token or more after its first question."""
    model.eval()
    weak: set[str] = set()
    for intent in data.intents:
        answer = [*tokenizer.encode(intent.answer).ids, EOS]
        asked = tokenizer.encode(FIRST_TURN.format(question=intent.questions[0])).ids
        hidden = model.hidden(torch.tensor([asked + answer[:-1]]))[0, len(asked) - 1 :]
        if functional.cross_entropy(model.logits(hidden), torch.tensor(answer)).item() >= least:
            weak.add(intent.answer)
    return weak
