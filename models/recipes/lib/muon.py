"""Muon: steps along the nearest orthogonal matrix to the momentum of the gradient.

Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/; the scale of the step is that of
Liu et al., 2025 (arXiv:2502.16982), so that rates found for AdamW fit. PyTorch's own version
computes in bfloat16, which many CPUs do slowly; this one keeps the gradient's type.
"""

from collections.abc import Iterable

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


def orthogonalize(matrix: torch.Tensor) -> torch.Tensor:
    """About U Vᵀ of ``matrix`` = U S Vᵀ [rows, columns], by Newton–Schulz iteration."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """For weight matrices between hidden states; embeddings and vectors are AdamW's."""

    def __init__(self, groups: Iterable[dict], lr: float, *, momentum: float = 0.95,
                 weight_decay: float = 0.0) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """One step down the gradients that are there."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                mean = state.setdefault("momentum", torch.zeros_like(weight.grad))
                mean.lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(mean, group["momentum"])
                scale = 0.2 * max(weight.shape) ** 0.5
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(orthogonalize(ahead), alpha=-group["lr"] * scale)
