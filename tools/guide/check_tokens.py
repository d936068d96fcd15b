"""Check that llama.cpp cuts texts into the same tokens as the trainer, and prompts as their parts."""

import argparse
import ctypes
import sys
from pathlib import Path

import llama_cpp
from data import FIRST_TURN, LATER_TURN, load
from tokenizers import Tokenizer
from train import HERE
from vocab import load_vocabulary

ODD = [
    "",
    " ",
    "  two  spaces ",
    "a\n\nb\n",
    "内存 16GB，够吗？\n第二行",
    "x" * 300,
    "１２３ ﹣ 全角",
    "emoji 😀 and ŝŭ",
    "(q4_0)|[13B]... …！？、，。",
    "\ttab",
    "Human: 你好\n\nAssistant:",
    "汉字English混排123",
]


def llama_ids(vocab: llama_cpp.llama_vocab_p, text: str) -> list[int]:
    """Token ids by llama.cpp, no BOS, special tokens not parsed."""
    raw = text.encode()
    room = (llama_cpp.llama_token * (len(raw) + 8))()
    count = llama_cpp.llama_tokenize(vocab, raw, len(raw), room, len(room), False, False)
    return list(room[:count])


def differences(gguf: Path, tokenizer: Tokenizer, texts: list[str]) -> list[str]:
    """Texts whose ids differ between llama.cpp with `gguf` and `tokenizer`."""
    params = llama_cpp.llama_model_default_params()
    params.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(gguf).encode(), params)
    if not model:
        raise RuntimeError(f"llama.cpp cannot load {gguf}")
    vocab = llama_cpp.llama_model_get_vocab(model)
    wrong = [text for text in texts if llama_ids(vocab, text) != tokenizer.encode(text).ids]
    llama_cpp.llama_model_free(model)
    return wrong


@llama_cpp.llama_log_callback
def _quiet(level: int, text: bytes, user_data: ctypes.c_void_p) -> None:
    """Drop llama.cpp's log lines."""


def main() -> None:
    """Compare all written questions and answers; exit 1 on a difference."""
    root = HERE.parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("build/guide"), help="folder that train.py wrote")
    parser.add_argument("--gguf", type=Path, default=root / "assets" / "guide" / "guide.gguf")
    parser.add_argument("--data", type=Path, default=root / "assets" / "guide")
    args = parser.parse_args()
    llama_cpp.llama_log_set(_quiet, ctypes.c_void_p(0))
    tokenizer = load_vocabulary(args.run / "vocabulary.json")
    data = load(args.data)
    texts, joints = list(ODD), 0
    before = data.intents[0]
    for intent in [*data.intents, *data.refusals.values()]:
        first = FIRST_TURN.format(question=before.questions[0])
        later = LATER_TURN.format(question=intent.questions[-1])
        whole = first + before.answer + later + intent.answer
        parts = [tokenizer.encode(part).ids for part in (first, before.answer, later, intent.answer)]
        joints += tokenizer.encode(whole).ids != [token for part in parts for token in part]
        texts += [whole, *intent.questions, intent.answer]
        before = intent
    wrong = differences(args.gguf, tokenizer, texts)
    print(f"{len(texts)} texts, {len(wrong)} differ, {joints} conversations differ from their parts")
    print(*(repr(text) for text in wrong[:10]), sep="\n")
    sys.exit(bool(wrong or joints))


if __name__ == "__main__":
    main()
