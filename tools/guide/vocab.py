"""The guide's vocabulary: byte-level BPE whose merges never cross a word, a digit or a Chinese character."""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Sequence, Split
from tokenizers.trainers import BpeTrainer

SPECIALS = ["<unk>", "<s>", "</s>", "<pad>"]
UNK, BOS, EOS, PAD = range(4)
# What llama.cpp applies for `tokenizer.ggml.pre = bloom`; what is between two matches is a piece of its own.
BLOOM_SPLIT = " ?[^(\\s|.,!?…。，、।۔،)]+"
# Merges are learned inside these units only, so that tokens of a prompt do not depend on what follows it.
LEARN_SPLIT = "\\n+| ?[A-Za-z]+|[\\u2e80-\\u9fff\\uf900-\\ufaff\\uff00-\\uffef\\u3000-\\u303f]|."


def _splitter(pattern: str) -> PreTokenizer:
    """A pre-tokenizer that cuts at `pattern`, then maps bytes to printable characters."""
    parts = [Split(Regex(pattern), "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)]
    return Sequence(parts)


def learn_vocabulary(texts: Iterable[str], size: int) -> Tokenizer:
    """Learn at most `size` tokens (4 specials and 256 bytes included) from `texts`; cuts like llama.cpp afterwards."""
    tokenizer = Tokenizer(BPE(unk_token=None))
    tokenizer.pre_tokenizer = _splitter(LEARN_SPLIT)
    trainer = BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=SPECIALS,
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return _finished(tokenizer)


def make_vocabulary(tokens: list[str], merges: list[str]) -> Tokenizer:
    """The vocabulary of a GGUF file: `tokens` in the order of their ids, `merges` as "left right"."""
    pairs = [(left, right) for left, right in (merge.split(" ") for merge in merges)]
    tokenizer = Tokenizer(BPE({token: n for n, token in enumerate(tokens)}, pairs, unk_token=None))
    tokenizer.add_special_tokens(SPECIALS)
    return _finished(tokenizer)


def _finished(tokenizer: Tokenizer) -> Tokenizer:
    """Cuts texts as llama.cpp does."""
    tokenizer.pre_tokenizer = _splitter(BLOOM_SPLIT)
    tokenizer.decoder = ByteLevelDecoder()
    return tokenizer


def load_vocabulary(path: Path) -> Tokenizer:
    """Read a vocabulary written by `Tokenizer.save`."""
    return Tokenizer.from_file(str(path))
