import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { sample, type SampleOptions } from "../../src/cluster/sampling.ts";
import type { Problem } from "../../src/datasets/problem.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { evaluate } from "../../src/experiment/evaluate.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { grade } from "../../src/grading/grade.ts";
import { createPrompter, loadChatTemplate } from "../../src/prompt/prompt.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { promptTemplate } from "../../src/prompt/templates.ts";
import { validateResult } from "../../src/result/validate.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { type FakeOptions, startFakeServer } from "./fake_server.ts";

const WORK = { decoding: "matched", datasets: ["arith-add"], problemsPerDataset: 7, samples: 5, seeds: [3] };

/** Problems by the token ids of their prompts, as a request writes them. */
async function byPrompt(): Promise<Map<string, Problem>> {
  const tokenizer = await loadTokenizer("models/tiny");
  const template = promptTemplate(resolveExperiment(tiny).prompt);
  const prompter = createPrompter(tokenizer, await loadChatTemplate("models/tiny"), template);
  const { problems } = await loadDataset("arith-add");
  return new Map(problems.map((problem) => [JSON.stringify([...prompter.ids(problem)]), problem]));
}

/** A thought, then the right answer or another one. */
function answering(problems: ReadonlyMap<string, Problem>) {
  return (prompt: string, seed: number) => {
    const chance = new RandomSequence("answer", prompt, seed).integer(3);
    const answer = chance === 0 ? "1" : problems.get(prompt)!.answer;
    return { text: `${chance}</think>\\boxed{${answer}}`, tokens: 7 + chance, finish: "stop" as const };
  };
}

async function sampled(fake: FakeOptions, options: Partial<SampleOptions> = {}) {
  await using server = await startFakeServer(fake);
  const outcome = await sample(tiny, { ...WORK, addresses: [server.address], ...options });
  return { ...outcome, server };
}

Deno.test("a server's result is that of an evaluation, marked by its program, and names no host", async () => {
  const problems = await byPrompt();
  const complete = answering(problems);
  const { results: [{ result }], failures, server } = await sampled({ complete });
  assertEquals(failures, []);
  assertEquals(validateResult(result), result);
  assertEquals(result.device, {
    backend: "vllm",
    reproducibility: "statistical",
    engineVersion: "0.0.fake",
    servedModel: "fake",
    prompt: "token ids",
  });
  assertEquals([result.model.sha256, result.model.parameters, result.arm.algorithm], [null, null, "base"]);
  const text = JSON.stringify(result);
  assertEquals([/127\.0\.0\.1|localhost|\/models\/fake/.test(text), text.includes(server.address)], [false, false]);

  const { results: [{ result: own }] } = await evaluate(tiny, { ...WORK, samples: 1 });
  assertEquals(result.model.promptSha256, own.model.promptSha256);
  assertEquals(result.grader, own.grader);
  // Counts are those of the same texts, graded here.
  const texts = Map.groupBy(
    server.bodies.map(({ prompt, seed }) => [JSON.stringify(prompt), Number(seed)] as const),
    ([prompt]) => problems.get(prompt)!.id,
  );
  for (const { id, n, c, tokens } of result.datasets[0].problems) {
    const written = texts.get(id)!.map(([prompt, seed]) => ({
      ...complete(prompt, seed),
      problem: problems.get(prompt)!,
    }));
    const right = written.filter(({ text, problem }) => grade(text, problem.answer, { thinking: true }).equal);
    assertEquals([n, c], [5, right.length]);
    assertAlmostEquals(tokens!.mean, written.reduce((sum, { tokens }) => sum + tokens, 0) / 5, 1e-12);
  }
  const all = result.datasets[0].problems.reduce((sum, { c }) => sum + c, 0);
  assert(all > 0 && all < 35);
});

Deno.test("soft thoughts come from a soft-thinking server alone, by its own route", async () => {
  const { results: [{ result }], server } = await sampled({ engine: "sglang-soft" }, {
    decoding: "soft-thinking-release",
  });
  assertEquals([result.device.backend, result.arm.decoding], ["sglang-soft", "soft-thinking-release"]);
  assert(server.bodies.every((body) => Array.isArray(body.input_ids) && !("prompt" in body)));
  const refused = [
    [{ engine: "vllm" }, {}, "no tokens"],
    [{ engine: "sglang" }, {}, "no tokens"],
    [{ engine: "sglang-soft", info: { max_topk: 7 } }, {}, "the server mixes 7 tokens, the decoding 5"],
    [{ engine: "sglang-soft" }, { route: "chat" }, "drops what makes thoughts soft"],
    [{ engine: "sglang-soft" }, { decoding: "matched" }, "take that decoding"],
  ] as const;
  for (const [fake, options, why] of refused) {
    await assertRejects(() => sampled(fake, { decoding: "soft-thinking-release", ...options }), Error, why);
  }
});

Deno.test("prompts that the server has no room for are refused before any request", async () => {
  await assertRejects(() => sampled({ maxModelLength: 43 }), Error, "new tokens");
  await assertRejects(() => sampled({}, { route: "generate" }), Error, "that route is SGLang's own");
  await assertRejects(() => sampled({}, { addresses: [] }), Error, "give --address");
});

Deno.test("the same experiment goes on in its folder, and asks for nothing again", async () => {
  const runsFolder = Deno.makeTempDirSync();
  const { results: [{ result }] } = await sampled({}, { runsFolder });
  const again = await sampled({}, { runsFolder });
  assertEquals([again.server.bodies.length, again.results[0].result], [0, result]);
  const files = [...Deno.readDirSync(runsFolder)].map(({ name }) => `${runsFolder}/${name}`);
  assertEquals(files.length, 1);
  for (const file of ["identity.json", "config.json"]) {
    assertEquals(Deno.readTextFileSync(`${files[0]}/${file}`).includes("127.0.0.1"), false);
  }
});
