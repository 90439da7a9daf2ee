/**
 * A real Ray on this machine: an experiment is trained by two processes of torch in a job, its cluster goes down in the
 * middle, and on another one it goes on. Needs RAY_PYTHON, a Python with `ray[default]`, torch and transformers.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";
import { isRunning } from "../../src/experiment/run_folder.ts";
import { readResults } from "../../src/result/store.ts";
import type { Result } from "../../src/result/types.ts";
import { freePorts, RAY_PYTHON, RayHead } from "./ray_head.ts";

const ignore = RAY_PYTHON === undefined;
if (ignore) {
  console.warn("SKIPPED: launch on a real Ray; set RAY_PYTHON to a Python with ray[default], torch and transformers");
}

const STEPS = 12, PROCESSES = 2;
/** Steps after which the cluster goes down. */
const SEEN_STEPS = 3;
const LOOK_MS = 250;
/** As in `torch_test.ts`: sums over two processes run in another order than in one. */
const ORDER_TOLERANCE = 1e-6;

/** A few groups a step, so that both processes have some, and every step is kept. */
const EXPERIMENT = {
  ...tiny,
  name: "ray-try",
  datasets: ["arith-add"],
  problemsPerDataset: 3,
  samples: 2,
  seeds: [1],
  matched: undefined,
  training: { ...tiny.training, steps: STEPS, promptsPerStep: 3, groupSize: 4, checkpointEvery: 1 },
  arms: tiny.arms.filter(({ label }) => label === "soft-thinking-grpo").map(({ evaluations: _, ...arm }) => arm),
};

const decoder = new TextDecoder();

/** Starts the command as a user does, under its permissions. */
function launch(folder: string, words: readonly string[], token: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "-P=launch", "src/cli/launch.ts", "launch", `${folder}/own.ts`, "--device", "cpu"],
      ...["--workers", "1", "--python", RAY_PYTHON!, "--deno", Deno.execPath(), "--results", `${folder}/results`],
      ...words,
    ],
    cwd: CODE_FOLDER,
    env: { RAY_AUTH_TOKEN: token, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

/** Names in a folder, none where there is none. */
function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The training's figures so far, in whatever run folder there is. */
function metrics(shared: string): { readonly folder: string; readonly text: string } {
  for (const run of names(shared)) {
    for (const folder of names(`${shared}/${run}/runs`)) {
      const path = `${shared}/${run}/runs/${folder}`;
      for (const file of names(`${path}/metrics`).filter((name) => name.endsWith(".jsonl"))) {
        return { folder: path, text: Deno.readTextFileSync(`${path}/metrics/${file}`) };
      }
    }
  }
  return { folder: "", text: "" };
}

/** The same experiment by one process, without Ray: the job's own script, in a folder. */
async function byOneProcess(folder: string, token: string): Promise<Result> {
  const shared = `${folder}/alone`;
  const rendered = await launch(folder, ["--render", `${folder}/job`, "--shared", shared], token).output();
  assert(rendered.success, decoder.decode(rendered.stderr));
  const { success, stderr } = await new Deno.Command("bash", {
    args: [`${folder}/job/package/run.sh`],
    env: { SOFT_GRPO_BENCH_RUN: "one" },
  }).output();
  assert(success, decoder.decode(stderr));
  const [{ result }] = readResults(`${shared}/one/results/v2`);
  return result;
}

Deno.test({
  name: "a job on Ray whose cluster goes down goes on from its last checkpoint, with the losses of one process",
  ignore,
  fn: async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    const shared = `${folder}/shared`;
    const token = crypto.randomUUID().replaceAll("-", "").repeat(2);
    await Deno.writeTextFile(`${folder}/own.ts`, `export default ${JSON.stringify(EXPERIMENT)};\n`);
    const ports = freePorts();
    const address = `http://127.0.0.1:${ports.dashboard}`;
    const words = ["--address", address, "--devices", `${PROCESSES}`, "--shared", shared, "--json"];

    let head = await RayHead.start(ports, token);
    let before = "";
    try {
      const refused = await launch(folder, words, "another-token").output();
      assertEquals(refused.code, 1);
      assertStringIncludes(decoder.decode(refused.stderr), "found another token than the cluster's");
      const followed = launch(folder, words, token);
      const output = followed.output();
      let hasEnded = false;
      followed.status.then(() => hasEnded = true);
      await until(() => hasEnded || metrics(shared).text.split("\n").length > SEEN_STEPS);
      const isUnderWay = !hasEnded;
      await head.stop();
      const { code, stderr } = await output;
      const said = decoder.decode(stderr);
      assert(isUnderWay, said);
      assertEquals(code, 1, said);
      assertStringIncludes(said, "Cannot reach a Ray cluster");
      // Ray's own watcher ends the job within a second.
      await until(() => !isRunning(metrics(shared).folder));
      before = metrics(shared).text;
    } finally {
      await head.stop();
    }

    head = await RayHead.start(ports, token);
    try {
      const { code, stdout, stderr } = await launch(folder, words, token).output();
      assertEquals(code, 0, decoder.decode(stderr));
      const { job, results: [{ result }] } = JSON.parse(decoder.decode(stdout)) as {
        job: string;
        results: { result: Result }[];
      };
      const { engine, nodes, devicesPerNode, job: marked } = result.run.cluster as Record<string, unknown>;
      assertEquals([engine, nodes, devicesPerNode, marked], ["ray", 1, PROCESSES, job]);
      assertEquals(result.device.reproducibility, "same-shape");
      // The steps of the first cluster are still there, and none was computed again.
      const { text } = metrics(shared);
      assert(text.startsWith(before), `the steps of before are not those of after:\n${before}\n${text}`);
      const steps = text.trim().split("\n").map((line) => JSON.parse(line).step);
      assertEquals(steps, Array.from({ length: STEPS }, (_, i) => i + 1));

      const one = await byOneProcess(folder, token);
      for (const [i, point] of result.training.curve.entries()) {
        const other = one.training.curve[i];
        for (const figure of ["loss", "reward"] as const) {
          const [a, b] = [point[figure] ?? 0, other[figure] ?? 0];
          const size = Math.max(1, Math.abs(b), Math.abs(other.thoughtLogDensity ?? 0));
          assert(Math.abs(a - b) <= ORDER_TOLERANCE * size, `${figure} of step ${point.step}: ${a}, expected ${b}`);
        }
      }
      const counts = ({ datasets }: Result) =>
        datasets.map(({ problems }) => problems.map(({ id, c, n }) => [id, c, n]));
      assertEquals(counts(result), counts(one));
    } finally {
      await head.stop();
    }
    await Deno.remove(folder, { recursive: true });
  },
});
