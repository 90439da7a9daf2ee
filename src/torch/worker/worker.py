"""Holds models in PyTorch and answers the harness over its standard input and output, one request at a time."""
import json
import os
import queue
import struct
import sys
import threading

# Frames alone go out where this process was told to write: prints, bars and libraries write to its errors instead.
FRAMES = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
os.dup2(2, 1)


def receive(read_message, requests):
    """Reads requests, and ends the process at their end, however busy it is: whoever asked has gone."""
    incoming = os.fdopen(0, "rb", buffering=1 << 16)
    while True:
        try:
            message = read_message(incoming)
        except (OSError, ValueError) as error:
            print(f"soft-grpo-bench worker: {error}", file=sys.stderr, flush=True)
            message = None
        if message is None:
            os._exit(0)
        requests.put(message)


def give_up(error):
    """Answers the first request, whatever it is, with what keeps this Python from it; no package is needed for that."""
    answer = json.dumps({"failed": "start", "text": f"{type(error).__name__}: {error}"}).encode()
    FRAMES.write(struct.pack("<I", len(answer)) + answer)
    FRAMES.flush()
    sys.stdin.buffer.read()


def main():
    try:
        from frames import read_message, write_message
        from session import Session
        session = Session()
    except Exception as error:
        return give_up(error)
    requests = queue.SimpleQueue()
    threading.Thread(target=receive, args=(read_message, requests), daemon=True).start()
    while True:
        message, arrays = requests.get()
        write_message(FRAMES, *session.answer(message, arrays))


if __name__ == "__main__":
    main()
