"""Ten latent steps of LEPO in plain 64-bit Python, written from the formulas of arXiv:2604.17892 and the order of filters
of transformers' logits warpers: python3 tests/golden/lepo.py > tests/golden/lepo.json
"""

import json
import math

POSITIONS, VOCABULARY = 10, 7
TEMPERATURE, TOP_K, TOP_P, TAU = 0.8, 5, 0.95, 0.3


def eighths(value):
    """Exact in 32 bits, as the program's logits are."""
    return round(8 * value) / 8


def softmax(values):
    top = max(values)
    weights = [math.exp(v - top) for v in values]
    return [w / sum(weights) for w in weights]


def position(t):
    logits = [eighths(2 * math.cos(1.7 * t + 2.3 * i)) for i in range(VOCABULARY)]
    moved = [eighths(z + math.sin(t + i)) for i, z in enumerate(logits)]
    gumbel = [-math.log(-math.log((0.37 * (t + 1) * (i + 2)) % 1)) for i in range(VOCABULARY)]
    kept = sorted(range(VOCABULARY), key=lambda i: (-logits[i], i))[:TOP_K]
    mass = 0.0
    for count, p in enumerate(softmax([logits[i] / TEMPERATURE for i in kept]), 1):
        mass += p
        if mass >= TOP_P:
            break
    kept = kept[:count]
    y = softmax([(logits[i] / TEMPERATURE + gumbel[i]) / TAU for i in kept])
    scores = {}
    for support, ids in (("kept", kept), ("full", range(VOCABULARY))):
        p = dict(zip(ids, softmax([moved[i] / TEMPERATURE for i in ids])))
        weights = dict(zip(kept, y))
        scores[support] = {
            "value": sum(w * math.log(p[i]) for i, w in weights.items()),
            "gradient": [(weights.get(i, 0) - p.get(i, 0)) / TEMPERATURE for i in range(VOCABULARY)],
        }
    order = sorted(range(count), key=lambda k: -y[k])
    return {
        "logits": logits,
        "gumbel": gumbel,
        "ids": [kept[k] for k in order],
        "weights": [y[k] for k in order],
        "moved": moved,
        "scores": scores,
    }


settings = {"temperature": TEMPERATURE, "topK": TOP_K, "topP": TOP_P, "gumbelTemperature": TAU}
print(json.dumps({**settings, "positions": [position(t) for t in range(POSITIONS)]}))
