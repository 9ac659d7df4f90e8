"""Query, key and value of every attention that a PyTorch model computes."""

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

PRODUCTS = (torch.matmul, torch.Tensor.matmul, torch.bmm, torch.Tensor.bmm, torch.Tensor.__matmul__)


class RecordedAttention(TorchFunctionMode):
    """Records the products of eager attention: of queries with keys, and of weights with values.

    A product is one with values if the rows of its left side sum to one; the first product of two
    activations since the one before it is that of queries and keys (DeBERTa adds others to it).
    """

    def __init__(self) -> None:
        super().__init__()
        self.scores: list[tuple[torch.Tensor, torch.Tensor]] = []
        self.found: list[dict[str, torch.Tensor]] = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if func in PRODUCTS and args[0].ndim == args[1].ndim and args[0].ndim >= 3:
            self.product(args[0], args[1])
        return result

    def product(self, left: torch.Tensor, right: torch.Tensor) -> None:
        """Takes note of one."""
        sums_to_one = bool((left >= 0).all()) and torch.allclose(
            left.sum(-1), torch.ones(()), atol=1e-4)
        scores = [(query, key) for query, key in self.scores
                  if key.shape[-1] == left.shape[-1]
                  and query.numel() // query.shape[-1] == left.numel() // left.shape[-1]]
        if not sums_to_one or not scores:
            self.scores.append((left, right))
            return
        query, key = scores[0]
        self.found.append({"weights": left, "query": query, "key": key.transpose(-1, -2),
                           "value": right})
        self.scores = []

    def parts(self, attentions: tuple[torch.Tensor, ...], prefix: str = "") -> dict[str, np.ndarray]:
        """``query``, ``key`` and ``value`` [layer, head, token, size] of these attentions."""
        sites = [self.of(weights) for weights in attentions]
        name = (lambda part: prefix + part.capitalize()) if prefix else str
        return {name(part): np.stack([by_head(site[part], weights).numpy()
                                      for site, weights in zip(sites, attentions, strict=True)])
                for part in ("query", "key", "value")}

    def of(self, weights: torch.Tensor) -> dict[str, torch.Tensor]:
        """The record of the attention with these weights [1, head, query, key]."""
        return next(site for site in self.found
                    if site["weights"].numel() == weights.numel()
                    and torch.equal(site["weights"].reshape(weights.shape), weights))


def by_head(vectors: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """[1, head, token, size] or [head, token, size] as [head, token, size]."""
    return vectors.reshape(weights.shape[1], vectors.shape[-2], vectors.shape[-1])
