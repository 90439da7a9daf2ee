/**
 * Many samples from simulated servers in a process of their own: every sample once through every kind of fault, memory that
 * stays, and how much of the servers' own limit is used. `SAMPLING_LOAD` is the number of samples (default 10,000).
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { drawFromServers } from "../../src/cluster/sampling_draw.ts";
import { ServerPool } from "../../src/cluster/sampling_pool.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import type { SamplesRequest } from "../../src/experiment/arm_run.ts";
import { readChainedLines } from "../../src/files/chained_lines.ts";
import { grade } from "../../src/grading/grade.ts";
import type { FakeCounts, FakeOptions } from "../cluster/fake_server.ts";

const SAMPLES = Number(Deno.env.get("SAMPLING_LOAD") ?? 10_000);
const EACH = 10;
const FAKE = fileURLToPath(new URL("../cluster/fake_server.ts", import.meta.url));

interface Fakes extends AsyncDisposable {
  readonly addresses: readonly string[];
}

async function fakes(count: number, options: FakeOptions): Promise<Fakes> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", FAKE, JSON.stringify([count, options])],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) text += (await reader.read()).value ?? "";
  return {
    addresses: text.trim().split(","),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

async function draw(
  { addresses }: Fakes,
  { atOnce, samples, file, onProgress }: {
    readonly atOnce: number;
    readonly samples: number;
    readonly file: string;
    readonly onProgress?: (done: number) => void;
  },
): Promise<Sample[]> {
  using pool = await ServerPool.open(addresses, {
    timeoutMs: 10_000,
    atOnce,
    lookMs: 100,
    patienceMs: 60_000,
    onNote: () => {},
  });
  const problems = Array.from({ length: samples / EACH }, (_, i) => ({ id: `p${i}`, question: `${i}`, answer: "3" }));
  const dataset = { name: "d", version: "1", sha256: "0".repeat(64), problems, of: problems.length };
  const request = { dataset, seed: 5, file, owner: "load", onProgress } as unknown as SamplesRequest;
  return await drawFromServers({
    pool,
    asking: { attempts: 60, timeoutMs: 10_000, firstPauseMs: 5, mostPauseMs: 100 },
    engine: "vllm",
    route: "ids",
    model: pool.account.model,
    decoding: { kind: "tokens", filter: { temperature: 1 } },
    maxNewTokens: 17,
    endTokens: [3],
    logProbs: false,
    atOnce: atOnce * addresses.length,
    samples: EACH,
    prompt: ({ question }) => ({ ids: Int32Array.of(2, Number(question)), text: question, turn: question }),
    decode: (ids) => ids.join(" "),
    grade: (text, { answer }) => grade(text, answer),
  }, request);
}

async function countsOf({ addresses: [address] }: Fakes): Promise<FakeCounts> {
  return await (await fetch(`${address}/counts`)).json() as FakeCounts;
}

/** Memory may grow by what the samples themselves take, about 1 kB each, and by what V8 has not collected yet. */
const MOST_GROWTH = 96 * 2 ** 20;

Deno.test(`${SAMPLES} samples through 5 % of every fault come once each, and memory stays`, async () => {
  await using servers = await fakes(1, { faultShare: 0.05, slots: 64, latencyMs: 100 });
  const file = `${Deno.makeTempDirSync()}/d.jsonl`;
  const started = performance.now();
  let early: number | undefined;
  const rows = await draw(servers, {
    atOnce: 128,
    samples: SAMPLES,
    file,
    onProgress: (done) => {
      if (done >= SAMPLES / 5) early ??= Deno.memoryUsage().rss;
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const grown = Deno.memoryUsage().rss - early!;
  assertEquals(rows.length, SAMPLES);
  assertEquals(new Set(rows.map(({ problem, sample }) => `${problem} ${sample}`)).size, SAMPLES);
  assertEquals(readChainedLines<Sample>(file, "load").rows.length, SAMPLES);
  const { outcomes, answered } = await countsOf(servers);
  assertEquals(answered, SAMPLES);
  const asked = Object.values(outcomes).reduce((sum, own) => sum + own, 0);
  console.log(
    `${SAMPLES} samples by ${asked} requests in ${seconds.toFixed(0)} s, memory grew by ${
      (grown / 2 ** 20).toFixed(0)
    } MiB; ` +
      JSON.stringify(outcomes),
  );
  assert(grown < MOST_GROWTH, `resident memory grew by ${grown} bytes`);
  // Nothing is asked for again.
  await draw(servers, { atOnce: 128, samples: SAMPLES, file });
  assertEquals(Object.values((await countsOf(servers)).outcomes).reduce((sum, own) => sum + own, 0), asked);
});

Deno.test("throughput by the number of servers, beside their own limit", async () => {
  const [slots, latencyMs] = [4, 200];
  for (const count of [1, 4, 16, 64]) {
    await using servers = await fakes(count, { slots, latencyMs });
    const samples = Math.min(SAMPLES, Math.max(200, count * 100));
    const file = `${Deno.makeTempDirSync()}/d.jsonl`;
    const [started, before] = [performance.now(), process.cpuUsage()];
    await draw(servers, { atOnce: 2 * slots, samples, file });
    const rate = samples / ((performance.now() - started) / 1000);
    const { user, system } = process.cpuUsage(before);
    const limit = count * slots * 1000 / latencyMs;
    console.log(
      `${count} servers: ${rate.toFixed(0)} samples/s of at most ${limit}, ${(100 * rate / limit).toFixed(0)} %; ` +
        `${((user + system) / 1000 / samples).toFixed(2)} ms of the processor a sample`,
    );
  }
});
