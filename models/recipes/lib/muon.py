"""Muon: steps along the nearest orthogonal matrix to the momentum of the gradient.

Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/; the scale of the step is that of
Liu et al., 2025 (arXiv:2502.16982), so that rates found for AdamW fit. PyTorch's own version
computes in bfloat16, which many CPUs do slowly; this one keeps the gradient's type.
"""

from collections import defaultdict
from collections.abc import Iterable

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


def orthogonalize(matrices: torch.Tensor) -> torch.Tensor:
    """About U Vᵀ of each matrix U S Vᵀ of [matrix, rows, columns], by Newton–Schulz iteration."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """For weight matrices between hidden states; embeddings and vectors are AdamW's."""

    def __init__(self, groups: Iterable[dict], lr: float, *, momentum: float = 0.95,
                 weight_decay: float = 0.0) -> None:
        super().__init__(groups, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """One step down the gradients that are there; matrices of one shape go together."""
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    by_shape[weight.shape].append(weight)
            for shape, weights in by_shape.items():
                ahead = torch.stack([self._ahead(weight, group["momentum"]) for weight in weights])
                steps = orthogonalize(ahead) * (-group["lr"] * 0.2 * max(shape) ** 0.5)
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(weights, list(steps.unbind()))

    def _ahead(self, weight: torch.Tensor, momentum: float) -> torch.Tensor:
        """Nesterov's look ahead along the running mean of the gradient."""
        mean = self.state[weight].setdefault("momentum", torch.zeros_like(weight.grad))
        mean.lerp_(weight.grad, 1 - momentum)
        return weight.grad.lerp(mean, momentum)
