/**
 * The peer in Python as a process: `peer.py` says what it does.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { TextLineStream } from "./text_lines.ts";
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import { BenchError } from "../../src/errors.ts";
import type { NamedShape, WorkSize } from "./shapes.ts";

/** What the peer took. */
export interface PeerTime {
  readonly seconds: number;
  readonly decodeSeconds: number;
  readonly tokens: number;
}

/** A peer that is ready. */
export interface GpuPeer extends AsyncDisposable {
  /** @throws {BenchError} If it has no memory for it */
  take(what: "generate" | "step", size: WorkSize): Promise<PeerTime>;
}

/** Starts one on a model of random weights. */
export function startPeer(
  interpreter: string,
  { name, config }: NamedShape,
  dtype: "float32" | "bfloat16",
  device: "cpu" | "cuda",
): GpuPeer {
  const child = new Deno.Command(interpreter, {
    args: [
      fileURLToPath(new URL("./peer.py", import.meta.url)),
      JSON.stringify(formatCheckpointConfig(config, dtype)),
      dtype,
      device,
    ],
    env: { OMP_NUM_THREADS: "1", HF_HUB_OFFLINE: "1", TRANSFORMERS_VERBOSITY: "error", PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  return {
    async take(what, { prompts, group, promptTokens, tokens }) {
      const asked = { do: what, prompts, group, promptTokens, tokens };
      await stdin.write(new TextEncoder().encode(JSON.stringify(asked) + "\n"));
      const { value } = await lines.read();
      const answer = value === undefined ? { failed: "it ended" } : JSON.parse(value);
      if (answer.failed !== undefined) throw new BenchError(`Cannot time the peer on ${name}: ${answer.failed}`);
      return answer as PeerTime;
    },
    async [Symbol.asyncDispose]() {
      await stdin.close().catch(() => {});
      await lines.cancel();
      await child.status;
    },
  };
}
