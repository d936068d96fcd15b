"""Muon: momentum whose matrix updates are made orthogonal; same-shaped matrices go through as one batch in F32."""

import torch
from torch import Tensor

QUINTIC = (3.4445, -4.7750, 2.0315)


def orthogonal(update: Tensor, rounds: int = 5) -> Tensor:
    """Newton-Schulz: `update` [count, rows, columns] with all singular values brought near 1."""
    wide = update if update.shape[1] <= update.shape[2] else update.mT
    x = wide / wide.norm(dim=(1, 2), keepdim=True).clamp_min(1e-7)
    a, b, c = QUINTIC
    for _ in range(rounds):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x if update.shape[1] <= update.shape[2] else x.mT


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonal updates as large as AdamW's, decoupled weight decay; matrices only."""

    def __init__(self, matrices: list[Tensor], lr: float, weight_decay: float, momentum: float = 0.95) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:
        """One update of every matrix that has a gradient."""
        for group in self.param_groups:
            rate, keep = group["lr"], group["momentum"]
            shapes: dict[torch.Size, list[Tensor]] = {}
            for one in group["params"]:
                if one.grad is not None:
                    shapes.setdefault(one.shape, []).append(one)
            for shape, matrices in shapes.items():
                moved = []
                for one in matrices:
                    state = self.state[one].setdefault("momentum", torch.zeros_like(one))
                    state.lerp_(one.grad, 1 - keep)
                    moved.append(one.grad.lerp(state, keep))
                size = 0.2 * max(shape) ** 0.5
                for one, update in zip(matrices, orthogonal(torch.stack(moved)), strict=True):
                    one.mul_(1 - rate * group["weight_decay"]).add_(update, alpha=-rate * size)
