"""Writes a BLOOM model of 7B shape with random Q4_0 weights, for measuring speed and memory. It says nonsense.

    python tools/synthetic.py /tmp/synthetic-7b.gguf            # 30 layers, 4 GB, as BELLE-7B
    python tools/synthetic.py /tmp/small.gguf --layers 2

The vocabulary is that of the test fixture, padded to BLOOM's 250,880 rows. The embedding, which is the output
matrix too, is Q6_K, as llama.cpp's own quantizer makes it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

HIDDEN = 4096
HEADS = 32
LAYERS = 30
VOCABULARY = 250_880
CONTEXT = 2048
Q4_0, Q6_K = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q6_K
Q4_0_SCALE, Q6_K_SCALE = 0.004, 0.001
TOKENIZER = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "gguf" / "bloom-f16.gguf"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY)
    options = parser.parse_args()
    began = time.monotonic()
    write_model(options.path, options.layers, options.vocabulary)
    size = options.path.stat().st_size
    print(f"{options.path}: {size / 1e9:.2f} GB in {time.monotonic() - began:.0f} s")


def write_model(
    path: Path, layers: int = LAYERS, vocabulary: int = VOCABULARY, hidden: int = HIDDEN, heads: int = HEADS
) -> None:
    """Write the model to `path`; it appears there when it is complete."""
    staging = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(staging, "bloom")
    _describe(writer, layers, hidden, heads)
    _copy_tokenizer(writer, vocabulary)
    shapes = list(_tensors(layers, vocabulary, hidden))
    for name, rows, columns in shapes:
        if columns:
            shape = (rows, columns // _block(name)[0] * _block(name)[1])
            writer.add_tensor_info(name, shape, np.dtype(np.uint8), shape[0] * shape[1], raw_dtype=_kind(name))
        else:
            writer.add_tensor_info(name, (rows,), np.dtype(np.float32), rows * 4)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(7)
    for name, rows, columns in shapes:
        if columns:
            writer.write_tensor_data(_blocks(random, _kind(name), rows, columns))
        else:
            value = 1.0 if name.endswith("weight") else 0.0
            writer.write_tensor_data(np.full(rows, value, dtype=np.float32))
    writer.close()
    staging.replace(path)


def _describe(writer: gguf.GGUFWriter, layers: int, hidden: int, heads: int) -> None:
    writer.add_name("synthetic BLOOM")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(4 * hidden)
    writer.add_block_count(layers)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)


def _copy_tokenizer(writer: gguf.GGUFWriter, vocabulary: int) -> None:
    fields = gguf.GGUFReader(TOKENIZER).fields
    known = list(fields["tokenizer.ggml.tokens"].contents())
    kinds = list(fields["tokenizer.ggml.token_type"].contents())
    padding = vocabulary - len(known)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("bloom")
    writer.add_token_list([*known, *(f"[PAD{number}]" for number in range(len(known), len(known) + padding))])
    writer.add_token_types([*kinds, *[int(gguf.TokenType.UNUSED)] * padding])
    writer.add_token_merges(list(fields["tokenizer.ggml.merges"].contents()))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(3)
    writer.add_add_bos_token(False)


def _tensors(layers: int, vocabulary: int, hidden: int) -> Iterator[tuple[str, int, int]]:
    """(name, rows, columns); columns 0: a vector in full precision."""
    yield "token_embd.weight", vocabulary, hidden
    yield "token_embd_norm.weight", hidden, 0
    yield "token_embd_norm.bias", hidden, 0
    for layer in range(layers):
        block = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            yield f"{block}.{norm}.weight", hidden, 0
            yield f"{block}.{norm}.bias", hidden, 0
        for name, rows, columns in (
            ("attn_qkv", 3 * hidden, hidden),
            ("attn_output", hidden, hidden),
            ("ffn_up", 4 * hidden, hidden),
            ("ffn_down", hidden, 4 * hidden),
        ):
            yield f"{block}.{name}.weight", rows, columns
            yield f"{block}.{name}.bias", rows, 0
    yield "output_norm.weight", hidden, 0
    yield "output_norm.bias", hidden, 0


def _kind(name: str) -> gguf.GGMLQuantizationType:
    return Q6_K if name.startswith("token_embd") else Q4_0


def _block(name: str) -> tuple[int, int]:
    """(weights, bytes) of a block."""
    return gguf.GGML_QUANT_SIZES[_kind(name)]


def _blocks(random: np.random.Generator, kind: gguf.GGMLQuantizationType, rows: int, columns: int) -> np.ndarray:
    """Random weights under one small scale."""
    weights, size = gguf.GGML_QUANT_SIZES[kind]
    count = rows * columns // weights
    blocks = np.frombuffer(random.bytes(count * size), dtype=np.uint8).reshape(count, size).copy()
    if kind is Q4_0:
        blocks[:, :2] = np.array([Q4_0_SCALE], dtype=np.float16).view(np.uint8)
    else:
        blocks[:, 192:208] = 1  # the scales of its sixteen parts
        blocks[:, 208:] = np.array([Q6_K_SCALE], dtype=np.float16).view(np.uint8)
    return blocks.reshape(rows, -1)


if __name__ == "__main__":
    main()
