"""Every kind of source that is converted, with the file that stands for it and what the result is checked against.

`docs/formats.md` is made of these rows (`python tools/formats_doc.py`); `test_conversions.py` converts each to every
target.
"""

from __future__ import annotations

from dataclasses import dataclass

CONVERTER = "llama.cpp's own converter: every tensor's SHA-256 as float32"
QUANTIZER = "`llama_model_quantize` from the same F16 file: types and bytes of every tensor"
OLD_GGML = "the old ggml's de-quantized values: SHA-256 of every tensor, up to today's float16 scales"
GPTQ = "BELLE's unpacking formula: SHA-256 of every layer"
TEXTS = "token ids and greedy texts of the reference model"


@dataclass(frozen=True)
class Source:
    """`path` lies below the fixtures, or is `made:` and a maker of `made_sources.py`. `texts` names the reference
    answers in `weights_expected.json`. `floats`: its numbers are the reference's F16 file's, so quantized results
    can be compared byte by byte."""

    title: str
    path: str
    texts: str
    key: str = ""
    floats: bool = False
    kept: str = ""  # the type that `keep` gives most weights
    exact: str = ""  # what KEEP, F16 and F32 are checked against, besides the texts


def _legacy(title: str, name: str, kept: str) -> Source:
    return Source(title, f"legacy/{name}.bin", "llama_hf", kept=kept, exact=OLD_GGML, floats=kept == "F16")


SOURCES = (
    Source("BELLE `.enc` folder with Meta's key", "enc/encrypted", "llama_hf", "enc/consolidated.00.pth", True, "F16"),
    Source("Hugging Face LLaMA, one `.bin`", "llama-hf", "llama_hf", floats=True, kept="F16"),
    Source("Hugging Face LLaMA, shards with `inv_freq`", "made:llama_shards", "llama_hf", floats=True, kept="F16"),
    Source("Hugging Face BLOOM, `.bin` shards", "bloom-hf", "bloom_hf", floats=True, kept="F16"),
    Source("Hugging Face BLOOM, safetensors", "bloom-hf-safetensors", "bloom_hf", floats=True, kept="F16"),
    Source("Meta's `consolidated.00.pth`", "llama-pth", "llama_hf", floats=True, kept="F16"),
    Source("Meta's `.pth` in two parts", "made:meta_parts", "llama_hf", floats=True, kept="F16"),
    _legacy("ggml, unversioned, F16", "ggml-f16", "F16"),
    _legacy("ggml, unversioned, F16, without scores", "ggmlraw-f16", "F16"),
    _legacy("ggml, unversioned, Q4_0", "ggml-q4_0", "Q4_0"),
    _legacy("ggml, unversioned, Q4_1", "ggml-q4_1", "Q4_1"),
    Source("ggml, unversioned, Q4_0, in two parts", "made:ggml_parts", "llama_hf", kept="Q4_0", exact=OLD_GGML),
    _legacy("ggmf 1, F16", "ggmf-f16", "F16"),
    _legacy("ggmf 1, Q4_0", "ggmf-q4_0", "Q4_0"),
    _legacy("ggmf 1, Q4_1", "ggmf-q4_1", "Q4_1"),
    _legacy("ggjt 1, F16", "ggjt1-f16", "F16"),
    _legacy("ggjt 1, Q4_0", "ggjt1-q4_0", "Q4_0"),
    _legacy("ggjt 1, Q4_1", "ggjt1-q4_1", "Q4_1"),
    Source("ggjt 1, Q4_2", "corrupt/ggjt1-q4_2-removed-type.bin", "llama_hf", kept="F16", exact=OLD_GGML),
    _legacy("ggjt 1, Q5_0", "ggjt1-q5_0", "Q5_0"),
    _legacy("ggjt 1, Q5_1", "ggjt1-q5_1", "Q5_1"),
    _legacy("ggjt 1, Q8_0", "ggjt1-q8_0", "Q8_0"),
    _legacy("ggjt 2, Q4_0", "ggjt2-q4_0", "Q4_0"),
    _legacy("ggjt 2, Q4_1", "ggjt2-q4_1", "Q4_1"),
    _legacy("ggjt 2, Q8_0", "ggjt2-q8_0", "Q8_0"),
    _legacy("ggjt 3, Q4_0", "ggjt3-q4_0", "Q4_0"),
    _legacy("ggjt 3, Q4_1", "ggjt3-q4_1", "Q4_1"),
    _legacy("ggjt 3, Q5_1", "ggjt3-q5_1", "Q5_1"),
    _legacy("ggjt 3, Q8_0", "ggjt3-q8_0", "Q8_0"),
    Source(
        "GPTQ BLOOM, 4 bits",
        "gptq-bloom/bloom-tiny-4bit-128g.pt",
        "gptq_bloom-tiny-4bit-128g.pt",
        "",
        False,
        "Q4_1",
        GPTQ,
    ),
    Source(
        "GPTQ BLOOM, 8 bits",
        "gptq-bloom/bloom-tiny-8bit-128g.pt",
        "gptq_bloom-tiny-8bit-128g.pt",
        "",
        False,
        "Q8_0",
        GPTQ,
    ),
    Source("GPTQ LLaMA, 4 bits", "gptq-llama", "gptq_llama-tiny-4bit-128g.pt", "", False, "Q4_1", GPTQ),
    Source(
        "GPTQ LLaMA, 4 bits, inside `.enc`",
        "made:gptq_encrypted",
        "gptq_llama-tiny-4bit-128g.pt",
        "enc/consolidated.00.pth",
        False,
        "Q4_1",
        GPTQ,
    ),
    Source("GGUF LLaMA, F16", "gguf-ref/llama-f16.gguf", "llama_hf", floats=True, kept="F16"),
    Source("GGUF LLaMA, F16, split in three", "made:gguf_split", "llama_hf", floats=True, kept="F16"),
    Source("GGUF BLOOM, F32", "gguf-ref/bloom-f32.gguf", "bloom_hf", kept="F32"),
)
