/**
 * The peers in Python: an environment with pinned packages, and one process a peer that takes a step when told.
 *
 * @module
 */
import { BenchError } from "../../src/errors.ts";
import type { Peer, StepOptions, StepTime } from "./engine_peer.ts";
import { fileURLToPath } from "node:url";

/** What is compared with. */
export const PACKAGES = ["torch==2.15.0", "transformers==5.23.0", "trl==1.16.0", "datasets==5.2.0"] as const;
const ENVIRONMENT = ".cache/peers/step";

/**
 * An interpreter with the packages; makes the environment where it is absent.
 *
 * @throws {BenchError} If Python or the packages cannot be had
 */
export async function preparePython(): Promise<string> {
  const python = `${ENVIRONMENT}/bin/python`;
  try {
    await Deno.stat(python);
    return python;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await run("python3", ["-m", "venv", ENVIRONMENT]);
  await run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  return python;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args: [...args], stdout: "inherit", stderr: "inherit" })
    .output();
  if (!success) {
    throw new BenchError(`Cannot prepare the Python peers: ${program} ${args.slice(0, 3).join(" ")} failed`);
  }
}

/** Starts one Python peer and waits until it is ready. */
export async function startPythonPeer(
  name: string,
  kind: "trl" | "torch" | "generate",
  python: string,
  { hiddenSize, varying }: StepOptions,
): Promise<Peer> {
  const script = fileURLToPath(new URL("./step_peer.py", import.meta.url));
  const threads = navigator.hardwareConcurrency;
  const child = new Deno.Command(python, {
    args: [script, kind, String(hiddenSize), varying ? "varying" : "fixed", String(threads)],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new LineStream()).getReader();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.read();
    if (done) throw new BenchError(`Cannot time ${name}: ${python} ${script} ${kind} ended early; run it by hand`);
    return JSON.parse(value);
  };
  await next();
  return {
    name,
    step: async () => {
      await stdin.write(new TextEncoder().encode("step\n"));
      return await next() as StepTime;
    },
    close: async () => {
      await stdin.close();
      await lines.cancel();
      await child.status;
    },
  };
}

/** Cuts text into lines. */
class LineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
