/**
 * Rendered jobs against golden files, which Hydra has accepted (tests/slow/verl_test.ts), and refusals by name.
 */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../../src/errors.ts";
import { renderVerlJob, type VerlJob } from "../../../src/cluster/verl/job.ts";
import { verlOverrides } from "../../../src/cluster/verl/overrides.ts";
import { GOLDEN_FILES, paperJob } from "./paper_job.ts";

/** `UPDATE_GOLDEN=1 deno test -A …` renews the files after a change that was meant. */
const golden = async (label: string, files: ReadonlyMap<string, string>) => {
  for (const name of GOLDEN_FILES) {
    const url = new URL(`../../golden/verl/${label}/${name}`, import.meta.url);
    if (Deno.env.get("UPDATE_GOLDEN") === "1") Deno.writeTextFileSync(url, files.get(name)!);
    assertEquals(files.get(name), await Deno.readTextFile(url), `${label}/${name}`);
  }
};

for (const label of ["discrete-grpo", "soft-thinking-grpo-release"]) {
  Deno.test(`the job of the paper's ${label} is the golden one`, async () => {
    await golden(label, await renderVerlJob(paperJob(label)));
  });
}

Deno.test("train.jsonl has the problems of every step in the order of the training", async () => {
  const job = paperJob("discrete-grpo");
  const lines = (await renderVerlJob(job)).get("train.jsonl")!.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { steps, promptsPerStep } = job.config.training;
  assertEquals(lines.length, steps * promptsPerStep);
  const [first] = job.source.problems(steps - 1, promptsPerStep);
  const row = lines[(steps - 1) * promptsPerStep];
  assertEquals(row.extra_info, { problem_id: first.id, question: first.question });
  assertEquals(row.reward_model, { style: "rule", ground_truth: first.answer });
  assertMatch(row.prompt[0].content, /Let's think step by step and output the final answer within \\boxed\{\}\.$/);
});

Deno.test("the program in the job is the grader with all that it imports, and no package", async () => {
  const files = await renderVerlJob(paperJob("discrete-grpo"));
  const program = [...files].filter(([path]) => path.startsWith("program/"));
  assertEquals(program.some(([path]) => path === "program/src/grading/parser.ts"), true);
  assertEquals(program.filter(([, text]) => /^(?:import|export)(?! type)[^;]*"npm:/m.test(text)), []);
});

Deno.test("an arm that no verl trains is refused with every reason", () => {
  const refuses = (label: string, ...reasons: RegExp[]) => {
    const job = paperJob(label);
    const error = assertThrows(() => verlOverrides(job.config, job.arm, 1, job.cluster), BenchError);
    for (const reason of reasons) assertMatch(error.message, reason);
    assertMatch(error.message, /deno task launch without --verl trains every arm on PyTorch$/);
  };
  refuses("soft-tokens-grpo", /no verl puts noise on embeddings/);
  refuses(
    "soft-thinking-grpo",
    /trains SofT-GRPO as released/,
    /computes old log-densities again/,
  );
  refuses("base", /it has no objective/);
});

/** A change of one setting, and the reason that must be named. */
const CHANGES: readonly (readonly [RegExp, (job: VerlJob) => VerlJob])[] = [
  [/token mean is over each micro-batch/, withLoss({ aggregation: { kind: "token-mean" } })],
  [/divergence is k3, capped at 10/, withLoss({ kl: { estimator: "k2", coefficient: 0.1 } })],
  [/carry no gradient/, withLoss({ trainInputs: true })],
  [/ratios are over tokens/, withLoss({ ratioOver: "sequence-mean" })],
  [/surrogate is a clipped ratio, and not cispo/, withLoss({ surrogate: { kind: "cispo", cap: 5 } })],
  [/completions that the limit cut carry loss/, withObjective({ maskTruncated: true })],
  [/advantages are not pass-at-k/, withObjective({ advantage: { kind: "pass-at-k", k: 3 } })],
  [
    /divides by the group's sample deviation/,
    withObjective({ advantage: { kind: "grpo", std: "population", epsilon: 1e-6 } }),
  ],
  [
    /fall into 3 mini-batches/,
    (job) => ({ ...job, config: { ...job.config, training: { ...job.config.training, minibatches: 3 } } }),
  ],
  [
    /keeps groups/,
    (job) => ({
      ...job,
      config: { ...job.config, training: { ...job.config.training, equalGroups: { draws: 2, then: "keep" } } },
    }),
  ],
  [/asks in the chat template/, (job) => ({ ...job, config: { ...job.config, prompt: "conversation" } })],
  [
    /knows no rule of thinking/,
    (job) => ({ ...job, arm: { ...job.arm, thinking: { ...job.arm.thinking, maxThoughts: 7 } } }),
  ],
];

for (const [reason, change] of CHANGES) {
  Deno.test(`a setting that verl would not follow is refused: ${reason.source}`, async () => {
    const refused = () => renderVerlJob(change(paperJob("soft-thinking-grpo-release")));
    const error = await assertRejects(refused, BenchError, "Cannot train") as BenchError;
    assertMatch(error.message, reason);
  });
}

function withObjective(own: Partial<NonNullable<VerlJob["arm"]["objective"]>>): (job: VerlJob) => VerlJob {
  return (job) => ({ ...job, arm: { ...job.arm, objective: { ...job.arm.objective!, ...own } } });
}

function withLoss(own: Partial<NonNullable<VerlJob["arm"]["objective"]>["loss"]>): (job: VerlJob) => VerlJob {
  return (job) => withObjective({ loss: { ...job.arm.objective!.loss, ...own } })(job);
}
