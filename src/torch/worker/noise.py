"""The Gumbel noise of the host, where the logits are: the same 32-bit words, and its logarithms in 64 bits.

Philox 4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""
import torch

ROUNDS = 10
MULTIPLIER_0, MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
WEYL_0, WEYL_1 = 0x9E3779B9, 0xBB67AE85
MASK = 0xFFFFFFFF
WORDS = 4
KEY_WORDS = 5
TWO_TO_32 = float(2**32)


def philox(c0, c1, c2, c3, k0, k1):
    """Four 32-bit words, in 64-bit integers: a product that wraps keeps its lower half, and an arithmetic shift with a
    mask its upper one."""
    for _ in range(ROUNDS):
        p0, p1 = c0 * MULTIPLIER_0, c2 * MULTIPLIER_1
        c0, c1, c2, c3 = (p1 >> 32 & MASK) ^ c1 ^ k0, p1 & MASK, (p0 >> 32 & MASK) ^ c3 ^ k1, p0 & MASK
        k0, k1 = (k0 + WEYL_0) & MASK, (k1 + WEYL_1) & MASK
    return c0, c1, c2, c3


def gumbel(keys, vocabulary):
    """(R, V) standard Gumbel noise in float64 of keys (R, 5), int64 of 32-bit words: counters 1 to 3, and the key."""
    blocks = torch.arange((vocabulary + WORDS - 1) // WORDS, device=keys.device)[None]
    words = philox(blocks, *(keys[:, i:i + 1] for i in range(KEY_WORDS)))
    word = torch.stack(torch.broadcast_tensors(*words), -1).flatten(1)[:, :vocabulary]
    # -log(-log u), by the distance of u to 1.
    distance = (MASK - word).double().add_(0.5).div_(TWO_TO_32)
    return distance.neg_().log1p_().neg_().log_().neg_()
