/**
 * What a broken worker of PyTorch leaves behind: one line, and work that goes on to the same bytes. Needs
 * `deno task setup:torch`; without it each test says that it is skipped. Linux alone tells who the worker is.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { BenchError } from "../../src/errors.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { testedBackend } from "../backend/backends.ts";

const { missing } = await testedBackend("torch");
const ignore = missing !== undefined || Deno.build.os !== "linux";
const WORKER = fileURLToPath(new URL("../../src/torch/worker", import.meta.url));

Deno.test({
  name: "memory that runs out on a device ends the work in one line, and the worker with it",
  ignore,
  fn: async () => {
    const script = await Deno.makeTempFile({ suffix: ".py" });
    await Deno.writeTextFile(
      script,
      `import sys
sys.path.insert(0, ${JSON.stringify(WORKER)})
import worker, decoding, torch
def step(self, *_):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\\nGPU 0 has a total capacity of ...")
decoding.Decoder.step = step
worker.main()
`,
    );
    const workers = await TorchWorkers.start({ device: "cpu", threads: 1, script });
    const model = await createTorchModel(workers, await loadCheckpoint("models/tiny"));
    const decoder = await model.decode([Int32Array.of(3)], [2], 5);
    const found = await assertRejects(
      () => decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(4)), [{ top: 1 }]),
      BenchError,
    );
    assertStringIncludes(found.message, "PyTorch found no memory left (OutOfMemoryError: CUDA out of memory. Tried to");
    assert(!found.message.includes("\n"));
    decoder.dispose();
    await model.dispose();
    await Deno.remove(script);
  },
});

/** Trains the embedded model for a few steps, as a user does. */
function train(runs: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "src/cli/main.ts", "train", "--backend", "torch", "--workers", "1"],
      ...["--arms", "discrete-grpo", "--seed", "1", "--steps", "12", "--runs", runs],
    ],
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** The worker of a process, once it computes. */
async function workerOf(parent: number): Promise<number> {
  for (;;) {
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name) || !isWorker(name, parent)) continue;
      return Number(name);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const POLL_MS = 50;

/** Whether a process is a worker that runs, of that parent where one is given. */
function isWorker(pid: string, parent?: number): boolean {
  try {
    const [, ppid] = /^PPid:\s*(\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))!;
    return (parent === undefined || Number(ppid) === parent) &&
      Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("worker.py");
  } catch {
    // It has ended in the meantime.
    return false;
  }
}

/** When its first step is over: a line of metrics is there. */
async function firstStep(runs: string): Promise<void> {
  while (!hasMetrics(runs)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function hasMetrics(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some(({ name, isDirectory }) =>
    isDirectory
      ? hasMetrics(`${folder}/${name}`)
      : folder.endsWith("metrics") && Deno.statSync(`${folder}/${name}`).size > 0
  );
}

/** The trained weights in a folder of runs. */
function weightsIn(runs: string): Uint8Array {
  const [{ name }] = [...Deno.readDirSync(runs)].filter(({ isDirectory }) => isDirectory);
  const checkpoints = `${runs}/${name}/checkpoints`;
  const [{ name: arm }] = [...Deno.readDirSync(checkpoints)];
  return Deno.readFileSync(`${checkpoints}/${arm}/step-12/model.safetensors`);
}

async function finished(runs: string): Promise<Uint8Array> {
  const { code, stderr } = await train(runs).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return weightsIn(runs);
}

Deno.test({
  name:
    "a worker and a harness that are killed in training leave one line and no process, and the same weights in the end",
  ignore,
  fn: async () => {
    const expected = await finished(await Deno.makeTempDir());

    const runs = await Deno.makeTempDir();
    const broken = train(runs);
    const worker = await workerOf(broken.pid);
    await firstStep(runs);
    Deno.kill(worker, "SIGKILL");
    const { code, stderr } = await broken.output();
    const lines = new TextDecoder().decode(stderr).split("\n").filter((line) => line.startsWith("Error"));
    assertEquals([code, lines.length], [1, 1]);
    assertStringIncludes(lines[0], "the PyTorch worker ended by SIGKILL");

    const killed = train(runs);
    const orphan = await workerOf(killed.pid);
    Deno.kill(killed.pid, "SIGKILL");
    await killed.output();
    while (isWorker(`${orphan}`)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));

    assertEquals(await finished(runs), expected);
  },
});
