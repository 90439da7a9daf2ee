import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { ANY_PYTHON, workerScript } from "../fixtures/torch_worker.ts";

/** Meets the others; then fails, or answers no more until it is told to end, as one does that waits for another. */
const MEETS = `
describe()
while True:
    message = asked()
    if message["request"] == "listen":
        answer({"port": 1})
    elif message["request"] == "fail":
        answer({"failed": "fault", "text": "it broke"})
    elif message["request"] != "wait":
        answer({"rank": message["rank"], "processes": message["processes"]})
`;

Deno.test("where one of several workers fails, those that wait for it end too", async () => {
  const workers = await TorchWorkers.start({
    interpreter: ANY_PYTHON,
    script: await workerScript(MEETS),
    devices: 3,
    shard: true,
  });
  assertEquals([workers.processes.length, workers.shard, workers.details.weights], [3, true, "in pieces"]);
  const [first, ...others] = workers.processes;
  const waiting = others.map((worker) => worker.request("wait", {}));
  await assertRejects(() => workers.together([...waiting, first.request("fail", {})]), BenchError, "it broke");
  for (const request of waiting) await assertRejects(() => request, BenchError, "ended");
  for (const worker of workers.processes) await assertRejects(() => worker.request("wait", {}), BenchError, "Cannot");
});

Deno.test("one device alone has nothing to share a model with", async () => {
  await assertRejects(() => TorchWorkers.start({ shard: true }), BenchError, "give --devices a larger number");
});
