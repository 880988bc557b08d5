"""The arithmetic, on states whose directions are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from warmchat.adapters.directions import Method, directions, separations

LAYERS, WIDTH = 4, 32


@pytest.fixture
def truth() -> NDArray[np.float32]:
    found = np.random.default_rng(1).normal(size=(LAYERS, WIDTH)).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def noisy(truth: NDArray[np.float32], pairs: int, size: float, noise: float) -> NDArray[np.float32]:
    chance = np.random.default_rng(2)
    return (size * truth + noise * chance.normal(size=(pairs, LAYERS, WIDTH))).astype(np.float32)


@pytest.mark.parametrize("method", ["mean", "pca"])
def test_the_direction_is_found_with_its_length_and_its_sign(truth: NDArray[np.float32], method: Method) -> None:
    found = directions(noisy(truth, 60, -3.0, 0.2), method)
    assert found.dtype == np.float32
    cosine = (found * -truth).sum(1) / np.linalg.norm(found, axis=1)
    assert cosine.min() > 0.99
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.full(LAYERS, 3.0), rel=0.05)


def test_pca_is_the_leading_singular_vector(truth: NDArray[np.float32]) -> None:
    rows = noisy(truth, 20, 1.0, 1.0)
    found = directions(rows, "pca")
    for layer in range(LAYERS):
        leading = np.linalg.svd(rows[:, layer].astype(np.float64))[2][0]
        assert abs(found[layer] @ leading) / np.linalg.norm(found[layer]) == pytest.approx(1.0, abs=1e-4)
        assert found[layer] @ rows[:, layer].mean(0) > 0


def test_no_difference_is_no_direction_and_no_error() -> None:
    nothing = np.zeros((5, LAYERS, WIDTH), dtype=np.float32)
    for method in ("mean", "pca"):
        assert not directions(nothing, method).any()


def test_separation_of_what_differs_and_of_what_does_not(truth: NDArray[np.float32]) -> None:
    chance = np.random.default_rng(3)
    cold = chance.normal(size=(40, LAYERS, WIDTH)).astype(np.float32)
    warm = chance.normal(size=(40, LAYERS, WIDTH)).astype(np.float32)
    warm[:, 2] += 6 * truth[2]
    found = {s.layer: s for s in separations(truth, warm, cold)}
    assert sorted(found) == [1, 2, 3], "no vector acts on layer 0"
    assert found[2].accuracy > 0.97
    assert found[2].auroc > 0.99
    assert found[2].paired > 0.97
    assert 0.25 < found[1].accuracy < 0.75
    turned = {s.layer: s for s in separations(-truth, warm, cold)}
    assert turned[2].accuracy < 0.05, "a direction of the wrong sign is not forgiven"


def test_the_threshold_comes_from_the_other_texts() -> None:
    """Two texts of each sort, of which one lies so far out that a threshold with it in would save it."""
    along = np.ones((2, 1), dtype=np.float32)
    warm = np.array([[[0.0], [100.0]], [[0.0], [1.0]]], dtype=np.float32)
    cold = np.array([[[0.0], [0.9]], [[0.0], [0.8]]], dtype=np.float32)
    assert separations(along, warm, cold)[0].accuracy == pytest.approx(0.75)
