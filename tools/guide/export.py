"""Write the trained guide as one Q8_0 GGUF file that llama.cpp loads, and `guide.json` beside it."""

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

import gguf
import llama_cpp
import numpy as np
import torch
from data import data_hash
from model import Shape
from train import HERE
from vocab import BOS, EOS, PAD, SPECIALS, UNK, load_vocabulary

NAME = "ChatBELLE guide"
DESCRIPTION = "Tiny BLOOM model trained from scratch on questions about the ChatBELLE app; answers nothing else."


def write_gguf(path: Path, shape: Shape, weights: dict[str, torch.Tensor], vocabulary: Path) -> None:
    """An F32 file with tensors in GGUF order (`token_embd` is also the output head)."""
    model = json.loads(vocabulary.read_text("utf-8"))["model"]
    tokens = sorted(model["vocab"], key=lambda token: int(model["vocab"][token]))
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    kinds = [gguf.TokenType.CONTROL if token in SPECIALS else gguf.TokenType.NORMAL for token in tokens]
    writer = gguf.GGUFWriter(path, "bloom")
    writer.add_type("model")
    writer.add_name(NAME)
    writer.add_description(DESCRIPTION)
    writer.add_license("apache-2.0")
    writer.add_languages(["zh", "en"])
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(4 * shape.width)
    writer.add_block_count(shape.layers)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("bloom")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(UNK)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    for name, weight in weights.items():
        writer.add_tensor(name, weight.numpy().astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def quantize(source: Path, target: Path) -> None:
    """F32 GGUF -> Q8_0 GGUF by llama.cpp."""
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0
    params.nthread = 2
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), params) != 0:
        raise RuntimeError(f"llama.cpp could not quantize {source}")


def main() -> None:
    """Read the options, write both files."""
    root = HERE.parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("build/guide"), help="folder that train.py wrote")
    parser.add_argument("--data", type=Path, default=root / "assets" / "guide", help="data the run was trained on")
    parser.add_argument("--out", type=Path, default=root / "assets" / "guide", help="folder for guide.gguf, guide.json")
    args = parser.parse_args()
    saved = torch.load(args.run / "guide.pt", weights_only=True)
    shape, weights = Shape(**saved["shape"]), saved["weights"]
    vocabulary = args.run / "vocabulary.json"
    if load_vocabulary(vocabulary).get_vocab_size() != shape.vocab:
        raise ValueError("vocabulary and weights are of different runs")
    args.out.mkdir(parents=True, exist_ok=True)
    target = args.out / "guide.gguf"
    with tempfile.TemporaryDirectory() as folder:
        plain, packed = Path(folder) / "guide-f32.gguf", Path(folder) / "guide.gguf"
        write_gguf(plain, shape, weights, vocabulary)
        quantize(plain, packed)
        target.write_bytes(packed.read_bytes())
    content = target.read_bytes()
    about = {
        "file": target.name,
        "name": NAME,
        "licence": "Apache-2.0",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "parameters": sum(weight.numel() for weight in weights.values()),
        "architecture": {"type": "bloom", **saved["shape"], "quantization": "Q8_0"},
        "data_sha256": saved["data_sha256"],
    }
    if data_hash(args.data) != saved["data_sha256"]:
        print("note: the data have changed since this run was trained")
    (args.out / "guide.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    print(json.dumps(about, indent=1))


if __name__ == "__main__":
    main()
