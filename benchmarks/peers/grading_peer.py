"""Grades pairs with Math-Verify: JSONL {gold, pred} on stdin -> JSONL {equal, microseconds} on stdout."""

import json
import sys
import time

from math_verify import parse, verify


def read(text):
    """Parses a text, put between dollars where nothing in it says where its mathematics is."""
    marked = "$" in text or "\\boxed" in text or "\\(" in text or "\\[" in text or " is " in text
    return parse(text if marked else f"${text}$")


for line in sys.stdin:
    pair = json.loads(line)
    started = time.perf_counter()
    try:
        equal = bool(verify(read(pair["gold"]), read(pair["pred"])))
    except Exception:  # A failure is scored as its users score it: as a wrong answer.
        equal = False
    microseconds = (time.perf_counter() - started) * 1e6
    print(json.dumps({"equal": equal, "microseconds": microseconds}))
