"""BLOOM in plain PyTorch, in the layout llama.cpp reads (fused rows are Q|K|V)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; the head size is width / heads."""

    vocab: int
    width: int = 256
    layers: int = 6
    heads: int = 4
    context: int = 1024
    dropout: float = 0.1


def alibi(heads: int, length: int) -> Tensor:
    """Causal mask with the linear distance penalty of each head: [1, heads, length, length]."""
    slopes = torch.tensor([2.0 ** (-8.0 * (head + 1) / heads) for head in range(heads)])
    place = torch.arange(length)
    distance = (place[None, :] - place[:, None]).float()
    bias = slopes[:, None, None] * distance
    return bias.masked_fill(distance > 0, float("-inf"))[None]


class Block(nn.Module):
    """Pre-LayerNorm attention and GELU feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads, self.dropout = shape.heads, shape.dropout
        self.attn_norm, self.ffn_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn_qkv, self.attn_output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.ffn_up, self.ffn_down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """`x` [batch, length, width] -> the same shape."""
        batch, length, width = x.shape
        parts = self.attn_qkv(self.attn_norm(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        seen = self.attn_output(seen.transpose(1, 2).reshape(batch, length, width))
        x = x + functional.dropout(seen, self.dropout, self.training)
        inner = functional.gelu(self.ffn_up(self.ffn_norm(x)), approximate="tanh")
        return x + functional.dropout(self.ffn_down(inner), self.dropout, self.training)


class Bloom(nn.Module):
    """Token ids -> hidden states; the output head is the embedding table itself."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocab, shape.width)
        self.token_embd_norm, self.output_norm = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                std = 0.02 if name == "token_embd.weight" else 0.04 / (2 * shape.layers) ** 0.5 if deep else 0.04
                nn.init.normal_(weight, std=std)

    def hidden(self, ids: Tensor) -> Tensor:
        """`ids` [batch, length] -> [batch, length, width] after the last norm."""
        bias = alibi(self.shape.heads, ids.shape[1])
        x = functional.dropout(self.token_embd_norm(self.token_embd(ids)), self.shape.dropout, self.training)
        for block in self.blk:
            x = block(x, bias)
        return self.output_norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., width] -> [..., vocab]."""
        return functional.linear(hidden, self.token_embd.weight)
