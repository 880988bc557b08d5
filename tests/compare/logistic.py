"""Logistic regression by Newton's method, with a penalty towards stated weights and with signs that are held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def logistic(z: Floats) -> Floats:
    """1 / (1 + e^-z)."""
    out: Floats = 1 / (1 + np.exp(-np.clip(z, -40, 40)))
    return out


def fit(
    x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats, signs: Sequence[int]
) -> tuple[Floats, float]:
    """Weights and bias.

    Args:
        x: signals, shape (pairs, signals); `y` 0 or 1 and `weight` for each pair.
        prior, penalty: for each signal, where the penalty pulls to, and how hard (sum of squares times half of it).
        signs: for each signal +1 or -1; a weight with the other sign is set to 0, the rest fitted anew.
    """
    kept = list(range(x.shape[1]))
    while True:
        found = _newton(x[:, kept], y, weight, prior[kept], penalty[kept])
        wrong = {i for i, w in zip(kept, found[:-1], strict=True) if w * signs[i] < 0}
        if not wrong:
            out = np.zeros(x.shape[1])
            out[kept] = found[:-1]
            return out, float(found[-1])
        kept = [i for i in kept if i not in wrong]


def _newton(x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats) -> Floats:
    full = np.hstack([x, np.ones((len(x), 1))])
    centre, ridge = np.append(prior, 0.0), np.append(penalty, 0.0)
    w: Any = centre.copy()
    for _ in range(30):
        p = logistic(full @ w)
        gradient = full.T @ (weight * (p - y)) + ridge * (w - centre)
        hessian = (full * (weight * p * (1 - p))[:, None]).T @ full + np.diag(ridge + 1e-9)
        step = np.linalg.solve(hessian, gradient)
        w = w - step
        if np.abs(step).max() < 1e-7:
            break
    return np.asarray(w, dtype=np.float64)
