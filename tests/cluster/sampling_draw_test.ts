import { assert, assertEquals, assertRejects } from "@std/assert";
import { drawFromServers, sampleSeed, type ServerSampling } from "../../src/cluster/sampling_draw.ts";
import { ServerPool } from "../../src/cluster/sampling_pool.ts";
import type { SamplesRequest } from "../../src/experiment/arm_run.ts";
import { readChainedLines } from "../../src/files/chained_lines.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { grade } from "../../src/grading/grade.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { boxedNumber, type FakeServer, FAULTS, startFakeServer } from "./fake_server.ts";

const PROBLEMS = Array.from({ length: 13 }, (_, i) => ({ id: `p${i}`, question: `${i}`, answer: `${i % 5}` }));
const SAMPLES = 11;

/** All samples of the problems from servers, into a file. */
async function draw(
  servers: readonly FakeServer[],
  { file = `${Deno.makeTempDirSync()}/d.jsonl`, abort, ...more }: Partial<ServerSampling & SamplesRequest> = {},
): Promise<Sample[]> {
  using pool = await ServerPool.open(servers.map(({ address }) => address), {
    timeoutMs: 5000,
    atOnce: 7,
    lookMs: 10,
    patienceMs: 5000,
    onNote: () => {},
  });
  const sampling: ServerSampling = {
    pool,
    asking: { attempts: 60, timeoutMs: 60_000, firstPauseMs: 1, mostPauseMs: 4 },
    engine: "vllm",
    route: "ids",
    model: pool.account.model,
    decoding: { kind: "tokens", filter: { temperature: 1 } },
    maxNewTokens: 17,
    endTokens: [3],
    logProbs: false,
    atOnce: 7 * servers.length,
    samples: SAMPLES,
    prompt: ({ question }) => ({ ids: Int32Array.of(2, 100 + Number(question)), text: question, turn: question }),
    decode: (ids) => ids.join(" "),
    grade: (text, { answer }) => grade(text, answer),
    ...more,
  };
  const dataset = { name: "d", version: "1", sha256: "0".repeat(64), problems: PROBLEMS, of: 13 };
  const request = { dataset, seed: 5, file, owner: "owner", ...(abort && { abort }) } as unknown as SamplesRequest;
  return await drawFromServers(sampling, request);
}

/** What the fake server is asked for at a sample. */
function unitOf({ problem, sample }: Pick<Sample, "problem" | "sample">): string {
  const seed = sampleSeed({ seed: 5, dataset: "d", problem, sample });
  return `${seed} [2,${100 + Number(problem.slice(1))}]`;
}

const ALL = PROBLEMS.flatMap(({ id }) => Array.from({ length: SAMPLES }, (_, sample) => ({ problem: id, sample })));

Deno.test("scores of samples from a server are those of the same texts graded here", async () => {
  await using server = await startFakeServer();
  const samples = await draw([server]);
  assertEquals(samples.map(({ problem, sample }) => ({ problem, sample })), ALL);
  for (const { problem, sample, text, answer, canonical, correct, reason, tokens, finish, seed, server } of samples) {
    const own = sampleSeed({ seed: 5, dataset: "d", problem, sample });
    const written = boxedNumber(`[2,${100 + Number(problem.slice(1))}]`, own);
    const verdict = grade(written.text, PROBLEMS.find(({ id }) => id === problem)!.answer);
    assertEquals([text, tokens, finish, seed], [written.text, written.tokens, written.finish, 5]);
    assertEquals([answer, canonical, correct, reason], [
      verdict.extracted,
      verdict.canonical,
      verdict.equal,
      verdict.reason,
    ]);
    assertEquals(server, { seed: own, promptTokens: 2, fingerprint: "fake-tp1" });
  }
  assert(samples.some(({ correct }) => correct) && samples.some(({ correct }) => !correct));
  assertEquals([...server.asked.values()].every((times) => times === 1), true);
  assertEquals(server.peak() <= 7, true);
});

Deno.test("through every kind of fault each sample comes exactly once, and the same", async () => {
  const faults = FAULTS.filter((fault) => fault !== "hang");
  await using calm = await startFakeServer();
  await using rough = await startFakeServer({ faultShare: 0.05, faults });
  const file = `${Deno.makeTempDirSync()}/d.jsonl`;
  const samples = await draw([rough], { file });
  assertEquals(samples, await draw([calm]));
  assertEquals(readChainedLines<Sample>(file, "owner").rows, samples);
  for (const fault of faults) assert(rough.outcomes.get(fault)! > 0, `no request met "${fault}"`);
  // A sample whose answer was lost is asked for again; one that came is not.
  assertEquals([...rough.answered.values()].every((times) => times === 1), true);
});

Deno.test("a request that hangs is given up and sent again", async () => {
  await using server = await startFakeServer({ faultShare: 0.1, faults: ["hang"] });
  // Slow machines give up requests that do not hang, too; more attempts make up for it.
  const asking = { attempts: 60, timeoutMs: 500, firstPauseMs: 1, mostPauseMs: 4 };
  const samples = await draw([server], { asking });
  assertEquals([samples.length, server.outcomes.has("hang")], [ALL.length, true]);
});

Deno.test("several servers share the work, and one that dies loses nothing", async () => {
  await using one = await startFakeServer({ latencyMs: 1 });
  const other = await startFakeServer({ onAsked: (requests) => requests === 30 && (other.here = false), latencyMs: 1 });
  const samples = await draw([one, other]);
  await other[Symbol.asyncDispose]();
  assertEquals(samples.length, ALL.length);
  assert(one.answered.size > 0 && other.answered.size > 0);
});

Deno.test("what is in the file is not asked for again, whatever ended the work", async () => {
  const file = `${Deno.makeTempDirSync()}/d.jsonl`;
  const stop = new AbortController();
  await using first = await startFakeServer({ onAsked: (requests) => requests === 70 && stop.abort("SIGINT") });
  await assertRejects(() => draw([first], { file, abort: stop.signal }), InterruptedError);
  const kept = [file, `${file}.early`].flatMap((path) => readChainedLines<Sample>(path, "owner").rows);
  assert(kept.length > 0 && kept.length < ALL.length);
  await using second = await startFakeServer();
  const samples = await draw([second], { file });
  assertEquals(samples.length, ALL.length);
  assertEquals(kept.filter((row) => second.asked.has(unitOf(row))), []);
  assertEquals(second.bodies.length, ALL.length - new Set(kept.map(unitOf)).size);
});

Deno.test("a refusal ends the work at once, with what to do, and nothing that came is lost", async () => {
  await using server = await startFakeServer({ key: "k" });
  await assertRejects(
    async () => {
      await using open = await startFakeServer();
      const file = `${Deno.makeTempDirSync()}/d.jsonl`;
      await draw([open], { file, route: "generate" });
    },
    Error,
    "the server refuses with status 404",
  );
  await assertRejects(() => draw([server]), Error, "SOFT_GRPO_BENCH_API_KEY");
});

Deno.test("a sample that never comes ends the work with how often it was tried, and why", async () => {
  await using server = await startFakeServer({ faultShare: 1, faults: ["wrong types"] });
  await assertRejects(
    () => draw([server], { asking: { attempts: 3, timeoutMs: 400, firstPauseMs: 1, mostPauseMs: 1 } }),
    Error,
    "3 attempts failed, the last by an answer whose choices[0].text is 17",
  );
});

Deno.test("a server that reads another prompt than ours is refused", async () => {
  await using server = await startFakeServer();
  const prompt = () => ({ ids: Int32Array.of(2, 3), text: "other", turn: "other" });
  await assertRejects(() => draw([server], { prompt, route: "text" }), Error, "read 5 tokens of prompt, expected 2");
});

Deno.test("text is decoded here where the server tells its tokens, without the one that ended it", async () => {
  const ids = [19, 23, 3];
  const complete = (finish: "stop" | "length") => () => ({ text: "theirs", tokens: 3, finish, ids });
  await using stopped = await startFakeServer({ complete: complete("stop") });
  await using cut = await startFakeServer({ complete: complete("length") });
  assertEquals((await draw([stopped])).at(-1)!.text, "19 23");
  assertEquals((await draw([cut])).at(-1)!.text, "19 23 3");
});

Deno.test("log-probabilities are kept where they are asked for", async () => {
  await using server = await startFakeServer();
  const [{ server: told }] = await draw([server], { logProbs: true });
  assertEquals(told!.logProbs, Array.from({ length: 11 }, () => -0.5));
});

Deno.test("seeds are of 31 bits, and of the whole name of a sample", () => {
  const name = { seed: 5, dataset: "d", problem: "p", sample: 3 };
  const others = [{ seed: 6 }, { dataset: "e" }, { problem: "q" }, { sample: 4 }];
  const seeds = [name, ...others.map((other) => ({ ...name, ...other }))].map(sampleSeed);
  assertEquals(new Set(seeds).size, 5);
  assert(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31));
});
