/**
 * Peers in Python, a process each: `peer.py`, `trl_peer.py` and `vllm_peer.py` say what they do.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import { visible } from "../../src/text/visible.ts";
import { randomPrompts } from "../peers/workload.ts";
import { type AnsweringProcess, type PeerProcess, startPeerProcess } from "./peer_process.ts";
import type { NamedShape, WorkSize } from "./shapes.ts";

/** What the peer took. */
export interface PeerTime {
  readonly seconds: number;
  readonly decodeSeconds: number;
  readonly tokens: number;
}

/** Where a peer computes. */
export interface PeerPlace {
  readonly interpreter: string;
  readonly dtype: "float32" | "bfloat16";
  readonly device: "cpu" | "cuda";
  /** Of the CPU. */
  readonly threads: number;
}

/** One that decodes and trains at any size. */
export interface GpuPeer extends PeerProcess {
  /** @throws {BenchError} If it has no memory for it */
  take(what: "generate" | "step", size: WorkSize): Promise<PeerTime>;
}

/** One that trains at the size that it was started for. */
export interface TrlPeer extends PeerProcess {
  /** Its version. */
  readonly version: string;
  /** @throws {BenchError} If it has no memory for it */
  step(): Promise<PeerTime>;
}

/** One that decodes. */
export interface VllmPeer extends PeerProcess {
  /** Its version. */
  readonly version: string;
  /** @throws {BenchError} If it ends */
  generate(size: WorkSize): Promise<PeerTime>;
}

/** Starts a plain PyTorch peer on a model of random weights. */
export function startPeer({ name, config }: NamedShape, place: PeerPlace): GpuPeer {
  const { ask, ...process } = startProcess("peer.py", name, [
    JSON.stringify(formatCheckpointConfig(config, place.dtype)),
    place.dtype,
    place.device,
  ], place);
  return {
    ...process,
    async take(what, { prompts, group, promptTokens, tokens }) {
      return await ask(JSON.stringify({ do: what, prompts, group, promptTokens, tokens })) as unknown as PeerTime;
    },
  };
}

/**
 * Starts TRL on a model of random weights and the prompts that the others get.
 *
 * @throws {BenchError} If that Python has no TRL, or its first step fails: what it said
 */
export async function startTrl({ name, config }: NamedShape, place: PeerPlace, size: WorkSize): Promise<TrlPeer> {
  const prompts = randomPrompts(size.prompts, size.promptTokens).map((ids) => [...ids]);
  const { ask, answer, ...process } = startProcess("trl_peer.py", name, [
    JSON.stringify(formatCheckpointConfig(config, place.dtype)),
    place.dtype,
    place.device,
    JSON.stringify({ prompts, group: size.group, tokens: size.tokens }),
  ], place);
  try {
    const { ready } = await answer();
    const step = async () => await ask("step") as unknown as PeerTime;
    // Whether it fits is known then.
    await step();
    return { ...process, version: visible(String(ready)), step };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Starts vLLM on a model of random weights.
 *
 * @throws {BenchError} If that Python has no vLLM, or it cannot start: what it said
 */
export async function startVllm({ name, config }: NamedShape, place: PeerPlace): Promise<VllmPeer> {
  const { ask, answer, ...process } = startProcess("vllm_peer.py", name, [
    JSON.stringify(formatCheckpointConfig(config, place.dtype)),
    place.dtype,
    place.device,
  ], place);
  try {
    const { ready } = await answer();
    const generate = async (size: WorkSize) => await ask(JSON.stringify(size)) as unknown as PeerTime;
    return { ...process, version: visible(String(ready)), generate };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

function startProcess(
  script: string,
  model: string,
  args: readonly string[],
  { interpreter, threads }: PeerPlace,
): AnsweringProcess {
  return startPeerProcess({
    title: `${script} on ${model}`,
    program: interpreter,
    args: [fileURLToPath(new URL(`./${script}`, import.meta.url)), ...args],
    env: {
      OMP_NUM_THREADS: `${threads}`,
      HF_HUB_OFFLINE: "1",
      TRANSFORMERS_VERBOSITY: "error",
      TOKENIZERS_PARALLELISM: "false",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
}
