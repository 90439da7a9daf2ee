"""What NumPy's legacy generator draws, and what verl's validation calls best@k of given samples: the mean over 1,000
draws of k samples with replacement, the generator seeded with 42 anew for every problem (`bootstrap_metric` of
`verl/trainer/ppo/metric_utils.py`). Written from that rule, not from its code:
python3 tests/golden/verl_best.py > tests/golden/verl_best.json  (made with NumPy 2.4.6)
"""

import json

import numpy as np

DRAWS, SEED = 1000, 42


def words(seed, count):
    return [int(w) for w in np.random.RandomState(seed).randint(0, 2**32, size=count, dtype=np.uint32)]


def choices(seed, n, count):
    return [int(i) for i in np.random.RandomState(seed).choice(n, size=count, replace=True)]


def best(correct, k):
    generator = np.random.RandomState(SEED)
    values = np.array(correct, dtype=float)
    found = sum(values[generator.choice(len(values), size=k, replace=True)].max() for _ in range(DRAWS))
    return found / DRAWS


def samples(n, right):
    return [i in right for i in range(n)]


cases = []
for n, right in [(7, {2}), (7, {0, 5}), (13, {12}), (32, {0}), (32, {31, 17, 3}), (5, set()), (5, set(range(5))), (1, {0})]:
    for k in sorted({1, 2, 3, n} & set(range(1, n + 1))):
        cases.append({"correct": [int(c) for c in samples(n, right)], "k": k, "best": best(samples(n, right), k)})

# A block of 624 words is twisted at once: the last ones are of the second.
print(json.dumps({
    "words": {"seed": 42, "values": words(42, 11)},
    "later": {"seed": 7, "from": 1240, "values": words(7, 1257)[1240:]},
    "choices": [{"seed": 42, "n": n, "values": choices(42, n, 23)} for n in (1, 2, 5, 32, 1000)],
    "cases": cases,
}))
