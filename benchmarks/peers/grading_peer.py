"""Grades pairs with Math-Verify: JSONL {gold, pred} on stdin -> JSONL {equal, microseconds} on stdout."""

import json
import sys
import time

from math_verify import parse, verify


def read(text):
    """Parses a text, put between dollars where nothing in it says where its mathematics is."""
    marked = "$" in text or "\\boxed" in text or "\\(" in text or "\\[" in text or " is " in text
    return parse(text if marked else f"${text}$")


def grade(pair):
    """One verdict with its time in microseconds."""
    started = time.perf_counter()
    try:
        equal = bool(verify(read(pair["gold"]), read(pair["pred"])))
    except Exception:  # A failure is scored as its users score it: as a wrong answer.
        equal = False
    return equal, (time.perf_counter() - started) * 1e6


pairs = [json.loads(line) for line in sys.stdin]
passes = [[grade(pair) for pair in pairs] for _ in range(2)]
for verdicts in zip(*passes):
    print(json.dumps({"equal": verdicts[0][0], "microseconds": min(time for _, time in verdicts)}))
