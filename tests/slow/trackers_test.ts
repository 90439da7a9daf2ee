/**
 * What trackers of others read of a run that was killed and continued: every step once, with the numbers of its curve.
 * Needs a Python with tensorboard, trackio 0.43 and wandb: PYTHON, or python3.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { run, start } from "../end_to_end/command_line.ts";
import { lacks, python } from "./python_packages.ts";

const EXPERIMENT = "tests/fixtures/mini.ts";
const ARM = "soft-thinking-grpo";
const STEPS = 7;
const POLL_MS = 20;

const TENSORBOARD = `
import json, os, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
runs = {}
for folder, _, files in os.walk(sys.argv[1]):
    if any("tfevents" in name for name in files):
        read = EventAccumulator(folder, size_guidance={"scalars": 0}).Reload()
        runs[os.path.relpath(folder, sys.argv[1])] = {
            tag: [[e.step, e.value] for e in read.Scalars(tag)] for tag in read.Tags()["scalars"]}
print(json.dumps(runs))
`;

const TRACKIO = `
import json, trackio
from trackio.fragments import import_inbox_dir
from trackio.sqlite_storage import SQLiteStorage
import_inbox_dir()
print(json.dumps({run.name: SQLiteStorage.get_logs("mini", run.name) for run in trackio.Api().runs("mini")}))
`;

/** A run that was killed in its training and continued to its end, written for each tracker. */
async function trackedRun(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  const trackers = ["tensorboard", "trackio", "wandb-offline"].flatMap((
    name,
  ) => ["--track", name, `${folder}/${name}`]);
  const words = ["bench", EXPERIMENT, "--arms", ARM, "--steps", String(STEPS), ...places, ...trackers];
  const killed = start(words);
  killed.stdout.cancel();
  killed.stderr.cancel();
  // A checkpoint is kept every second step: the third is there and will be computed again.
  while ((curve(folder)?.length ?? 0) < 3) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  killed.kill("SIGKILL");
  await killed.status;
  const { code, stderr } = await run(words);
  assertEquals(code, 0, stderr);
  return folder;
}

/** The steps in the run folder; undefined before there are any. */
function curve(folder: string): { step: number; reward: number }[] | undefined {
  try {
    const metrics = `${folder}/runs/${firstIn(`${folder}/runs`)}/metrics`;
    return Deno.readTextFileSync(`${metrics}/${firstIn(metrics)}`).split("\n").slice(0, -1).map((line) =>
      JSON.parse(line)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof TypeError) return undefined;
    throw error;
  }
}

function firstIn(folder: string): string {
  return [...Deno.readDirSync(folder)][0].name;
}

const missing = {
  tensorboard: await lacks("tensorboard"),
  trackio: await lacks("trackio"),
  wandb: await lacks("wandb"),
};
const allMissing = Object.values(missing).every((each) => each);
const folder = allMissing ? "" : await trackedRun();
const rewards = allMissing ? [] : curve(folder)!.map(({ step, reward }): [number, number] => [step, reward]);

/** Single precision is what an event file holds. */
const SINGLE = 1e-6;

Deno.test({
  name: "TensorBoard reads every step once, and the scores at the last",
  ignore: missing.tensorboard,
  async fn() {
    const runs = JSON.parse(
      (await python(["-c", TENSORBOARD, `${folder}/tensorboard`], { TF_CPP_MIN_LOG_LEVEL: "3" }))!,
    );
    const [[name, tags]] = Object.entries<Record<string, [number, number][]>>(runs);
    assert(name.startsWith(`mini/${ARM}-s1-`), name);
    assertSteps(tags["train/reward"], SINGLE);
    assertEquals(tags[`evaluation/${ARM}/arith-add/pass@1`].map(([step]) => step), [STEPS]);
    assertEquals(tags[`evaluation/${ARM}/mean/majority@5`].length, 1);
  },
});

Deno.test({
  name: "trackio takes every step in once, and nothing twice where it took some in before",
  ignore: missing.trackio,
  async fn() {
    const env = { TRACKIO_DIR: `${folder}/trackio`, HF_HUB_OFFLINE: "1", HOME: folder };
    const inbox = `${folder}/trackio/inbox`;
    const copy = `${folder}/copy`;
    assert((await new Deno.Command("cp", { args: ["-R", inbox, copy] }).output()).success);
    const first = JSON.parse((await python(["-c", TRACKIO], env))!);
    assert((await new Deno.Command("cp", { args: ["-R", `${copy}/.`, inbox] }).output()).success);
    assertEquals(JSON.parse((await python(["-c", TRACKIO], env))!), first);
    const logs: Record<string, number>[] = first[`${ARM}-s1`];
    assertSteps(logs.map((log) => [log.step, log["train/reward"]]), 0);
    assert(logs.at(-1)![`evaluation/${ARM}/arith-prod/pass@5`] >= 0);
  },
});

Deno.test({
  name: "wandb sync uploads every step once, with configuration and summary",
  ignore: missing.wandb,
  async fn() {
    const uploaded = new UploadedRun();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (asked) => uploaded.answer(asked),
    );
    const runFolder = `${folder}/wandb-offline/wandb/${firstIn(`${folder}/wandb-offline/wandb`)}`;
    const env = {
      WANDB_BASE_URL: `http://127.0.0.1:${server.addr.port}`,
      WANDB_API_KEY: "0".repeat(40),
      WANDB_ERROR_REPORTING: "false",
      HOME: folder,
    };
    assert(await python(["-m", "wandb", "sync", "--yes", runFolder], env) !== undefined);
    assertSteps(uploaded.history.map((row) => [row._step, row["train/reward"]]), 0);
    assertEquals(uploaded.run?.project, "mini");
    assertEquals(uploaded.run?.displayName, `${ARM}-s1`);
    assertEquals(JSON.parse(uploaded.run!.config!).samples.value, 5);
    assertEquals(uploaded.summary["train/reward"], rewards.at(-1)![1]);
  },
});

function assertSteps(found: readonly (readonly number[])[], tolerance: number): void {
  assertEquals(found.map(([step]) => step), rewards.map(([step]) => step));
  assertEquals(found.length, STEPS);
  found.forEach(([, value], i) => assertAlmostEquals(value, rewards[i][1], tolerance));
}

/** W&B's server as far as an upload of a run needs one. */
class UploadedRun {
  readonly history: Record<string, number>[] = [];
  summary: Record<string, number> = {};
  run: { project?: string; displayName?: string; config?: string } | undefined;

  async answer(request: Request): Promise<Response> {
    const body = request.body === null ? undefined : await new Response(
      request.headers.get("content-encoding") === "gzip"
        ? request.body.pipeThrough(new DecompressionStream("gzip"))
        : request.body,
    ).json();
    return Response.json(body === undefined ? {} : this.#taken(new URL(request.url).pathname, body));
  }

  // deno-lint-ignore no-explicit-any -- what W&B's program sends.
  #taken(path: string, body: any): unknown {
    if (path.endsWith("/file_stream")) {
      const lines = (name: string) => (body.files?.[name]?.content ?? []).map((line: string) => JSON.parse(line));
      this.history.push(...lines("wandb-history.jsonl"));
      this.summary = lines("wandb-summary.json").at(-1) ?? this.summary;
      return {};
    }
    if (body.query.includes("upsertBucket")) {
      this.run ??= body.variables;
      const project = { id: "p", name: body.variables.project, entity: { id: "e", name: "e" } };
      const bucket = {
        id: "b",
        name: body.variables.name,
        displayName: "",
        config: "{}",
        project,
        historyLineCount: 0,
      };
      return { data: { upsertBucket: { bucket, inserted: true } } };
    }
    if (body.query.includes("createRunFiles")) {
      return { data: { createRunFiles: { runID: "b", uploadHeaders: [], files: [] } } };
    }
    return { data: {} };
  }
}
