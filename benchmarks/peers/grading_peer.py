"""Grades pairs with Math-Verify, one at a time: JSONL {gold, pred} on stdin -> JSONL {equal, microseconds} on stdout."""

import json
import sys
import time

from math_verify import parse, verify


def read(text):
    """Parses a text, put between dollars where nothing in it says where its mathematics is."""
    marked = "$" in text or "\\boxed" in text or "\\(" in text or "\\[" in text or " is " in text
    return parse(text if marked else f"${text}$")


def grade(pair):
    """One verdict with its processor time in microseconds."""
    started = time.process_time()
    try:
        equal = bool(verify(read(pair["gold"]), read(pair["pred"])))
    except Exception:  # A failure is scored as its users score it: as a wrong answer.
        equal = False
    return equal, (time.process_time() - started) * 1e6


for line in sys.stdin:
    equal, microseconds = grade(json.loads(line))
    print(json.dumps({"equal": equal, "microseconds": microseconds}), flush=True)
