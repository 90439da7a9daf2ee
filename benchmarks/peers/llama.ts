/**
 * node-llama-cpp as a peer: llama.cpp on a GGUF file of given weights. Nobody but this benchmark fetches it, and what
 * belongs to it lies in a folder of the peers.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import { writeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { BenchError } from "../../src/errors.ts";
import type { NamedTensors } from "../../src/models/language_model.ts";
import { parameterShapes } from "../../src/models/parameters.ts";
import { type PeerProcess, startPeerProcess } from "../gpu/peer_process.ts";
import type { NamedShape } from "../gpu/shapes.ts";
import { CACHE, preparePython } from "./python_peer.ts";

const VERSION = "3.21.1";
/** What it is called. */
export const LLAMA = `node-llama-cpp ${VERSION}`;
const PACKAGE = `npm:node-llama-cpp@${VERSION}`;
/** Deno's cache for it. */
export const LLAMA_FOLDER = `${CACHE}/deno`;
/** Writes the file that it reads. */
const GGUF_PACKAGES = ["gguf==0.19.0"] as const;
/** It tries its native library in a process of its own, then loads it; it has no network, and writes nothing. */
const PERMISSIONS = ["--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "--allow-run", "--no-prompt"];

/** What is decoded. */
export interface LlamaWork {
  /** (N, P) token ids. */
  readonly prompts: readonly Int32Array[];
  /** T, new tokens of every sequence. */
  readonly tokens: number;
  /** 0: the likeliest token. */
  readonly temperature: number;
}

/** What came of it. */
export interface LlamaAnswer {
  readonly seconds: number;
  /** (N, T) token ids. */
  readonly completions: readonly (readonly number[])[];
}

/** One that decodes. */
export interface LlamaPeer extends PeerProcess {
  /** @throws {BenchError} If it ends */
  decode(work: LlamaWork): Promise<LlamaAnswer>;
}

/**
 * Starts it on a model of Llama's family; the first time it is fetched.
 *
 * @param weights by the names of Hugging Face
 * @throws {BenchError} If it, or what writes its file, cannot be had, or it cannot load the model: what it said
 */
export async function startLlama(
  { name, config }: NamedShape,
  weights: NamedTensors,
  threads: number,
): Promise<LlamaPeer> {
  if (config.family !== "llama") {
    throw new BenchError(`Cannot decode ${name} with ${LLAMA}: its family is ${config.family}, expected llama`);
  }
  const python = await preparePython("gguf", GGUF_PACKAGES);
  await using started = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ dir: CACHE, prefix: "llama-" });
  started.defer(() => Deno.remove(folder, { recursive: true }));
  const source = `${folder}/model.safetensors`, target = `${folder}/model.gguf`;
  writeSafetensors(source, weights, parameterShapes(config), "F32");
  await writeGguf(python, [JSON.stringify(formatCheckpointConfig(config, "float32")), source, target]);
  await Deno.remove(source);
  const process = started.use(startPeerProcess({
    title: `${LLAMA} on ${name}`,
    program: Deno.execPath(),
    args: ["run", "--quiet", "--no-config", "--no-lock", ...PERMISSIONS, scriptPath("llama_peer.ts")]
      .concat(PACKAGE, target, String(threads)),
    env: { DENO_DIR: resolve(LLAMA_FOLDER) },
  }));
  await process.answer().catch((error) => {
    throw error instanceof BenchError
      ? new BenchError(`${error.message}; to measure the others, leave --llama out`)
      : error;
  });
  const owned = started.move();
  return {
    pid: process.pid,
    async decode({ prompts, ...work }) {
      const asked = JSON.stringify({ prompts: prompts.map((ids) => [...ids]), ...work });
      return await process.ask(asked) as unknown as LlamaAnswer;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function writeGguf(python: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(python, {
    args: [scriptPath("gguf_writer.py"), ...args],
    stdout: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new BenchError(`Cannot write a GGUF file: gguf_writer.py failed in ${python}, see above`);
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url));
}
