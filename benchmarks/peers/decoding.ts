/**
 * Decoding at the size of a real small model, beside transformers' `generate`, vLLM and node-llama-cpp: the same shape,
 * prompts, lengths and cores, in 32 bits on the CPU, interleaved.
 *
 * @module
 */
import { cpus } from "node:os";
import { createEngine } from "../../src/engine/engine.ts";
import { parameterCount } from "../../src/models/parameters.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import { type PeerPlace, startPeer, startVllm } from "../gpu/peer.ts";
import { SMOLLM2_135M, type WorkSize } from "../gpu/shapes.ts";
import { rotated } from "../gpu/speed.ts";
import { decode, settingsOf, type Way } from "../gpu/work.ts";
import { LLAMA, startLlama } from "./llama.ts";
import { median } from "./statistics.ts";
import { initialWeights, randomPrompts } from "./workload.ts";

const PROMPT_TOKENS = 64, NEW_TOKENS = 64;
const BATCHES = [1, 8, 32];
const CORES = navigator.hardwareConcurrency;
const BYTES_PER_WEIGHT = Float32Array.BYTES_PER_ELEMENT;

/** Who decodes. */
interface DecodingPeer {
  readonly name: string;
  readonly seconds: (size: WorkSize, round: number) => Promise<number>;
}

/** Who decodes beside the engine. */
export interface DecodingPeers {
  /** A Python with torch and transformers. */
  readonly python: string;
  /** One with vLLM; absent: without it. */
  readonly vllm: string | undefined;
  /** Whether node-llama-cpp does. */
  readonly llama: boolean;
}

/** The table: prompts are read within the time, each its own. */
export async function decodingTable({ python, vllm, llama }: DecodingPeers, rounds: number): Promise<string> {
  await using started = new AsyncDisposableStack();
  const missing = [
    ...(vllm === undefined ? ["vLLM (no --vllm PATH)"] : []),
    ...(llama ? [] : [`${LLAMA} (no --llama)`]),
  ];
  const leftOut = missing.length > 0 ? `Left out: ${missing.join(", ")}.` : undefined;
  if (leftOut !== undefined) console.error(leftOut);
  const peers: DecodingPeer[] = [];
  const place: PeerPlace = { interpreter: python, dtype: "float32", device: "cpu", threads: CORES };
  const generate = started.use(startPeer(SMOLLM2_135M, place));
  const peer = async (size: WorkSize) => (await generate.take("generate", size)).seconds;
  peers.push({ name: "transformers generate", seconds: peer });
  if (vllm !== undefined) {
    const server = started.use(await startVllm(SMOLLM2_135M, { ...place, interpreter: vllm }));
    peers.push({ name: `vLLM ${server.version}`, seconds: async (size) => (await server.generate(size)).seconds });
  }
  const weights = initialWeights(SMOLLM2_135M.config);
  if (llama) {
    const other = started.use(await startLlama(SMOLLM2_135M, weights, CORES));
    peers.push({
      name: LLAMA,
      seconds: async ({ prompts, promptTokens, tokens }) =>
        (await other.decode({ prompts: randomPrompts(prompts, promptTokens), tokens, temperature: 1 })).seconds,
    });
  }
  for (const products of ["c", "wasm"] as const) {
    const model = started.adopt(
      await createEngine(SMOLLM2_135M.config, weights, { workers: CORES, products }),
      (model) => model.dispose(),
    );
    const ways: readonly Way[] = products === "c" ? ["discrete", "soft-thinking"] : ["discrete"];
    for (const way of ways) {
      const settings = await settingsOf(way, model, NEW_TOKENS);
      peers.push({
        name: `engine, ${way}${products === "c" ? "" : ", --sandboxed"}`,
        seconds: async (size, round) => {
          const before = performance.now();
          await decode(model, settings, size, round);
          return (performance.now() - before) / 1000;
        },
      });
    }
  }
  const speeds = await interleave(peers, rounds);
  return [tableOf(speeds, rounds), ...(leftOut === undefined ? [] : [leftOut])].join("\n\n");
}

/** Tokens a second of every peer, by batch; the first round warms up. */
async function interleave(
  peers: readonly DecodingPeer[],
  rounds: number,
): Promise<Map<string, Map<number, number[]>>> {
  const speeds = new Map(peers.map(({ name }) => [name, new Map(BATCHES.map((batch) => [batch, [] as number[]]))]));
  for (const batch of BATCHES) {
    const size = { prompts: batch, group: 1, promptTokens: PROMPT_TOKENS, tokens: NEW_TOKENS };
    for (let round = 0; round <= rounds; round++) {
      console.error(`${SMOLLM2_135M.name}, batch ${batch}: round ${round} of ${rounds}`);
      for (const { name, seconds } of rotated(peers, round)) {
        const speed = batch * NEW_TOKENS / await seconds(size, round);
        if (round > 0) speeds.get(name)!.get(batch)!.push(speed);
      }
    }
  }
  return speeds;
}

function tableOf(speeds: ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>, rounds: number): string {
  const [first] = speeds.values();
  const rows = [...speeds].map(([name, own]) => [
    name,
    ...BATCHES.flatMap((batch) => [
      median(own.get(batch)!).toFixed(0),
      (median(own.get(batch)!) / median(first.get(batch)!)).toFixed(2),
    ]),
  ]);
  const columns = ["peer", ...BATCHES.flatMap((batch) => [`batch ${batch}, tokens/s`, "of generate"])];
  const bytes = parameterCount(SMOLLM2_135M.config) * BYTES_PER_WEIGHT;
  return [
    `${cpus()[0]?.model ?? "unknown processor"}, ${CORES} cores. ${SMOLLM2_135M.name} with random weights, float32, ` +
    `${(bytes / 1e9).toFixed(2)} GB that each position reads; prompts of ${PROMPT_TOKENS} tokens, ${NEW_TOKENS} new ` +
    `ones; medians of ${rounds} interleaved rounds after one of warm-up, reading the prompts included.`,
    markdownTable(columns, rows),
  ].join("\n\n");
}
