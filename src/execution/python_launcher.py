"""Runs one program under limits and says on standard output, in JSON, what became of it.

A supervisor, which runs nothing of the program, starts a process for it, waits for its end or the clock, and kills what is
left. Standard input, in JSON: {"code", "tests" or null, "seconds", "mebibytes"}.
"""
import builtins
import json
import os
import resource
import secrets
import select
import signal
import sys
import time

LONGEST_REASON = 200
MOST_FILES = 32
MOST_PROCESSES = 64
MOST_ANSWER_BYTES = 65536

# As src/execution/sandbox/audit.ts, for what an interpreter outside WebAssembly can really do.
REFUSED = {"os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.killpg"}
REFUSED |= {"subprocess.Popen", "pty.spawn", "sys.settrace", "sys.setprofile", "sys.addaudithook", "os.remove", "os.rename"}
REFUSED |= {"os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate", "shutil.rmtree"}
REFUSED_FAMILIES = ("ctypes.", "socket.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def in_one_line(text):
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def limit(job):
    memory = job["mebibytes"] * 2**20
    seconds = int(job["seconds"]) + 1
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
    ):
        resource.setrlimit(kind, (most, most))


def guard():
    tried = []

    def hook(event, args):
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING and args[0] != os.devnull
        if writes or event in REFUSED or event.startswith(REFUSED_FAMILIES):
            tried.append(event)
            raise PermissionError(event + " is out of reach here")

    sys.addaudithook(hook)
    return tried


def run(job):
    """The verdict on a program that ran in this process: an outcome and a reason."""
    tried = guard()
    originals, type_of, text = dict(vars(builtins)), type, str
    try:
        globals = {}
        exec(compile(job["code"], "<string>", "exec", dont_inherit=True), globals)
        if job["tests"] is not None:
            # As in src/execution/sandbox/namespaces.ts, for names alone.
            own = {name: value for name, value in globals.items() if type_of(name) is text}
            own["__builtins__"] = originals
            exec(compile(job["tests"], "<string>", "exec", dont_inherit=True), own)
    except MemoryError:
        return "out-of-memory", "MemoryError"
    except BaseException as error:
        try:
            message = str(error)
        except BaseException:
            message = ""
        name = type(error).__name__
        return "failed", in_one_line(name + ": " + message if message else name)
    if tried:
        return "failed", "tried " + tried[0]
    return "passed", ""


def child(job, answer, token):
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.environ.clear()
    os.chdir("/")
    limit(job)
    write = os.write  # The program may replace it, and what modules hold.
    outcome, reason = run(job)
    write(answer, f"{token}{outcome}\n{reason}".encode(errors="replace"))


def wait(reading, seconds):
    """What the child wrote until its end; None if the clock came first."""
    end = time.monotonic() + seconds
    text = b""
    while len(text) < MOST_ANSWER_BYTES:
        left = end - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return None
        part = os.read(reading, MOST_ANSWER_BYTES)
        if not part:
            break
        text += part
    return text.decode(errors="replace")


def supervise(job):
    token = secrets.token_hex()
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        leave = os._exit
        os.close(reading)
        try:
            child(job, writing, token)
        finally:
            leave(0)
    os.close(writing)
    text = wait(reading, job["seconds"])
    try:
        os.killpg(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # It ended by itself, or has not made its group yet.
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(process, 0)
    if text is None:
        return {"outcome": "timed-out", "reason": f"no end within {job['seconds']:g} s"}
    if not text.startswith(token):
        return {"outcome": "failed", "reason": "the interpreter ended without a verdict"}
    outcome, _, reason = text[len(token) :].partition("\n")
    return {"outcome": outcome, "reason": reason} if reason else {"outcome": outcome}


if __name__ == "__main__":
    print(json.dumps(supervise(json.load(sys.stdin))))
