/**
 * Workers on other nodes, without Ray: nodes are addresses of this machine, and workers are made up. What Ray adds are actors
 * in place of plain objects.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { vector } from "../../src/torch/frames.ts";
import { WorkerProcess } from "../../src/torch/worker_process.ts";
import { ANY_PYTHON, workerScript } from "../fixtures/torch_worker.ts";

const PYTHON_FOLDER = new URL("../../src/cluster/python/", import.meta.url).pathname;

/** Runs a command, which waits for its input to end, with workers on two nodes of two devices. */
const DRIVER = `
import sys
sys.path.insert(0, sys.argv[1])
import ray_driver
hosts = ["127.0.0.1", "127.0.0.2"]
def start(node, variables):
    return node.start("python3", sys.argv[2], variables)
nodes = [ray_driver.Node(host) for host in hosts]
command = ["sh", "-c", "echo ready; cat > /dev/null; exit 7"]
sys.exit(ray_driver.run_command(nodes, hosts, 2, start, sys.argv[3], command))
`;

/** Tells where it is, and gives numbers back twice as large. */
const WORKER = `describe()
while True:
    message = asked()
    said = {name: os.environ.get(name) for name in ("SOFT_GRPO_BENCH_MASTER", "SOFT_GRPO_BENCH_NODES", "OMP_NUM_THREADS")}
    import array
    numbers = array.array("i", message.get("data", b""))
    twice = array.array("i", [2 * n for n in numbers])
    answer({**said, "pid": os.getpid(), "arrays": [["twice", "i32", [len(twice)]]]}, twice.tobytes())
`;

async function withDriver(test: (interpreter: string) => Promise<void>): Promise<number> {
  const folder = await Deno.makeTempDir();
  const interpreter = `${folder}/.cache/torch/bin/python`;
  const child = new Deno.Command(ANY_PYTHON, {
    args: ["-c", DRIVER, PYTHON_FOLDER, await workerScript(WORKER), interpreter],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  try {
    const { value } = await reader.read();
    assertEquals(new TextDecoder().decode(value), "ready\n");
    await test(interpreter);
  } finally {
    await child.stdin.close();
    await reader.cancel();
  }
  const { code } = await child.status;
  await Deno.remove(folder, { recursive: true });
  return code;
}

Deno.test("workers of several nodes are spoken with as those of this one, whatever is sent", async () => {
  const code = await withDriver(async (interpreter) => {
    const workers = [];
    for (let rank = 0; rank < 4; rank++) workers.push(await WorkerProcess.start({ interpreter, threads: 3 }));
    // More than a pipe or a socket holds at once, in both directions.
    const numbers = Int32Array.from({ length: 700_001 }, (_, i) => i);
    const answers = await Promise.all(
      workers.map((worker) => worker.request("twice", {}, { numbers: vector(numbers) })),
    );
    for (const { header, arrays } of answers) {
      const { SOFT_GRPO_BENCH_MASTER: master, SOFT_GRPO_BENCH_NODES: nodes, OMP_NUM_THREADS: threads } = header;
      assertEquals([master, nodes, threads], ["127.0.0.1", "2", "3"]);
      assertEquals(arrays.twice.data, numbers.map((n) => 2 * n));
    }
    assertEquals(new Set(answers.map(({ header }) => header.pid)).size, 4);
    const error = await assertRejects(() => WorkerProcess.start({ interpreter }), BenchError);
    assert(error.message.includes("all 4 places are taken"), error.message);
    await workers[1].close();
    // Whose place was given back; the driver hears of that by itself.
    let next: WorkerProcess | undefined;
    while (next === undefined) next = await WorkerProcess.start({ interpreter }).catch(() => undefined);
    workers[1] = next;
    await Promise.all(workers.map((worker) => worker.close()));
  });
  assertEquals(code, 7);
});

Deno.test("a worker on another node that ends is told as one of this node that ends", async () => {
  await withDriver(async (interpreter) => {
    const worker = await WorkerProcess.start({ interpreter });
    const { header } = await worker.request("twice", {});
    Deno.kill(header.pid as number, "SIGKILL");
    await assertRejects(() => worker.request("twice", {}), BenchError, "the PyTorch worker ended by");
    await worker.close();
  });
});

/** Connects to a worker's place without its secret, and prints what comes. */
const STRANGER = `
import socket, sys
sys.path.insert(0, sys.argv[1])
import ray_driver
port, secret = ray_driver.Node("127.0.0.1").start("python3", sys.argv[2], {})
stranger = socket.create_connection(("127.0.0.1", port))
stranger.sendall(b"0" * len(secret) + b"anything")
try:
    print(len(stranger.recv(1)), end=" ")
except ConnectionResetError:
    print(0, end=" ")
try:
    socket.create_connection(("127.0.0.1", port))
    print("open")
except ConnectionRefusedError:
    print("closed")
`;

Deno.test("who does not know a worker's secret gets nothing from it, and the place is closed", async () => {
  const { stdout, success, stderr } = await new Deno.Command(ANY_PYTHON, {
    args: ["-c", STRANGER, PYTHON_FOLDER, await workerScript(WORKER)],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  assertEquals(new TextDecoder().decode(stdout), "0 closed\n");
});
