import { assertEquals, assertRejects } from "@std/assert";
import type { LaunchArguments } from "../../src/commands/descriptions/cluster.ts";
import { run } from "../../src/commands/launch_experiment.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { captured } from "./captured.ts";

/** An experiment that verl can train: its own loss, and no warm-up. */
const EXPERIMENT = `
import tiny from "${new URL("../../benchmarks/tiny.ts", import.meta.url)}";
import { ADAMW_PRESETS } from "${new URL("../../src/training/optimizer.ts", import.meta.url)}";
import { LOSS_PRESETS } from "${new URL("../../src/training/loss/loss_config.ts", import.meta.url)}";
const [, discrete] = tiny.arms;
export default {
  ...tiny,
  training: { ...tiny.training, steps: 2, promptsPerStep: 3, optimizer: ADAMW_PRESETS.verl },
  arms: [{ ...discrete, objective: { ...discrete.objective, loss: LOSS_PRESETS.verl } }],
};
`;

const launch = (positionals: readonly string[], flags: LaunchArguments["flags"]) =>
  captured(() => run({ positionals, flags: { quiet: true, verl: true, ...flags } }));

Deno.test("launch --verl writes the folder of one arm under one seed, into a new folder alone", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/own.ts`, EXPERIMENT);
  const own = [`${folder}/own.ts`], render = `${folder}/job`;
  const { code, stdout } = await launch(own, { seed: 5, devices: 2, render });
  assertEquals(code, 0);
  assertEquals(/^\d+ files in .*\/job; bash run\.sh there trains discrete-grpo\n?$/.test(stdout), true, stdout);
  const rows = (await Deno.readTextFile(`${render}/train.jsonl`)).trimEnd().split("\n");
  assertEquals(rows.length, 2 * 3);
  const facts = JSON.parse(await Deno.readTextFile(`${render}/job.json`));
  assertEquals([facts.arm, facts.seed, facts.trainer], ["discrete-grpo", 5, "verl"]);
  await assertRejects(() => launch(own, { seed: 5, render }), UsageError, "expected a new folder");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("launch --verl without a folder, with an address, or of what verl cannot train says why", async () => {
  await assertRejects(() => launch(["tiny"], {}), UsageError, "found no --render");
  const render = `${await Deno.makeTempDir()}/job`;
  await assertRejects(() => launch(["tiny"], { render, address: "http://127.0.0.1:1" }), UsageError, "expected none");
  await assertRejects(() => launch(["tiny"], { render }), UsageError, "expected --arms LABEL and --seed N");
  await assertRejects(
    () => launch(["tiny"], { render, arms: ["discrete-grpo"], seed: 1 }),
    BenchError,
    "Cannot train discrete-grpo with verl",
  );
});
