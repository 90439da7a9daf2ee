/** Whatever happens to a worker becomes one line; workers here are made up, and need any Python. */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { vector } from "../../src/torch/frames.ts";
import { WorkerProcess } from "../../src/torch/worker_process.ts";
import { ANY_PYTHON, workerScript } from "../fixtures/torch_worker.ts";

async function start(body: string): Promise<WorkerProcess> {
  return await WorkerProcess.start({ interpreter: ANY_PYTHON, script: await workerScript(body) });
}

async function failureOf(body: string): Promise<string> {
  const worker = await start(`describe()\n${body}`);
  try {
    const error = await assertRejects(() => worker.request("step", {}), BenchError);
    return error.message;
  } finally {
    await worker.close();
  }
}

Deno.test("a worker answers with its arrays, and what it writes to its errors is heard", async () => {
  const worker = await start(`describe()
print("a warning", file=sys.stderr, flush=True)
message = asked()
answer({"seen": message["n"], "arrays": [["twice", "i32", [2]]]}, message["data"])
asked()`);
  const heard: string[] = [];
  worker.listen((line) => heard.push(line));
  const { header, arrays } = await worker.request("echo", { n: 3 }, { x: vector(Int32Array.of(5, 6)) });
  assertEquals([header.seen, arrays.twice.data], [3, Int32Array.of(5, 6)]);
  assertEquals(worker.description.threads, 3);
  await worker.close();
  assertEquals(heard, ["a warning"]);
});

Deno.test("a worker whose errors fill the pipe is not stuck", async () => {
  const worker = await start(`describe()
asked()
sys.stderr.write("x" * 300000 + "\\n")
answer({"done": True})`);
  assertEquals((await worker.request("step", {})).header.done, true);
  await worker.close();
});

Deno.test("a killed worker is named by its signal, and with what it said last", async () => {
  const message = await failureOf(`asked()
print("Bus error", file=sys.stderr, flush=True)
os.kill(os.getpid(), 9)`);
  assertStringIncludes(message, "the PyTorch worker ended by SIGKILL, it said last: Bus error; start again");
});

Deno.test("a worker that ends is named by its exit code, at every later request too", async () => {
  const worker = await start("describe()\nasked()\nsys.exit(7)");
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => worker.request("step", {}), BenchError, "ended by exit code 7, it said nothing");
  }
  await worker.close();
});

Deno.test("memory that runs out, a refusal and a fault say what is to be done", async () => {
  const failing = (kind: string, text: string) =>
    failureOf(`asked()\nanswer({"failed": "${kind}", "text": "${text}"})\nasked()`);
  assertEquals(
    await failing("memory", "OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"),
    "Cannot go on: PyTorch found no memory left (OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB); free " +
      "the device, take --dtype bfloat16, more --devices, or a smaller batch",
  );
  assertEquals(
    await failing("refused", "its attention has softcap"),
    "Cannot use the backend torch: its attention has softcap",
  );
  assertStringIncludes(await failing("fault", "KeyError: \\u001b[2J"), "PyTorch failed: KeyError: �[2J; torch.log");
});

Deno.test("a Python that is not there, lacks a package, or has another version is refused with the command that mends it", async () => {
  await assertRejects(
    () => WorkerProcess.start({ interpreter: "/nowhere/bin/python" }),
    BenchError,
    "Cannot use the backend torch: found no Python at /nowhere/bin/python; run: deno task setup:torch",
  );
  await assertRejects(
    () =>
      start(`asked()\nanswer({"failed": "start", "text": "ModuleNotFoundError: No module named 'torch'"})\nasked()`),
    BenchError,
    "its Python cannot start: ModuleNotFoundError: No module named 'torch'; run: deno task setup:torch",
  );
  await assertRejects(
    () => start(`describe(torch="1.13.1")\nasked()`),
    BenchError,
    "found torch 1.13.1, expected at least 2.11 and below 3; run: deno task setup:torch",
  );
  await assertRejects(() => start(`describe(transformers="6.0.0")\nasked()`), BenchError, "found transformers 6.0.0");
});

Deno.test("the worker starts in any Python, or names the package that it lacks", async () => {
  try {
    await (await WorkerProcess.start({ interpreter: ANY_PYTHON })).close();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const [what] = error.message.split("; run: ");
    assertMatch(what, /its Python cannot start: ModuleNotFoundError: No module named '\w+'$|^.* found \w+ [\d.]+/);
  }
});
