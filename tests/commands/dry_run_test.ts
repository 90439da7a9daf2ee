import { assert, assertEquals, assertMatch } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { planLines } from "../../src/commands/dry_run.ts";
import type { EnginePlan } from "../../src/experiment/engine_plan.ts";
import type { Plan } from "../../src/experiment/plan.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { fit, torchLayout, workload } from "../../src/experiment/workload.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

const config = resolveExperiment(tiny, { arms: ["discrete-grpo"], seeds: [1] });
const work = workload(config, SMALL_CONFIG, [2], 9, torchLayout("bfloat16"));
const common: Omit<Plan, "backend" | "reason" | "fits"> = {
  config,
  model: SMALL_CONFIG,
  work,
  devices: 1,
  shard: false,
  checkpoints: { each: 1.614e9, kept: 3.228e9 },
};
const sizes: NonNullable<EnginePlan["sizes"]> = {
  sequences: 37,
  recompute: true,
  packs: true,
  records: false,
  room: 4.29e9,
  engine: 3.64e9,
  engineAtMost: 3.9e9,
  reference: 0.7e9,
  others: 1.76e9,
};

function lines(engine: EnginePlan, seconds?: number): string {
  const fits = { "cpu-engine": { fits: true, sequences: 37, needed: 0, usable: 0 } };
  const plan: Plan = { ...common, backend: "cpu-engine", reason: "as asked", fits, engine };
  return planLines({ ...plan, ...(seconds !== undefined && { estimatedSeconds: seconds }) }).join("\n");
}

Deno.test("a dry run says where, how much at once, what is held and written, and how long it takes", () => {
  const text = lines({
    sizes,
    lanes: 1,
    free: { bytes: 14.1e9, source: "machine" },
    drawnPerSecond: 153.2,
    trainedPerSecond: 71.9,
  }, 4000);
  assertMatch(text, /^1 run, 1 of them trained, on 0\.00 M parameters: /);
  assertMatch(text, /\nbackend: cpu-engine, as asked\n/);
  assertMatch(text, /\nat once: 37 sequences; layers are computed again in the backward pass\n/);
  // 0.17 GB of the program beside 3.64 + 0.7 + 1.76.
  assertMatch(
    text,
    /\nmemory at peak: about 6\.3 GB \(engine 3\.6 GB of 4\.3 GB, at most 3\.9 GB, reference 700\.0 MB, samples and threads, and what is saved, 1\.8 GB\); 14\.1 GB are free on this machine\n/,
  );
  assertMatch(text, /\ndisk: 3\.2 GB of checkpoints at the end, 1\.6 GB each\n/);
  assertMatch(text, /\ntime: about 1:06:40 on this machine, by a trial now \(153 tokens\/s drawn, 72 trained\)$/);
});

Deno.test("runs at once, a container and what was not tried are said", () => {
  const text = lines({
    sizes: { ...sizes, recompute: false, engineAtMost: sizes.engine, reference: 0 },
    lanes: 2,
    free: { bytes: 1e9, source: "container" },
    untried: "Cannot load models/none: it is not there",
  });
  assertMatch(text, /\nat once: 37 sequences in each of 2 runs at once; layers are kept for the backward pass\n/);
  assertMatch(text, /about 11\.0 GB \(a run: engine 3\.6 GB of 4\.3 GB, samples/);
  assertMatch(text, /; 1\.0 GB are left to this container\n/);
  assertMatch(text, /\ntime: not measured: Cannot load models\/none: it is not there$/);
});

Deno.test("what is recorded of rollouts is said", () => {
  const own = { ...sizes, recompute: false, records: true };
  const text = lines({ sizes: own, lanes: 1, free: { bytes: 14.1e9, source: "machine" } });
  assertMatch(text, /\nat once: 37 sequences; layers are kept from the rollout for the backward pass\n/);
});

Deno.test("where nothing is trained, nothing is said of layers, checkpoints and saving", () => {
  const untrained = resolveExperiment(tiny, { arms: ["base"], seeds: [1] });
  const plan: Plan = {
    ...common,
    config: untrained,
    work: workload(untrained, SMALL_CONFIG, [2], 9, torchLayout("bfloat16")),
    checkpoints: { each: 1e9, kept: 0 },
    backend: "cpu-engine",
    reason: "as asked",
    fits: {},
    engine: { sizes, lanes: 1, free: { bytes: 1e9, source: "machine" }, drawnPerSecond: 11.1 },
    estimatedSeconds: 7,
  };
  const text = planLines(plan).join("\n");
  assertMatch(text, /\nat once: 37 sequences\nmemory at peak: .*, samples and threads 1\.8 GB\); /);
  assertMatch(text, /\ntime: about 7\.0 s on this machine, by a trial now \(11 tokens\/s drawn\)$/);
  assert(!text.includes("disk"));
});

Deno.test("what would be refused is said in the words of the refusal", () => {
  const text = lines({ lanes: 1, free: { bytes: 1e9, source: "assumed" }, refusal: "Cannot run tiny: too large" });
  assertMatch(text, /\nrefused: Cannot run tiny: too large\n/);
  assert(!text.includes("at once") && text.endsWith("time: not measured"));
});

Deno.test("cards are said of another backend, with the time that was measured on one", () => {
  const fits = { "80 GB card": fit(work, 80e9), "small card": fit(work, 10) };
  const plan: Plan = { ...common, backend: "torch", reason: "PyTorch works here: a card", fits, devices: 3 };
  const text = planLines(plan).join("\n");
  assertMatch(text, /\nbackend: torch, PyTorch works here: a card\nmemory of a device: weights /);
  assertMatch(
    text,
    /\nfits 80 GB card: .* of 72\.0 GB usable, room for 512 sequences at once\ndoes not fit small card: /,
  );
  assertMatch(text, /\n3 devices: each holds the model whole/);
  assertMatch(text, /\ntime: not measured; deno task gpu:check measures this machine's GPU$/);
  const rates = { decode: 1, train: 1, machine: ["H200"], date: "2026-11-01" };
  const timed = planLines({ ...plan, rates, estimatedSeconds: 61 }).at(-1);
  assertEquals(
    timed,
    "time: at most 1:01 by gpu:check of 2026-11-01 on 3 devices like H200, if every completion ran to its limit",
  );
});
