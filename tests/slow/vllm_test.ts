/**
 * A real vLLM on this machine's CPU, serving the embedded model: the same prompts, limits and decoding as the engine, and
 * scores that differ by no more than chance. `VLLM_PYTHON` names the Python of an environment that has vLLM's CPU build
 * (docs/scale.md says how one is made); `VLLM_ADDRESS` a server of `models/tiny` that runs already. Without either each
 * test says that it is skipped.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import tiny from "../../benchmarks/tiny.ts";
import { sample } from "../../src/cluster/sampling.ts";
import { pause } from "../../src/cluster/sampling_pool.ts";
import { askServer } from "../../src/cluster/sampling_servers.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { evaluate } from "../../src/experiment/evaluate.ts";
import { readRows } from "../../src/files/chained_lines.ts";

const MODEL = fileURLToPath(new URL("../../models/tiny", import.meta.url));
const PYTHON = Deno.env.get("VLLM_PYTHON");
const ADDRESS = Deno.env.get("VLLM_ADDRESS");
const ignore = PYTHON === undefined && ADDRESS === undefined;
if (ignore) console.warn("SKIPPED: vLLM was not tried, VLLM_PYTHON and VLLM_ADDRESS are not set");

const PORT = 8131;
/** The engine starts within minutes, on a machine that does much else. */
const START_MS = 15 * 60_000, LOOK_MS = 2000;
const [PROBLEMS, SAMPLES] = [100, 4];
/** Standard errors within which two equal laws lie but in one test of 30,000. */
const CHANCE = 4;

async function server(): Promise<AsyncDisposable & { readonly address: string }> {
  if (ADDRESS !== undefined) return { address: ADDRESS, [Symbol.asyncDispose]: () => Promise.resolve() };
  const settings = ["--dtype", "float32", "--max-model-len", "128", "--enforce-eager", "--host", "127.0.0.1"];
  const child = new Deno.Command(PYTHON!, {
    args: ["-m", "vllm.entrypoints.openai.api_server", "--model", MODEL, ...settings, "--port", `${PORT}`],
    env: { VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind", TORCHDYNAMO_DISABLE: "1" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const address = `http://127.0.0.1:${PORT}`;
  for (let waited = 0; await askServer(address, { timeoutMs: LOOK_MS }) === undefined; waited += LOOK_MS) {
    assert(waited < START_MS, "vLLM did not start");
    await pause(LOOK_MS);
  }
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

const WORK = {
  model: MODEL,
  decoding: "matched",
  datasets: ["arith-add", "arith-prod"],
  problemsPerDataset: PROBLEMS,
  samples: SAMPLES,
  seeds: [1],
};

/** All samples in a folder of runs, in the order of datasets. */
function samplesOf(folder: string): Sample[][] {
  const [run] = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}/samples`);
  const [arm] = [...Deno.readDirSync(run)].map(({ name }) => `${run}/${name}`);
  return WORK.datasets.map((name) => readRows<Sample>(`${arm}/${name}.jsonl`));
}

function meanAndError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

/** By problem, the mean of a figure over its samples. */
function byProblem(rows: readonly Sample[], figure: (row: Sample) => number): number[] {
  return [...Map.groupBy(rows, ({ problem }) => problem).values()].map((own) =>
    own.reduce((sum, row) => sum + figure(row), 0) / own.length
  );
}

const FIGURES = {
  correct: ({ correct }: Sample) => Number(correct),
  tokens: ({ tokens }: Sample) => tokens,
  truncated: ({ finish }: Sample) => Number(finish === "length"),
};

Deno.test({
  name: "vLLM draws the engine's law, and the same texts by the same seeds",
  ignore,
  fn: async () => {
    await using vllm = await server();
    const folders = [1, 2, 3].map(() => Deno.makeTempDirSync());
    const addresses = [vllm.address];
    const { results: [{ result }] } = await sample(tiny, { ...WORK, addresses, runsFolder: folders[0] });
    await sample(tiny, { ...WORK, addresses, runsFolder: folders[1] });
    const { results: [{ result: own }] } = await evaluate(tiny, {
      ...WORK,
      runsFolder: folders[2],
      backend: "cpu-engine",
    });
    assertEquals([result.device.backend, result.model.promptSha256], ["vllm", own.model.promptSha256]);
    const [first, again, here] = folders.map(samplesOf);
    const same = first.flat().filter(({ text }, i) => text === again.flat()[i].text).length;
    console.log(`${same} of ${first.flat().length} texts are the same under the same seeds`);
    for (const [d, name] of WORK.datasets.entries()) {
      assertEquals(
        first[d].map(({ problem, sample }) => [problem, sample]),
        here[d].map((row) => [row.problem, row.sample]),
      );
      for (const [figure, of] of Object.entries(FIGURES)) {
        const [there, ours] = [byProblem(first[d], of), byProblem(here[d], of)];
        const { mean, error } = meanAndError(there.map((value, i) => value - ours[i]));
        const means = [there, ours].map((values) => meanAndError(values).mean.toFixed(3));
        console.log(
          `${name} ${figure}: vLLM ${means[0]}, engine ${means[1]}, difference ${mean.toFixed(3)} ± ${
            error.toFixed(3)
          }`,
        );
        assert(Math.abs(mean) <= CHANCE * error + Number.EPSILON, `${name} ${figure}`);
      }
    }
    // Batches of other sizes round otherwise, which may turn a draw in a long text; most are the same.
    assert(same >= 0.9 * first.flat().length);
  },
});
