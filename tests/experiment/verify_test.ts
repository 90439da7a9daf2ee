import { assertEquals, assertRejects } from "@std/assert";
import { BenchError, UsageError } from "../../src/errors.ts";
import { bench } from "../../src/experiment/bench.ts";
import { reproductionOf, verify } from "../../src/experiment/verify.ts";
import mini from "../fixtures/mini.ts";

const options = { datasets: ["arith-add"], seeds: [2], limit: 2, samples: 3, arms: ["base"] };

Deno.test("verify() reproduces a result to the byte, and refuses counts that others published", async () => {
  const { results: [{ result }] } = await bench(mini, options);
  assertEquals(await verify(result), { reproduction: "bytes", promised: "bitwise", kept: true });
  const imported = { ...result, status: "imported" } as const;
  await assertRejects(async () => await verify(imported), BenchError, "were imported");
  const served = { ...result, device: { ...result.device, backend: "vllm", servedModel: "m" } };
  await assertRejects(async () => await verify(served), UsageError, "servers drew its samples");
  const here = await verify({ ...served, device: { ...served.device, reproducibility: "statistical" } }, {
    backend: "cpu-engine",
  });
  assertEquals(here.kept, true);
});

Deno.test("a result names the weights that it decoded by, counts by them, and is verified by them", async () => {
  const [exact, asked, narrow] = await Promise.all(
    ([undefined, "float32", "bfloat16"] as const).map(async (decodeDtype) => {
      // Rounding turns few draws of this model: so many samples have some.
      const many = { ...options, limit: 100, problemsPerDataset: 100, datasets: ["arith-prod"], samples: 8 };
      const { results } = await bench(mini, { ...many, ...(decodeDtype && { decodeDtype }) });
      return results[0].result;
    }),
  );
  const devices = [exact, asked, narrow].map(({ device }) => device.decodeDtype);
  assertEquals(devices, [undefined, undefined, "bfloat16"]);
  const others = ({ device }: typeof exact) => ({ ...device, decodeDtype: undefined });
  assertEquals(others(narrow), others(exact));
  assertEquals(asked.device, exact.device);
  assertEquals([reproductionOf(exact, asked), reproductionOf(exact, narrow) === "bytes"], ["bytes", false]);
  assertEquals((await verify(narrow)).reproduction, "bytes");
});

Deno.test("reproductionOf() tells how far two results agree", async () => {
  const { results: [{ result }] } = await bench(mini, options);
  const [dataset] = result.datasets;
  const tokens = dataset.problems.map((problem) => ({ ...problem, tokens: { mean: 99, correctMean: null } }));
  assertEquals(reproductionOf(result, { ...result, datasets: [{ ...dataset, problems: tokens }] }), "counts");
  // A standard error as another version of the program might sum it.
  const { passAt } = dataset.metrics, { seNew } = passAt["1"];
  const metrics = { ...dataset.metrics, passAt: { ...passAt, "1": { ...passAt["1"], seNew: seNew! + 1e-15 } } };
  assertEquals(reproductionOf(result, { ...result, datasets: [{ ...dataset, metrics }] }), "bytes");
  const none = dataset.problems.map((problem) => ({ ...problem, c: problem.n }));
  const average = (value: number) => ({
    ...result.average,
    passAt: { "1": { ...result.average.passAt["1"], value, low: value, high: value } },
  });
  const other = { ...result, datasets: [{ ...dataset, problems: none }], average: average(1) };
  assertEquals(reproductionOf({ ...result, average: average(0) }, other), "not reproduced");
  assertEquals(reproductionOf({ ...result, average: average(1) }, other), "interval");
});
