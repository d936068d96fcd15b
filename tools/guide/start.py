"""What a new run can go on from: the guide that is shipped, or the folder of an earlier run."""

from pathlib import Path

import gguf
import torch
from gguf.quants import dequantize
from tokenizers import Tokenizer
from torch import Tensor
from vocab import load_vocabulary, make_vocabulary


def read_start(path: Path) -> tuple[Tokenizer, dict[str, Tensor]]:
    """Vocabulary and weights of a GGUF file that export.py wrote, or of a folder that train.py wrote."""
    if path.is_dir():
        saved = torch.load(path / "guide.pt", weights_only=True)
        return load_vocabulary(path / "vocabulary.json"), saved["weights"]
    reader = gguf.GGUFReader(path)
    tokens, merges = (reader.fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges"))
    weights = {one.name: dequantize(one.data, one.tensor_type) for one in reader.tensors}
    return make_vocabulary(tokens, merges), {name: torch.tensor(weight) for name, weight in weights.items()}
