"""The project's noise, written again in NumPy from its description in src/random/streams.ts: Philox 4x32-10 (Salmon et al., SC
2011) whose key and fourth counter word are the SHA-256 of a name, whose counter is (block, position, kind)."""

import hashlib
import json

import numpy as np

UNIFORM, GUMBEL, GAUSSIAN = 1, 2, 3
MASK = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)


def philox(counter: list[np.ndarray], key: list[int]) -> np.ndarray:
    """Four output words of each counter, (blocks, 4)."""
    c0, c1, c2, c3 = (np.asarray(word, dtype=np.uint64) for word in counter)
    k0, k1 = key
    for _ in range(10):
        p0 = c0 * np.uint64(0xD2511F53)
        p1 = c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (
            (p1 >> SHIFT) ^ c1 ^ np.uint64(k0),
            p1 & MASK,
            (p0 >> SHIFT) ^ c3 ^ np.uint64(k1),
            p0 & MASK,
        )
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=1)


class Stream:
    """The noise of one sample."""

    def __init__(self, *name: str | int):
        digest = hashlib.sha256(json.dumps(name, separators=(",", ":")).encode()).digest()
        self.key = [int.from_bytes(digest[0:4], "little"), int.from_bytes(digest[4:8], "little")]
        self.word = int.from_bytes(digest[8:12], "little")

    def _words(self, kind: int, position: int, count: int) -> np.ndarray:
        blocks = np.arange((count + 3) // 4)
        same = np.ones_like(blocks)
        return philox([blocks, same * position, same * kind, same * self.word], self.key).reshape(-1)

    def gumbel(self, position: int, count: int) -> np.ndarray:
        upper = (2.0**32 - 0.5 - self._words(GUMBEL, position, count)[:count].astype(np.float64)) / 2.0**32
        return -np.log(-np.log1p(-upper))

    def uniform(self, position: int, count: int) -> np.ndarray:
        return (self._words(UNIFORM, position, count)[:count].astype(np.float64) + 0.5) / 2.0**32

    def gaussian(self, position: int, count: int) -> np.ndarray:
        uniform = (self._words(GAUSSIAN, position, count).astype(np.float64) + 0.5) / 2.0**32
        radius = np.sqrt(-2 * np.log(uniform[0::2]))
        angle = 2 * np.pi * uniform[1::2]
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]
