"""Reward of a verl job: our own grader, one process of it for each process of verl's.

verl calls `compute_score` once for each completion. What it returns is all that verl's dumps say of a sample, so it
names the problem. Every row has the same keys: verl refuses a batch whose rows differ.
"""

import atexit
import json
import os
import subprocess
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "job.json"), encoding="utf-8") as file:
    JOB = json.load(file)

_lock = threading.Lock()
_grader = None


def _running():
    """The grader of this process; a fork of it starts its own."""
    global _grader
    if _grader is None or _grader[0] != os.getpid() or _grader[1].poll() is not None:
        command = [
            os.environ.get("DENO", "deno"), "run", "--no-config", "--no-remote", "--no-prompt", "--quiet",
            os.path.join(HERE, "program", JOB["grader"]["program"]), json.dumps(JOB["grader"]["settings"]),
        ]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        atexit.register(process.kill)
        _grader = (os.getpid(), process)
    return _grader[1]


def _verdict(gold, pred, question):
    with _lock:
        process = _running()
        process.stdin.write(json.dumps({"gold": gold, "pred": pred, "question": question}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    if not line:
        raise RuntimeError("Cannot grade: the grader has ended; see its message above")
    return json.loads(line)


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """What a completion is paid, whether it is right, what it answered, and to which problem."""
    extra_info = extra_info or {}
    verdict = _verdict(ground_truth, solution_str, extra_info.get("question", ""))
    paid = JOB["reward"]
    answered = verdict["extracted"] is not None
    kind = "correct" if verdict["equal"] else "extracted" if answered else "missing"
    return {
        "score": float(paid[kind]),
        "acc": float(verdict["equal"]),
        "pred": verdict["extracted"] if answered else "",
        "problem_id": extra_info.get("problem_id", ""),
        "dataset": data_source,
        # Our own trainer leaves such a completion out of its group; verl has no reward of none, and pays it as missing.
        "grader_error": verdict["error"] or "",
    }
