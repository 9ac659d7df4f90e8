"""Rounding a linear layer's weights for the inputs it really sees.

GPTQ (Frantar et al., 2022, arXiv:2210.17323): round one input column after the
other and let the columns still to come make up for the error.
"""

from collections.abc import Iterable

import numpy as np
import torch

DAMPING = 0.01


def input_moments(model: torch.nn.Module, part: torch.nn.Module,
                  batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    """Sums of x x^T [in, in] over the inputs x of each linear layer in ``part``.

    ``batches`` are the ids and attention mask that ``model`` is run on, [row, token],
    without padding: every token counts.
    """
    moments: dict[str, torch.Tensor] = {}

    def watch(name: str):
        def add(_module: torch.nn.Module, inputs: tuple[torch.Tensor], _output: object) -> None:
            rows = inputs[0].flatten(0, -2)
            moments[name] = moments.get(name, 0) + rows.T @ rows
        return add

    handles = [module.register_forward_hook(watch(name))
               for name, module in part.named_modules() if isinstance(module, torch.nn.Linear)]
    with torch.no_grad():
        for ids, mask in batches:
            model(torch.from_numpy(ids), attention_mask=torch.from_numpy(mask))
    for handle in handles:
        handle.remove()
    return {name: sums.double().numpy() for name, sums in moments.items()}


def round_compensated(weight: np.ndarray, scales: np.ndarray, moments: np.ndarray,
                      largest: int) -> np.ndarray:
    """int8 values [out, in] for ``weight`` [out, in] with the scales [out] given.

    Columns are rounded in order of falling input power.
    """
    order = np.argsort(-np.diag(moments))
    inputs = len(order)
    damped = moments + DAMPING * np.mean(np.diag(moments)) * np.eye(inputs)
    inverse = np.linalg.inv(damped[np.ix_(order, order)])
    upper = np.linalg.cholesky(inverse).T
    left = weight[:, order].astype(np.float64)
    rounded = np.empty(left.shape, dtype=np.int8)
    for column in range(inputs):
        values = np.clip(np.rint(left[:, column] / scales), -largest, largest)
        error = (left[:, column] - values * scales) / upper[column, column]
        left[:, column + 1:] -= np.outer(error, upper[column, column + 1:])
        rounded[:, order[column]] = values
    return rounded
