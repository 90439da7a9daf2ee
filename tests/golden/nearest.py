"""exp and log of doubles by mpmath, rounded to nearest: python3 tests/golden/nearest.py > tests/golden/nearest.json

`hard` are those whose exact value lies within 2^-12 of a unit in the last place of a tie between two doubles: nothing that is
computed in doubles alone decides them.

With --tables, the tables that the kernels start from: > src/engine/kernels/nearest_tables.h
"""

import json
import math
import random
import sys

import mpmath

mpmath.mp.prec = 300
PARTS = 128
# Bits behind the point of what must be short: a power's first part, and a logarithm's.
POWER_BITS, LOG_BITS = 25, 42
# From this part on the fraction is above the square root of 2, and its half is taken.
HALVED = 53
INVERSES = 512
HARD = 2.0**-12
EASY_CASES, HARD_CASES = 150, 40


def shortened(x, bits):
    scale = mpmath.mpf(2) ** bits
    return mpmath.nint(x * scale) / scale


def literal(x):
    mantissa, exponent = float(x).hex().split("p")
    return "0" if x == 0 else f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}p{int(exponent)}"


def row(values):
    return f"  {{{', '.join(literal(value) for value in values)}}},"


def power(part):
    exact = mpmath.mpf(2) ** (mpmath.mpf(part) / PARTS)
    first = shortened(exact, POWER_BITS)
    return first, exact - first


def logarithm(part):
    low, high = (mpmath.mpf(PARTS + part + end) / PARTS / (2 if part >= HALVED else 1) for end in (0, 1))
    # Next to 1 the inverse is 1, so that the logarithm of what is left is all there is.
    inverse = mpmath.mpf(1) if part in (0, PARTS - 1) else mpmath.nint(INVERSES * 2 / (low + high)) / INVERSES
    exact = -mpmath.log(inverse)
    first = shortened(exact, LOG_BITS)
    return inverse, first, exact - first


def tables():
    print("#pragma once")
    print("/* By tests/golden/nearest.py. 2^(i / 128): a short part, and the rest. */")
    print(f"static const double POWERS[{PARTS}][2] = {{")
    print("\n".join(row(power(part)) for part in range(PARTS)))
    print("};")
    print("/* For fractions from 1 + i / 128 on, or their halves: an inverse, and minus its logarithm, a short part and the rest. */")
    print(f"static const double LOGS[{PARTS}][3] = {{")
    print("\n".join(row(logarithm(part)) for part in range(PARTS)))
    print("};")


def is_hard(exact):
    unit = mpmath.mpf(math.ulp(float(exact)))
    return abs(abs(exact - mpmath.mpf(float(exact))) / unit - 0.5) < HARD


def cases(function, draw):
    found = {"easy": [], "hard": []}
    while len(found["easy"]) < EASY_CASES or len(found["hard"]) < HARD_CASES:
        x = draw()
        exact = function(mpmath.mpf(x))
        kind, most = ("hard", HARD_CASES) if is_hard(exact) else ("easy", EASY_CASES)
        if len(found[kind]) < most:
            found[kind].append([x, float(exact)])
    return found


def anywhere(low, high):
    """Of any size: half of them near 0."""
    return random.choice((random.uniform(low, high), random.uniform(low, high) * 2.0 ** -random.randrange(60)))


if "--tables" in sys.argv:
    tables()
else:
    random.seed(1)
    json.dump({
        "exp": cases(mpmath.exp, lambda: anywhere(-740, 700)),
        "log": cases(mpmath.log, lambda: random.choice((
            random.uniform(0, 2), 1 + anywhere(-0.25, 0.25), 2.0 ** random.uniform(-1000, 1000)))),
    }, sys.stdout, indent=1)
