"""Train the built-in guide: questions and answers in, checkpoint and vocabulary out."""

import argparse
import copy
import dataclasses
import random
import time
from pathlib import Path

import torch
from data import Sample, Sampler, data_hash, hold_out, load
from evaluate import start_scores, weak_answers
from model import Bloom, Shape
from muon import Muon
from start import read_start
from torch import Tensor, nn
from torch.nn import functional
from vocab import PAD, learn_vocabulary

HERE = Path(__file__).resolve().parent
POOL = 1024  # samples drawn at once, so that batches hold rows of similar length
QUESTION_SHARE = 0.3  # of the question tokens whose (light) loss is looked at in one step: saves a fifth of the time
CLIP = 1.0
EMA = 0.99


def batches(sampler: Sampler, done: float, tokens: int) -> list[list[Sample]]:
    """One pool cut into batches of at most `tokens` padded tokens, in random order; longer samples later in the run."""
    several, whole = (0.25, 0.2) if done > 0.7 else (0.1, 0.2) if done > 0.15 else (0.03, 0.15)
    pool = sorted((sampler.sample(several, whole) for _ in range(POOL)), key=lambda one: len(one.ids))
    out: list[list[Sample]] = [[]]
    for one in pool:
        if len(one.ids) * (len(out[-1]) + 1) > tokens and out[-1]:
            out.append([])
        out[-1].append(one)
    random.Random(len(pool[0].ids)).shuffle(out)
    return out


def tensors(batch: list[Sample]) -> tuple[Tensor, Tensor, Tensor]:
    """ids, targets [rows, length] (int64) and weights [rows, length]; padding weighs nothing."""
    length = max(len(one.ids) for one in batch)
    ids = torch.full((len(batch), length), PAD)
    targets = torch.full((len(batch), length), PAD)
    weights = torch.zeros(len(batch), length)
    for row, one in enumerate(batch):
        size = len(one.ids)
        ids[row, :size] = torch.tensor(one.ids)
        targets[row, :size] = torch.tensor(one.targets)
        weights[row, :size] = torch.tensor(one.weights)
    return ids, targets, weights


class Trainer:
    """The network, a label head that is thrown away afterwards, their optimizers (Muon inside) and running average."""

    def __init__(self, shape: Shape, labels: int, rate: float, decay: float, label_share: float) -> None:
        self.model, self.head = Bloom(shape), nn.Linear(shape.width, labels)
        self.average = copy.deepcopy(self.model)
        inner = [one for one in self.model.blk.parameters() if one.dim() == 2]
        chosen = {id(one) for one in inner}
        self.parameters = [*self.model.parameters(), *self.head.parameters()]
        others = [one for one in self.parameters if id(one) not in chosen]
        self.optimizers: list[torch.optim.Optimizer] = [
            Muon(inner, lr=rate, weight_decay=decay),
            torch.optim.AdamW(others, lr=rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True),
        ]
        self.steps, self.label_share = 0, label_share

    def load(self, weights: dict[str, Tensor]) -> None:
        """Go on from the weights of a guide of the same shape."""
        self.model.load_state_dict(weights)
        self.average.load_state_dict(weights)

    def step(self, batch: list[Sample], rate: float) -> tuple[float, float]:
        """One update; returns the loss per answer token (nats) and the label loss."""
        self.model.train()
        ids, targets, weights = tensors(batch)
        hidden = self.model.hidden(ids)
        used = (weights >= 1) | ((weights > 0) & (torch.rand_like(weights) < QUESTION_SHARE))
        losses = functional.cross_entropy(self.model.logits(hidden[used]), targets[used], reduction="none")
        loss = (losses * weights[used]).sum() / weights.sum()
        rows = torch.arange(len(batch))
        at = torch.tensor([one.label_at for one in batch])
        truth = torch.tensor([one.label for one in batch])
        label_loss = functional.cross_entropy(self.head(hidden[rows, at]), truth, label_smoothing=0.05)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                group["lr"] = rate
        (loss + self.label_share * label_loss).backward()
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        for optimizer in self.optimizers:
            optimizer.step()
        self.steps += 1
        keep = min(EMA, self.steps / (self.steps + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
        return loss.item(), label_loss.item()


def schedule(done: float) -> float:
    """Learning rate factor at `done` (0..1) of the run: warm-up, plateau, linear fall."""
    return min(1.0, done / 0.03, max(0.02, (1 - done) / 0.6))


def save(path: Path, model: Bloom, data_sha256: str) -> None:
    """Write weights, sizes and the hash of the data they were trained on."""
    content = {"shape": dataclasses.asdict(model.shape), "weights": model.state_dict(), "data_sha256": data_sha256}
    torch.save(content, path)


def stress(sampler: Sampler, trainer: Trainer, often: set[str]) -> None:
    """In a run that goes on from an earlier one: what it does not know yet, and the topics `often`, come more often."""
    weak = weak_answers(trainer.average, sampler.tokenizer, sampler.data)
    sampler.stress(weak | {one.answer for one in sampler.data.intents if one.label in often})
    print(f"{len(weak)} answers not known by heart", flush=True)


def train(args: argparse.Namespace) -> None:
    """The whole run; stops after `args.minutes` or `args.steps`, whichever is given."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    data, sha256 = load(args.data), data_hash(args.data)
    args.out.mkdir(parents=True, exist_ok=True)
    weights: dict[str, Tensor] | None = None
    if args.start:
        tokenizer, weights = read_start(args.start)
    else:
        tokenizer = learn_vocabulary(data.texts(), args.vocab)
    tokenizer.save(str(args.out / "vocabulary.json"))
    whole = data
    if args.hold_out:
        data = hold_out(data, args.seed)
    shape = Shape(tokenizer.get_vocab_size(), args.width, args.layers, args.width // 64, 1024, args.dropout)
    trainer = Trainer(shape, len(data.labels), args.rate, args.decay, args.label)
    if weights is not None:
        trainer.load(weights)
    size = sum(one.numel() for one in trainer.model.parameters())
    print(f"{size:,} parameters, {shape}, {len(data.intents)} intents, {len(data.labels)} labels", flush=True)
    sampler = Sampler(data, tokenizer, args.seed)
    often = set(args.often.split(","))
    if weights is not None:
        stress(sampler, trainer, often)
    seen, shown, start, step = 0, 0.0, time.monotonic(), 0
    mean, label_mean = 0.0, 0.0
    queue: list[list[Sample]] = []
    next_check = args.check
    held = data.held_out
    while True:
        spent = (time.monotonic() - start) / 60
        done = step / args.steps if args.steps else spent / args.minutes
        if done >= 1:
            break
        if sampler.data.held_out and done >= args.release:
            scores, wrong = start_scores(trainer.average, tokenizer, data, held)
            print(*wrong, f"held out: {scores}; trained on from here", sep="\n", flush=True)
            weak, sampler = sampler.weak, Sampler(whole, tokenizer, args.seed + 1)
            sampler.stress(weak)
        if not queue:
            queue = batches(sampler, done, args.batch)
        batch = queue.pop()
        loss, label_loss = trainer.step(batch, args.rate * schedule(done))
        step += 1
        seen += sum(len(one.ids) for one in batch)
        mean = 0.98 * mean + 0.02 * loss
        label_mean = 0.98 * label_mean + 0.02 * label_loss
        if spent - shown > 0.5:
            shown = spent
            fix = 1 - 0.98**step
            rate = seen / spent / 60
            line = f"step {step} {spent:.1f} min {rate:.0f} tokens/s loss {mean / fix:.3f} label {label_mean / fix:.3f}"
            print(line, flush=True)
        if args.check and spent > next_check:
            next_check += args.check
            save(args.out / "guide.pt", trainer.average, sha256)
            if weights is not None:
                stress(sampler, trainer, often)
            if sampler.data.held_out:
                scores, wrong = start_scores(trainer.average, tokenizer, data, held)
                print(scores, flush=True)
                (args.out / "wrong.txt").write_text("\n".join(wrong) + "\n", "utf-8")
    save(args.out / "guide.pt", trainer.average, sha256)
    if sampler.data.held_out:
        scores, wrong = start_scores(trainer.average, tokenizer, data, held)
        print(*wrong, f"held out: {scores}", sep="\n")
    asked = [(intent.questions[0], intent) for intent in data.intents]
    scores, wrong = start_scores(trainer.average, tokenizer, data, asked)
    print(*wrong[:20], f"training questions: {scores}; {step} steps, {seen:,} tokens, {spent:.1f} min", sep="\n")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=HERE.parents[1] / "assets" / "guide", help="folder of topics/ and offtopic.json"
    )
    parser.add_argument("--out", type=Path, default=Path("build/guide"), help="folder of the checkpoint and vocabulary")
    parser.add_argument("--start", type=Path, help="a guide.gguf, or the folder of an earlier run, to go on from")
    parser.add_argument("--minutes", type=float, default=30.0, help="wall time of the run")
    parser.add_argument("--steps", type=int, default=0, help="stop after this many steps instead (repeats exactly)")
    parser.add_argument("--check", type=float, default=5.0, help="minutes between checkpoints")
    parser.add_argument("--hold-out", action="store_true", help="keep one question per topic and language for a test")
    parser.add_argument(
        "--release", type=float, default=2.0, help="train on these too after this part (0..1) of the run"
    )
    parser.add_argument("--width", type=int, default=256, help="model width, a multiple of 64")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocab", type=int, default=4096)
    parser.add_argument("--batch", type=int, default=2048, help="padded tokens per batch")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--decay", type=float, default=0.1)
    parser.add_argument("--label", type=float, default=0.5, help="share of the label loss; 0 in short runs")
    parser.add_argument("--often", default="", help="with --start: topics (a,b,c) that come four times as often")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
