import { readChainedLines } from "../../src/files/chained_lines.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import { softTokensGrpo } from "../../src/algorithms/soft_tokens_grpo.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { BenchError } from "../../src/errors.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { type Completion, completionTokens } from "../../src/rollout/completion.ts";
import { evaluatePolicy, type EvaluationRequest, promptsAtOnce, spreadOver } from "../../src/evaluation/evaluation.ts";
import { gradeCode } from "../../src/grading/code.ts";
import { grade } from "../../src/grading/grade.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { SampleStore } from "../../src/evaluation/sample_store.ts";
import { recordingExecutor } from "../fixtures/recording_executor.ts";
import { certain, scriptedModel } from "../fixtures/scripted_model.ts";
import { deadModel } from "../fixtures/small_model.ts";

const V = 5;
const END_OF_TEXT = 0;
const PROBLEMS = [
  { id: "d/0000", question: "1", answer: "3" },
  { id: "d/0001", question: "2", answer: "4" },
  { id: "d/0002", question: "3", answer: "2" },
];
const SAMPLES = 7;
const decodeTokens = (tokens: Int32Array) => [...tokens].join(" ");

/** Every token is about as likely as any other, so that samples differ. */
const uncertain = () =>
  scriptedModel(V, (history) => Array.from({ length: V }, (_, id) => Math.cos(id + history.length)));

function request(file: string): EvaluationRequest {
  return {
    model: uncertain(),
    dataset: "d",
    problems: PROBLEMS,
    samples: SAMPLES,
    seed: 1,
    settings: {
      algorithm: discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1 } }),
      answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
      thinking: { end: [], endIsDrawn: true, afterEnd: [] },
      endTokens: [END_OF_TEXT],
      maxNewTokens: 3,
    },
    examination: {
      prompt: ({ question }) => Int32Array.of(Number(question)),
      text: (completion) => `\\boxed{${completionTokens(completion)[0] || ""}}`,
      grade: (text, { answer }) => grade(text, answer),
    },
    file,
  };
}

Deno.test("programs of a batch run side by side, and their outcomes stand in the samples", async () => {
  const { executor, runs, seen } = recordingExecutor((i) =>
    i % 3 === 0 ? { outcome: "passed" } : {
      outcome: "failed",
      reason: "AssertionError",
    }
  );
  const { examination, ...others } = request(temporaryFile());
  const problems = PROBLEMS.map((problem) => ({ ...problem, kind: "python-tests" as const }));
  const samples = await evaluatePolicy({
    ...others,
    problems,
    examination: {
      ...examination,
      text: (completion) => `\`\`\`python\nx = ${completionTokens(completion)[0]}\n\`\`\``,
      grade: (text, problem) => gradeCode(text, problem, { executor: () => executor, rule: "answer" }),
    },
  });
  assertEquals([runs.length, seen.most], [3 * SAMPLES, 3 * SAMPLES]);
  assertEquals(samples.map(({ correct }) => correct), samples.map((_, i) => i % 3 === 0));
  const [first, second] = samples;
  assertEquals([first.kind, first.program, first.programDetail, first.canonical], [
    "python-tests",
    "passed",
    undefined,
    null,
  ]);
  assertEquals([second.program, second.programDetail], ["failed", "AssertionError"]);
});

const temporaryFile = () => `${Deno.makeTempDirSync()}/d.jsonl`;

Deno.test("evaluatePolicy() writes one line per sample, in the order of problems and samples", async () => {
  const file = temporaryFile();
  const samples = await evaluatePolicy(request(file));
  assertEquals(readChainedLines<Sample>(file).rows, samples);
  assertEquals(
    samples.map(({ problem, sample }) => [problem, sample]),
    PROBLEMS.flatMap(({ id }) => Array.from({ length: SAMPLES }, (_, sample) => [id, sample])),
  );
  assert(samples.some(({ correct }) => correct) && samples.some(({ correct }) => !correct));
});

Deno.test("evaluatePolicy() continues a file cut anywhere, draws nothing twice, and ends in the same bytes", async () => {
  const whole = temporaryFile();
  await evaluatePolicy(request(whole));
  const bytes = Deno.readFileSync(whole);
  for (const kept of [0, 1, 37, 500, bytes.length - 1, bytes.length]) {
    const file = temporaryFile();
    Deno.writeFileSync(file, bytes.subarray(0, kept));
    const keptLines = new TextDecoder().decode(bytes.subarray(0, kept)).split("\n").length - 1;
    const cut = request(file);
    let drawn = 0;
    const text = (completion: Completion) => (drawn++, cut.examination.text(completion));
    await evaluatePolicy({ ...cut, examination: { ...cut.examination, text } });
    assertEquals(Deno.readFileSync(file), bytes);
    assertEquals(drawn, PROBLEMS.length * SAMPLES - keptLines);
  }
});

Deno.test("evaluatePolicy() draws the same samples however many at once", async () => {
  const files = [temporaryFile(), temporaryFile()];
  await evaluatePolicy(request(files[0]));
  const told: number[] = [];
  await evaluatePolicy({ ...request(files[1]), atOnce: 5, onProgress: (done) => told.push(done) });
  assertEquals(told, [0, 5, 10, 15, 20, 21]);
  assertEquals(Deno.readTextFileSync(files[1]), Deno.readTextFileSync(files[0]));
});

Deno.test("evaluatePolicy() takes no more prompts at once for what is left of many problems than for whole ones", async () => {
  const whole = temporaryFile(), file = temporaryFile();
  const samples = await evaluatePolicy(request(whole));
  {
    const order = samples.map(({ problem, sample }) => ({ problem, sample }));
    using store = new SampleStore(file, "d of seed 1", order, () => {});
    store.add(samples.filter(({ sample }) => sample < SAMPLES - 1));
  }
  const told: number[] = [];
  const again = await evaluatePolicy({ ...request(file), atOnce: 5, onProgress: (done) => told.push(done) });
  assertEquals(again, samples);
  // Five sequences of seven samples a problem touch two problems at most, so three that lack one each are two batches.
  assertEquals([promptsAtOnce(5, SAMPLES), told], [2, [18, 20, 21]]);
});

Deno.test("evaluatePolicy() draws again what was changed, brought from elsewhere or is impossible, and says where", async () => {
  const whole = temporaryFile();
  await evaluatePolicy(request(whole));
  const text = Deno.readTextFileSync(whole);
  const lines = text.split("\n");
  const other = temporaryFile();
  await evaluatePolicy({ ...request(other), owner: "another arm" });
  const damaged: readonly [string, number][] = [
    [
      text.replace('"correct":true', '"correct":false'),
      text.slice(0, text.indexOf('"correct":true')).split("\n").length,
    ],
    [text.replaceAll('"seed":1', '"seed":2'), 1],
    [text.replace('"tokens":3', '"tokens":-7'), text.slice(0, text.indexOf('"tokens":3')).split("\n").length],
    [`null\n${text}`, 1],
    [`${text}\n`, lines.length],
    [[...lines.slice(0, 5), lines[4], ...lines.slice(5)].join("\n"), 6],
    [Deno.readTextFileSync(other), 1],
  ];
  for (const [content, line] of damaged) {
    assert(content !== text);
    const file = temporaryFile();
    Deno.writeTextFileSync(file, content);
    const told: string[] = [];
    await evaluatePolicy({ ...request(file), onDamage: (words) => told.push(words) });
    assertEquals(told, [`${file}:${line} has changed since it was written: samples from there on are drawn again`]);
    assertEquals(Deno.readTextFileSync(file), text);
  }
});

Deno.test("evaluatePolicy() stops before the next batch when it is interrupted", async () => {
  const controller = new AbortController();
  controller.abort();
  await assertRejects(
    () => evaluatePolicy({ ...request(temporaryFile()), abort: controller.signal }),
    InterruptedError,
    "continues from here",
  );
});

Deno.test("evaluatePolicy() refuses a model whose logits are not finite, and names the problem", async () => {
  const model = await deadModel();
  const file = temporaryFile();
  await assertRejects(
    () => evaluatePolicy({ ...request(file), model }),
    BenchError,
    "Cannot draw position 1 of problem d/0000: the model's logits hold NaN (id 0)",
  );
  assertEquals(Deno.readTextFileSync(file), "");
  await model.dispose();
});

Deno.test("evaluatePolicy() tells thoughts from answers, how soft they were, and what a noisy embedding mixed", async () => {
  const base = request(temporaryFile());
  const model = scriptedModel(V, (history) => history.length < 3 ? [0, Math.log(3), 0, 0, 0] : certain(V, 4));
  const noisy = { name: "soft-tokens-grpo", temperature: 1, noiseScale: 0.33 } as const;
  const samples = await evaluatePolicy({
    ...base,
    model,
    keepThoughts: { problems: 2, noise: "embedding", decodeTokens },
    settings: {
      ...base.settings,
      algorithm: softTokensGrpo(noisy, await model.coordinateRms()),
      thinking: { end: [4], endIsDrawn: false, afterEnd: [] },
      maxNewTokens: 5,
    },
  });
  const [{ tokens, thoughts, softness, recorded }] = samples;
  assertEquals([tokens, thoughts], [5, 2]);
  // p = 3/7 and four times 1/7.
  assertEquals(softness?.topWeight, { sum: 0.857143, counts: [[0.429, 2]] });
  assertEquals(softness?.entries.counts, [[5, 2]]);
  assertEquals(softness?.oneToken, 0);
  assertEquals(softness!.noiseShare! > 0, true);
  const mixed = ["1", "0", "2", "3", "4"].map((token, i) => [token, i === 0 ? 0.4286 : 0.1429]);
  assertEquals(recorded?.map(({ seen }) => seen), [0, 1].map(() => mixed.map(([token, p]) => [token, p, p, null])));
});

Deno.test("evaluatePolicy() measures discrete thoughts as single tokens, and nothing where there are none", async () => {
  const base = request(temporaryFile());
  const settings = { ...base.settings, thinking: { end: [4], endIsDrawn: true, afterEnd: [], maxThoughts: 1 } };
  const [first] = await evaluatePolicy({ ...base, model: scriptedModel(V, () => certain(V, 2)), settings });
  const one = (value: number) => ({ sum: value, counts: [[value, 1]] });
  assertEquals(first.thoughts, 1);
  assertEquals(first.softness, {
    topWeight: one(1),
    entropy: one(0),
    divergence: one(0),
    entries: one(1),
    oneToken: 1,
  });
  const [bare] = await evaluatePolicy(request(temporaryFile()));
  assertEquals([bare.thoughts, "softness" in bare], [0, false]);
});

Deno.test("evaluatePolicy() keeps one thought of a few problems, the same whatever was drawn before", async () => {
  const kept = (file: string) => ({
    ...request(file),
    settings: { ...request(file).settings, thinking: { end: [4], endIsDrawn: true, afterEnd: [] } },
    keepThoughts: { problems: 2, noise: "gumbel" as const, decodeTokens },
  });
  const whole = temporaryFile();
  const samples = await evaluatePolicy(kept(whole));
  const recorded = samples.filter((sample) => sample.recorded !== undefined);
  assertEquals(recorded.map(({ problem, sample }) => [problem, sample]), [["d/0000", 0], ["d/0002", 0]]);
  const bytes = Deno.readFileSync(whole);
  const file = temporaryFile();
  Deno.writeFileSync(file, bytes.subarray(0, bytes.length / 3));
  await evaluatePolicy({ ...kept(file), atOnce: 5 });
  assertEquals(Deno.readFileSync(file), bytes);
});

Deno.test("spreadOver() takes the first, the last and what lies evenly between", () => {
  const ten = Array.from({ length: 10 }, (_, i) => i);
  assertEquals([spreadOver(ten, 4), spreadOver(ten, 1), spreadOver(ten, 0), spreadOver([7, 8], 5)], [
    [0, 3, 6, 9],
    [0],
    [],
    [7, 8],
  ]);
});
