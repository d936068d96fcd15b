"""The two of Meta's files that open BELLE's weights, and how to tell them apart without reading 13 GB.

Sizes and checksums are those of Meta's own checklists for the first LLaMA as published in many places (sources in
docs/formats.md). Which file opens which model was found by rebuilding ciphertexts whose MD5 stands on BELLE's model
cards: every model but BELLE-LLaMA-13B-2M-enc takes the 7B file, whatever some of the cards say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownKey:
    """`member`: name of the first file inside the zip container. `width`: columns of `tok_embeddings.weight` in it.
    `size`: bytes, None where nobody published them. `opens`: SHA-256 of plain files that occur in its models only."""

    path: str
    member: str
    width: int
    size: int | None
    opens: frozenset[str]


LLAMA_7B = KnownKey(
    path="7B/consolidated.00.pth",
    member="consolidated/data.pkl",
    width=4096,
    size=13_476_939_516,  # sha256 700df0d3013b703a806d2ae7f1bfb8e59814e3d06ae78be0c66368a50059f33d
    opens=frozenset(
        {
            # config.json of 7B-0.6M and 7B-2M-gptq, 7B-2M, EXT-7B, on-Open-Datasets, EXT-13B
            "db303d8f096e427bd21ff97bb169c84fb3ae11336a644e3da3506419d44f6429",
            "99a4ef2a26cb38c7f684cb83ed9343f660c561dd5a02a97d1b34b47419324dc5",
            "fb090219f6fed69687ab8f9c902f7802cff8060b08007ca0e5af177a8f9613d5",
            "6375ff434583e14cfc1fd45f9f599ddb9c689cb9b8c542d427dc6d5dc1059037",
            "7b4504868ddce248768954077a76ffe29a34c6cc2b4510426b4da77d1e9afb4c",
            # pytorch_model.bin.index.json of 7B-2M, EXT-7B and on-Open-Datasets, EXT-13B
            "f56e69fedde5d28e4f37f2b62f74e8522bbfa13395a6d696d1ef99222a431ab7",
            "4f08b269e18619675bc3fd62f6efb3a8d59f9d54fa50f5625d0bba7adabaf90e",
            "af10ab40cc0368fba37018148447e3dcd9b72829a38e26c9eaf3eda3a7850b56",
            # weights of 7B-0.6M, 7B-2M, 7B-2M-gptq, EXT-7B, on-Open-Datasets, EXT-13B
            "e928a21ab00c6c5a6621be5fe6e5d55103249b73d6374f178b086903ff468db6",
            "166879223b7504f1632d72b1577d57bceaa8fdeee1857c61119e575c50a4aae5",
            "2319db050dc286cb22c6e08a51a4ec0d9377017a7182a20a12c39eb658f39c80",
            "8576bae21290e9e75a60f38a6010709255656b19330a0df9a4bf50e1ee83fc51",
            "44227e0ee3633967c555ed9ba7a89f340955545f6e32f7d5dfdc28603f6e27d2",
            "3b0666c50d7fd55d5116e788ec51aa96a34ba6816e86ffbee1dbe983bf511b4b",
            "763b336a89ef37327716d9c097835720662da656bdc27afde27daec9d0873284",
            "b552ebc4dd499812cfe1e45ffcaad0ee93851ef83df95eb4f824be53b25e5531",
            "45adb5c7b91f81b2c03c913f2e52487a0e22663e088063b699c6a903101b7968",
            "1a523c0d01807d7fcde8d73537f09e346ff303a4769b8a6659114358621fc838",
            "98e48fb6812bb87843c7276a85ed34124f67df5654d8cf0b6bb9302ecfe3a37f",
            "79921900f30a9ec501177fca2f593f90cb9f5ab235c05863cc4d384450cf3f6f",
            # tokenizer.model of the EXT models and on-Open-Datasets
            "0b716a618c9e7c45648f91d997431eba3b0ff111b17ce7b777280ed771a49f95",
        }
    ),
)

LLAMA_13B = KnownKey(
    path="13B/consolidated.00.pth",  # sha256 745bf4e29a4dd6f411e72976d92b452da1b49168a4f41c951cfcc8051823cf08
    member="consolidated.00/data.pkl",
    width=2560,  # half of 5120: the matrix is split by columns over two files
    size=None,
    opens=frozenset(
        {
            # config.json, pytorch_model.bin.index.json and the three shards of 13B-2M
            "e366f0c901ee336cb921450f975b3e3c5e32874035d227f4263dbcb5d966b822",
            "72e91e29282dae48ea5562fcf4d6ca0d5a9c2a30ebc8d67174a19e192552a20b",
            "5abb160ecbd441c6a1fbe00a9eaa194ee0bd8cd75850c24f503336bd29f0dc45",
            "46a0e748edff9f0f82aa5f3e721e80e0f342f3d03dc47d0ec6514ea78a585320",
            "ec6e4d45dc4c51f2b9abff5ea9840f06f633e065cdf574b71e96366c26a01578",
        }
    ),
)

KNOWN_KEYS = (LLAMA_7B, LLAMA_13B)

# Directory listings of Llama-2-7b-chat in two public repositories (2023); the first LLaMA's file differs by 14 kB.
LLAMA_2_7B_SIZE = 13_476_925_163


def key_for(hashes: Iterable[str], known: Sequence[KnownKey] = KNOWN_KEYS) -> KnownKey | None:
    """The key of the model whose plain files have these SHA-256 (hexadecimal); None for a model not in the list."""
    found = frozenset(hashes)
    return next((key for key in known if key.opens & found), None)
