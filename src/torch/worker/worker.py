"""Holds models in PyTorch and answers the harness over its standard input and output, one request at a time."""
import os
import sys

# Frames alone go out where this process was told to write: prints, bars and libraries write to its errors instead.
FRAMES = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
os.dup2(2, 1)

import queue
import threading

from frames import read_message, write_message


def receive(requests):
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


def main():
    requests = queue.SimpleQueue()
    threading.Thread(target=receive, args=(requests,), daemon=True).start()
    try:
        from session import Session
        session = Session()
    except Exception as error:
        failure = {"failed": "start", "text": f"{type(error).__name__}: {error}"}
        while True:
            requests.get()
            write_message(FRAMES, failure)
    while True:
        message, arrays = requests.get()
        write_message(FRAMES, *session.answer(message, arrays))


if __name__ == "__main__":
    main()
