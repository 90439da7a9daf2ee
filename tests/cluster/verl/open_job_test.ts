import { assertEquals, assertRejects } from "@std/assert";
import { openVerlJob } from "../../../src/cluster/verl/open_job.ts";
import { resolveExperiment } from "../../../src/experiment/resolve.ts";
import { UsageError } from "../../../src/errors.ts";
import tiny from "../../../benchmarks/tiny.ts";

const CLUSTER = { nodes: 1, devicesPerNode: 2 };

Deno.test("one arm under one seed is opened with its problems, and with what the prompt opens", async () => {
  const config = resolveExperiment(tiny, { arms: ["discrete-grpo"], seeds: [3] });
  const { arm, seed, source, model, opensThinking } = await openVerlJob(config, { cluster: CLUSTER });
  assertEquals([arm.label, seed, model, opensThinking], ["discrete-grpo", 3, "models/tiny", true]);
  assertEquals(source.problems(5, 7).length, 7);
});

Deno.test("several arms or seeds are no one job", async () => {
  const config = resolveExperiment(tiny, { arms: ["discrete-grpo", "lepo"], seeds: [1] });
  await assertRejects(
    () => openVerlJob(config, { cluster: CLUSTER }),
    UsageError,
    "expected --arms LABEL and --seed N",
  );
});
