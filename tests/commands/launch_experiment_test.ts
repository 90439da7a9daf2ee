import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { returnedLines } from "../../src/cluster/returned_files.ts";
import { type LaunchArguments } from "../../src/commands/descriptions/cluster.ts";
import { run } from "../../src/commands/launch_experiment.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { codeVersion } from "../../src/experiment/code_version.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { readResult } from "../../src/result/store.ts";
import { FakeRay, type FakeRayOptions } from "../cluster/fake_ray.ts";
import { exampleCounts, exampleResult } from "../result/example.ts";
import { captured, inFolder } from "./captured.ts";

const { lockSha256 } = await codeVersion();
const counts = exampleCounts();
const RESULT = exampleResult({
  experiment: { ...counts.experiment, name: "tiny" },
  code: { ...counts.code, lockSha256 },
});
const HANDED_BACK = returnedLines([{ path: "v2/a.json", text: serializeResult(RESULT) }]).join("\n") + "\n";
const FLAGS = { device: "cpu", devices: 3, steps: 5, quiet: true } as const;

/** Turns of the event loop in place of seconds. */
const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const launch = (flags: LaunchArguments["flags"], positionals: readonly string[] = ["tiny"]) =>
  captured(() => run({ positionals, flags: { ...FLAGS, ...flags } }, { wait }));

/** A job that runs and ends at once. */
function ends(status: "SUCCEEDED" | "FAILED", log: string, exitCode: number | null): FakeRayOptions {
  return {
    steps: (job, index) => {
      if (index < 1) return;
      Object.assign(job, { status, log, exitCode, message: "as the test has it" });
    },
  };
}

Deno.test("a job's results lie where results are, and say where they were computed", async () => {
  await inFolder(async (folder) => {
    await using ray = new FakeRay(ends("SUCCEEDED", `step 1\n${HANDED_BACK}`, 0));
    const flags = { address: ray.address, results: folder, json: true };
    const { code, stdout } = await launch(flags);
    assertEquals(code, 0);
    const { job, results: [{ path }] } = JSON.parse(stdout);
    const [submitted] = ray.jobs.values();
    assertEquals([...ray.jobs.keys()], [job]);
    const { request } = submitted;
    const [name] = [...ray.packages.keys()];
    assertEquals(request.entrypoint, "bash run.sh");
    assertEquals(request.entrypoint_num_cpus, 3);
    assertEquals((request.runtime_env as Record<string, unknown>).working_dir, `gcs://${name}`);
    const { package: sha256, ...cluster } = readResult(path).run.cluster as Record<string, unknown>;
    assertEquals(cluster, { engine: "ray", version: "2.60.0", job, nodes: 1, devicesPerNode: 3 });
    assert(name.includes(String(sha256).slice(0, 40)) && job.includes(String(sha256).slice(0, 12)));
    // Once more: nothing is sent or submitted, and the file is there.
    const again = await launch(flags);
    assertEquals(JSON.parse(again.stdout).results[0].path, path);
    assertEquals([ray.jobs.size, ray.requests.filter(({ method }) => method === "PUT").length], [1, 1]);
  });
});

Deno.test("a job that was lost is submitted again, one that failed is not, but by the next command", async () => {
  await inFolder(async (folder) => {
    await using lost = new FakeRay(ends("FAILED", "", null));
    await assertRejects(
      () => launch({ address: lost.address, results: folder, attempts: 2 }),
      BenchError,
      "Ray calls it FAILED, as the test has it; the same command goes on from its last checkpoint",
    );
    assertEquals([...lost.jobs.keys()].map((id) => id.slice(-2)), ["a1", "a2"]);
    await using failed = new FakeRay(ends("FAILED", HANDED_BACK, 1));
    const flags = { address: failed.address, results: folder };
    await assertRejects(() => launch(flags), BenchError, "(exit code 1)");
    assertEquals(failed.jobs.size, 1);
    // What was done is here all the same.
    assertEquals([...Deno.readDirSync(`${folder}/v2`)].length, 1);
    await assertRejects(() => launch(flags), BenchError, "-a2: Ray calls it FAILED");
  });
});

Deno.test("detached, a job is submitted once, and stopped where that is asked", async () => {
  await using ray = new FakeRay();
  const { stdout: id } = await launch({ address: ray.address, detach: true });
  await launch({ address: ray.address, detach: true });
  assertEquals([...ray.jobs.keys()], [id]);
  assertStringIncludes((await launch({ address: ray.address, stop: true })).stdout, `${id} is asked to stop`);
  assertEquals(ray.jobs.get(id)!.status, "STOPPED");
  assertStringIncludes((await launch({ address: ray.address, stop: true })).stdout, "nothing to stop");
});

Deno.test("what would be sent is shown, and written, and follows from the words alone", async () => {
  const shown = async (flags: LaunchArguments["flags"]) =>
    JSON.parse((await launch({ ...flags, dryRun: true, json: true })).stdout);
  const one = await shown({});
  assertEquals(await shown({}), one);
  const { device: _, ...gpu } = { ...FLAGS };
  const onGpus = JSON.parse(
    (await captured(() => run({ positionals: [], flags: { ...gpu, dryRun: true, json: true } }))).stdout,
  );
  assertEquals(onGpus.submission.entrypoint_num_gpus, 3);
  assert((await shown({ steps: 6 })).submission.submission_id !== one.submission.submission_id);
  await inFolder(async (folder) => {
    await launch({ render: `${folder}/job` });
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/job/submission.json`)), one.submission);
    const script = await Deno.readTextFile(`${folder}/job/package/run.sh`);
    assertStringIncludes(script, "bench experiment.ts --backend torch --device cpu --devices 3 --steps 5 --runs");
    await assertRejects(() => launch({ render: `${folder}/job` }), UsageError, "expected a new folder");
    // Of several nodes the job's own program holds nothing, and the devices of all are torch's.
    await launch({ nodes: 2, render: `${folder}/several` });
    const { entrypoint_num_cpus } = JSON.parse(await Deno.readTextFile(`${folder}/several/submission.json`));
    const several = await Deno.readTextFile(`${folder}/several/package/run.sh`);
    assertEquals(entrypoint_num_cpus, undefined);
    assertStringIncludes(several, "bench experiment.ts --backend torch --device cpu --devices 6 --steps 5 --runs");
    assertStringIncludes(several, "src/cluster/python/ray_driver.py 2 3 cpu python3 ");
  });
});

Deno.test("wrong words are told before anything is sent", async () => {
  await assertRejects(() => launch({}), UsageError, "found no --address");
  await assertRejects(
    () => launch({ nodes: 2, model: "org/name@main" }),
    UsageError,
    "one of them alone would fetch it",
  );
  await assertRejects(() => launch({ arms: ["nobody"], dryRun: true }), UsageError, "nobody");
});
