"""Runs a command whose torch workers are on several nodes of a Ray cluster.

    python ray_driver.py NODES DEVICES cpu|cuda PYTHON WORKER INTERPRETER COMMAND...

The command starts its workers by INTERPRETER, which is made to be `ray_relay.py`: for each one that starts, the next free
place of the nodes' starts WORKER by PYTHON, and the relay speaks with it over a socket.
"""
import hmac
import json
import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

PIECE_BYTES = 1 << 20
# A relay connects at once; a worker of torch takes long to start, and answers through it.
CONNECTION_SECONDS = 60
# Nodes that are not there within it will not come.
PLACEMENT_SECONDS = 600
SECRET_BYTES = 32


def pump(read, write, close):
    """Passes bytes on until they end."""
    try:
        while data := read(PIECE_BYTES):
            write(data)
    except OSError:
        pass
    finally:
        close()


class Node:
    """An actor on one node, which starts workers there."""

    def __init__(self, host=None):
        if host is None:
            import ray
            host = ray.util.get_node_ip_address()
        self.host = host

    def address(self):
        return self.host

    def start(self, python, worker, variables):
        """(port, secret) at which a fresh worker listens to whoever knows the secret, once."""
        program = shutil.which(python)
        if program is None:
            raise RuntimeError(f"found no Python {python} on node {self.host}")
        listener = socket.create_server((self.host, 0), backlog=1)
        listener.settimeout(CONNECTION_SECONDS)
        secret = secrets.token_hex(SECRET_BYTES)
        child = subprocess.Popen(
            [program, "-s", "-u", os.path.abspath(worker)], env={**os.environ, **variables},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=serve, args=(listener, secret, child), daemon=True).start()
        return listener.getsockname()[1], secret


def serve(listener, secret, child):
    """Joins a worker's pipes to the first connection that brings the secret, and ends the worker with it."""
    try:
        with listener:
            connection, _ = listener.accept()
        with connection:
            connection.settimeout(CONNECTION_SECONDS)
            given = b""
            while len(given) < len(secret) and (data := connection.recv(len(secret) - len(given))):
                given += data
            if hmac.compare_digest(given, secret.encode()):
                connection.settimeout(None)
                join(connection, child)
    except OSError:
        pass
    finally:
        # With its input's end it ends itself; one that is stuck does not.
        close_input(child)
        try:
            child.wait(CONNECTION_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def join(connection, child):
    """Passes bytes on in both directions until the worker's answers end."""
    answers = threading.Thread(
        target=pump, args=(child.stdout.read1, connection.sendall, lambda: end_of_sending(connection)), daemon=True)
    answers.start()

    def write(data):
        child.stdin.write(data)
        child.stdin.flush()

    pump(connection.recv, write, lambda: close_input(child))
    answers.join()


def close_input(child):
    try:
        child.stdin.close()
    except OSError:
        pass


def end_of_sending(connection):
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Places:
    """Places of workers in order of rank, the devices of the first node first; the lowest free one is next."""

    def __init__(self, nodes, devices):
        self.nodes, self.devices = nodes, devices
        self.taken = set()
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            rank = next((i for i in range(len(self.nodes) * self.devices) if i not in self.taken), None)
            if rank is not None:
                self.taken.add(rank)
            return rank

    def free(self, rank):
        with self.lock:
            self.taken.discard(rank)


def answer_relay(connection, places, hosts, start):
    """Tells a relay where its worker is, and keeps the place until it goes."""
    rank = None
    try:
        with connection:
            lines = connection.makefile("rwb")
            variables = json.loads(lines.readline())
            rank = places.take()
            if rank is None:
                answer = {"failed": f"all {len(places.nodes) * places.devices} places are taken"}
            else:
                node = rank // places.devices
                own = {
                    **variables,
                    "SOFT_GRPO_BENCH_MASTER": hosts[0], "SOFT_GRPO_BENCH_NODES": str(len(hosts)),
                }
                try:
                    port, secret = start(places.nodes[node], own)
                    answer = {"host": hosts[node], "port": port, "secret": secret}
                except Exception as error:
                    answer = {"failed": f"{type(error).__name__}: {error}".splitlines()[-1]}
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()
            lines.read()
    except (OSError, ValueError):
        pass
    finally:
        if rank is not None:
            places.free(rank)


def make_relay(interpreter, path):
    """Puts a program in the interpreter's place that starts the relay, whatever it is given."""
    os.makedirs(os.path.dirname(interpreter), exist_ok=True)
    relay = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ray_relay.py")
    if os.path.lexists(interpreter):
        os.remove(interpreter)
    with open(interpreter, "w") as file:
        file.write(f"#!/bin/sh\nexec {shlex.join([sys.executable, '-s', relay, path])}\n")
    os.chmod(interpreter, 0o755)


def place_nodes(count, devices, device):
    """An actor on each of so many nodes, which holds its devices."""
    import ray
    from ray.util.placement_group import placement_group
    from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy
    ray.init(log_to_driver=True)
    resources = {"GPU": devices, "CPU": 1} if device == "cuda" else {"CPU": devices}
    group = placement_group([resources] * count, strategy="STRICT_SPREAD")
    if not group.wait(PLACEMENT_SECONDS):
        sys.exit(f"found no {count} nodes with {resources} each within {PLACEMENT_SECONDS} s, see: ray status")
    actors = [
        ray.remote(Node).options(
            num_cpus=resources["CPU"], num_gpus=resources.get("GPU", 0),
            scheduling_strategy=PlacementGroupSchedulingStrategy(group, placement_group_bundle_index=index),
        ).remote()
        for index in range(count)
    ]
    return actors, ray.get([actor.address.remote() for actor in actors])


def run_command(nodes, hosts, devices, start, interpreter, command):
    """Runs a command while relays find their workers; its exit code."""
    places = Places(nodes, devices)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "relays")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        make_relay(interpreter, path)

        def accept():
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answer_relay, args=(connection, places, hosts, start), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        code = subprocess.run(command).returncode
    # As a shell tells of a program that a signal ended.
    return code if code >= 0 else 128 - code


def main():
    nodes, devices, device, python, worker, interpreter, *command = sys.argv[1:]
    import ray
    actors, hosts = place_nodes(int(nodes), int(devices), device)

    def start(actor, variables):
        return ray.get(actor.start.remote(python, worker, variables))

    sys.exit(run_command(actors, hosts, int(devices), start, interpreter, command))


if __name__ == "__main__":
    main()
