"""Writes 7B-shaped source weights with random numbers, for measuring the converter at full size.

    python tools/synthetic_weights.py DIR                    # enc/ (13.5 GB), key/consolidated.00.pth (13.5 GB)
    python tools/synthetic_weights.py DIR --layers 4         # smaller, for a line through three sizes
    python tools/synthetic_weights.py DIR --plain            # hf/: the same, not encrypted, without a key

The shapes are LLaMA-7B's in two fp16 shards, as BELLE-LLaMA-7B-2M-enc; the key is a checkpoint in Meta's layout.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from torch_writer import Entry, write_checkpoint

HIDDEN, FEED_FORWARD, HEADS, LAYERS, VOCABULARY = 4096, 11008, 32, 32, 32000
CHUNK = 10 * 1024 * 1024  # BELLE's chunk, after which the key starts at its next one
NOISE_BYTES = 61 * 1024 * 1024  # repeated: making 13 GB of fresh noise takes minutes
NORM = frozenset({"input_layernorm", "post_attention_layernorm", "norm"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--plain", action="store_true", help="hf/ instead of enc/ and the key")
    options = parser.parse_args()
    began = time.monotonic()
    if options.plain:
        write_hugging_face(options.folder / "hf", options.layers)
    else:
        write_encrypted(options.folder, options.layers)
    print(f"{options.folder}: ready in {time.monotonic() - began:.0f} s")


def write_encrypted(folder: Path, layers: int) -> None:
    """`enc/` and `key/consolidated.00.pth`; the plain files are gone afterwards."""
    plain = folder / "hf"
    write_hugging_face(plain, layers)
    key = folder / "key" / "consolidated.00.pth"
    key.parent.mkdir(parents=True, exist_ok=True)
    weights = [*_layer_shapes(layers), ("embed_tokens", (VOCABULARY, HIDDEN)), ("lm_head", (VOCABULARY, HIDDEN))]
    write_checkpoint(key, [_half(name, shape, seed=11) for name, shape in weights], root="consolidated")
    target = folder / "enc"
    target.mkdir(exist_ok=True)
    for path in sorted(plain.iterdir()):
        encrypt(path, key, target)
        path.unlink()
    plain.rmdir()


def write_hugging_face(folder: Path, layers: int) -> None:
    """config.json, tokenizer.model, two fp16 shards and their index."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": FEED_FORWARD,
        "num_attention_heads": HEADS,
        "num_hidden_layers": layers,
        "rms_norm_eps": 1e-6,
        "vocab_size": VOCABULARY,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "float16",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "tokenizer.model").write_bytes(_tokenizer())
    half = (layers + 1) // 2
    first = [("model.embed_tokens.weight", (VOCABULARY, HIDDEN)), *_named(range(half))]
    second = [*_named(range(half, layers)), ("model.norm.weight", (HIDDEN,)), ("lm_head.weight", (VOCABULARY, HIDDEN))]
    index: dict[str, str] = {}
    for number, shard in enumerate((first, second), 1):
        name = f"pytorch_model-{number:05}-of-00002.bin"
        write_checkpoint(folder / name, [_half(tensor, shape, seed=number) for tensor, shape in shard])
        index |= {tensor: name for tensor, _ in shard}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


def encrypt(path: Path, key: Path, folder: Path) -> None:
    """`path` XOR `key` by BELLE's chunk rule, as `<name>.<sha256>.enc` in `folder`."""
    digest = hashlib.sha256()
    staging = folder / (path.name + ".part")
    with path.open("rb") as plain, key.open("rb") as secret, staging.open("wb") as out:
        out.write(bytes(32))
        while data := plain.read(CHUNK):
            digest.update(data)
            pad = secret.read(CHUNK)
            if not pad:
                secret.seek(0)
                pad = secret.read(CHUNK)
            repeated = (pad * (len(data) // len(pad) + 1))[: len(data)]
            out.write(np.bitwise_xor(np.frombuffer(data, np.uint8), np.frombuffer(repeated, np.uint8)).data)
        out.seek(0)
        out.write(digest.digest())
    staging.rename(folder / f"{path.name}.{digest.hexdigest()}.enc")


def _layer_shapes(layers: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    return ((name, shape) for name, shape in _named(range(layers)))


def _named(layers: Iterable[int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    for layer in layers:
        prefix = f"model.layers.{layer}"
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            yield f"{prefix}.self_attn.{name}.weight", (HIDDEN, HIDDEN)
        yield f"{prefix}.mlp.gate_proj.weight", (FEED_FORWARD, HIDDEN)
        yield f"{prefix}.mlp.down_proj.weight", (HIDDEN, FEED_FORWARD)
        yield f"{prefix}.mlp.up_proj.weight", (FEED_FORWARD, HIDDEN)
        yield f"{prefix}.input_layernorm.weight", (HIDDEN,)
        yield f"{prefix}.post_attention_layernorm.weight", (HIDDEN,)


def _half(name: str, shape: tuple[int, ...], seed: int) -> Entry:
    size = 2 * int(np.prod(shape, dtype=np.int64))
    if len(shape) == 1:
        return Entry(name, shape, "<f2", lambda: [np.ones(shape, "<f2").tobytes()])
    return Entry(name, shape, "<f2", lambda: _noise(size, seed))


def _noise(size: int, seed: int) -> Iterator[memoryview]:
    values = np.random.default_rng(seed).standard_normal(NOISE_BYTES // 2, dtype=np.float32) * np.float32(0.02)
    block = memoryview(values.astype("<f2")).cast("B")
    for start in range(0, size, NOISE_BYTES):
        yield block[: min(NOISE_BYTES, size - start)]


def _tokenizer() -> bytes:
    """A SentencePiece model (protobuf, message ModelProto): three special pieces, 256 bytes, made-up words."""
    special = [("<unk>", 2), ("<s>", 3), ("</s>", 3), *((f"<0x{number:02X}>", 6) for number in range(256))]
    words = [(f"\u2581w{number}", 1) for number in range(VOCABULARY - len(special))]
    out = b""
    for number, (text, kind) in enumerate([*special, *words]):
        data = text.encode()
        piece = (
            b"\x0a" + _varint(len(data)) + data + b"\x15" + struct.pack("<f", -float(number)) + b"\x18" + _varint(kind)
        )
        out += b"\x0a" + _varint(len(piece)) + piece
    trainer, normalizer = b"\x18\x02", b"\x0a\x08identity"  # model_type BPE; its name
    return out + b"\x12" + _varint(len(trainer)) + trainer + b"\x1a" + _varint(len(normalizer)) + normalizer


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


if __name__ == "__main__":
    main()
