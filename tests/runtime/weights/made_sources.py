"""Sources in several files, made from the fixtures as the original tools would have written them."""

from __future__ import annotations

import json
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from app.runtime.weights.files import PlainFolder
from app.runtime.weights.sources.legacy_ggml import read_legacy
from app.runtime.weights.sources.torch_zip import read_checkpoint
from tests.runtime.weights.reference import MemoryFile
from tests.runtime.weights.torch_writer import write_checkpoint
from tests.runtime.weights.xor_kit import encrypt

Arrays = dict[str, NDArray[Any]]
PARAMS = {"dim": 128, "multiple_of": 64, "n_heads": 4, "n_layers": 3, "norm_eps": 1e-6, "vocab_size": -1}


# --- Meta's layout ----------------------------------------------------------------------------------------------------


def meta_arrays(fx: Path) -> Arrays:
    file = PlainFolder(fx / "llama-pth" / "7B").open("consolidated.00.pth")
    return {name: tensor.read() for name, tensor in read_checkpoint(file).items()}


def split_meta(arrays: Arrays, count: int) -> list[Arrays]:
    """What Meta's model-parallel training saves on each of `count` devices."""
    parts: list[Arrays] = [{} for _ in range(count)]
    for name, array in arrays.items():
        columns = name == "tok_embeddings.weight" or name.endswith(("attention.wo.weight", "feed_forward.w2.weight"))
        for number, part in enumerate(parts):
            if array.ndim == 1:
                part[name] = array
            else:
                part[name] = np.ascontiguousarray(np.array_split(array, count, axis=1 if columns else 0)[number])
    return parts


def write_meta(fx: Path, folder: Path, parts: list[Arrays], **params: Any) -> Path:
    """A folder with these parts, its tokenizer in the folder above."""
    folder.mkdir(parents=True)
    for number, part in enumerate(parts):
        name = f"consolidated.{number:02}"
        write_checkpoint(folder / f"{name}.pth", part, root=name)
    values = {name: one for name, one in (PARAMS | params).items() if one is not None}
    (folder / "params.json").write_text(json.dumps(values))
    shutil.copy(fx / "llama-pth" / "tokenizer.model", folder.parent)
    return folder


def meta_parts(fx: Path, folder: Path) -> Path:
    return write_meta(fx, folder / "13B", split_meta(meta_arrays(fx), 2))


# --- Hugging Face -----------------------------------------------------------------------------------------------------


def llama_shards(fx: Path, folder: Path) -> Path:
    """llama-hf in two files with an index, and the `inv_freq` buffers that old checkpoints carry."""
    source = fx / "llama-hf"
    arrays = {
        name: tensor.read() for name, tensor in read_checkpoint(PlainFolder(source).open("pytorch_model.bin")).items()
    }
    for layer in range(3):
        frequencies = 10000.0 ** -(np.arange(0, 32, 2) / 32)
        arrays[f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = frequencies.astype(np.float32)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("pytorch_model.bin"), dirs_exist_ok=True)
    names = sorted(arrays)
    places = {}
    for number, chosen in enumerate((names[::2], names[1::2]), start=1):
        file = f"pytorch_model-{number:05}-of-00002.bin"
        write_checkpoint(folder / file, {name: arrays[name] for name in chosen})
        places |= dict.fromkeys(chosen, file)
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return folder


# --- older llama.cpp files --------------------------------------------------------------------------------------------


def tensor_bytes(container: str, name: str, shape: tuple[int, ...], kind: int, data: bytes, at: int) -> bytes:
    """A tensor of a `ggml`, `ggmf` or `ggjt` file that begins at byte `at`."""
    head = struct.pack("<3I", len(shape), len(name), kind) + struct.pack(f"<{len(shape)}I", *shape[::-1])
    head += name.encode()
    return head + bytes(-(at + len(head)) % 32 if container == "ggjt" else 0) + data


def split_ggml(data: bytes, count: int) -> list[bytes]:
    """A `ggml` or `ggmf` file in `count` parts, as the converter for Meta's parts wrote them."""
    whole = read_legacy(MemoryFile(data))
    start = min(one.offset - 12 - 4 * len(one.shape) - len(name) for name, one in whole.tensors.items())
    parts = [data[:start]] * count
    for name, one in whole.tensors.items():
        rows = np.frombuffer(data[one.offset : one.offset + one.rows * one.row_bytes], np.uint8).reshape(one.rows, -1)
        side = re.search(r"tok_embeddings|attention\.wo|w2", name) is not None
        pieces = [rows] * count if len(one.shape) == 1 else np.split(rows, count, axis=1 if side else 0)
        for number, piece in enumerate(pieces):
            shape = one.shape
            if len(shape) == 2:
                shape = (shape[0], shape[1] // count) if side else (shape[0] // count, shape[1])
            parts[number] += tensor_bytes("ggml", name, shape, one.kind, piece.tobytes(), 0)
    return parts


def write_ggml(source: Path, folder: Path, count: int) -> list[Path]:
    """The parts as files beside the tokenizer: NAME, NAME.1 …"""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.parent / "tokenizer.model", folder)
    written = []
    for number, data in enumerate(split_ggml(source.read_bytes(), count)):
        written.append(folder / (f"{source.name}.{number}" if number else source.name))
        written[-1].write_bytes(data)
    return written


def ggml_parts(fx: Path, folder: Path) -> Path:
    return write_ggml(fx / "legacy" / "ggml-q4_0.bin", folder, 2)[0]


# --- GGUF and GPTQ ----------------------------------------------------------------------------------------------------


def gguf_split(fx: Path, folder: Path) -> Path:
    """llama-f16 in three files, by llama.cpp's own Python; the first of them."""
    folder.mkdir(parents=True, exist_ok=True)
    source = gguf.GGUFReader(fx / "gguf-ref" / "llama-f16.gguf")
    writer = gguf.GGUFWriter(folder / "模型.gguf", "llama", split_max_tensors=12)
    for field in source.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            writer.add_key_value(field.name, field.contents(), field.types[0], field.types[-1])
    for one in source.tensors:
        writer.add_tensor(one.name, one.data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return min(folder.glob("*.gguf"))


def gptq_encrypted(fx: Path, folder: Path) -> Path:
    """gptq-llama encrypted with the key of enc/."""
    key = (fx / "enc" / "consolidated.00.pth").read_bytes()
    for path in sorted((fx / "gptq-llama").iterdir()):
        encrypt(folder, path.name, path.read_bytes(), key)
    return folder


MAKERS: dict[str, Callable[[Path, Path], Path]] = {
    maker.__name__: maker for maker in (meta_parts, llama_shards, ggml_parts, gguf_split, gptq_encrypted)
}
