/**
 * The peers in Python: an environment with pinned packages, and one process a peer that takes a step when told.
 *
 * @module
 */
import { BenchError } from "../../src/errors.ts";
import { startPeerProcess } from "../gpu/peer_process.ts";
import type { Peer, StepOptions, StepTime } from "./engine_peer.ts";
import { fileURLToPath } from "node:url";

/** Where peers live. */
export const CACHE = ".cache/peers";
/** What is compared with. */
export const PACKAGES = ["torch==2.15.0", "transformers==5.23.0", "trl==1.16.0", "datasets==5.2.0"] as const;

/**
 * An interpreter with some packages, of the environment of that name; makes it where it is absent.
 *
 * @param packages pinned, as pip has them
 * @throws {BenchError} If Python or the packages cannot be had
 */
export async function preparePython(name: string, packages: readonly string[]): Promise<string> {
  const environment = `${CACHE}/${name}`;
  const python = `${environment}/bin/python`;
  try {
    await Deno.stat(python);
    return python;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    await run("python3", ["-m", "venv", environment]);
    await run(python, ["-m", "pip", "install", "--quiet", ...packages]);
  } catch (error) {
    // One without its packages would be taken for whole the next time.
    await Deno.remove(environment, { recursive: true }).catch(() => {});
    throw error;
  }
  return python;
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args: [...args], stdout: "inherit", stderr: "inherit" })
    .output();
  if (!success) {
    throw new BenchError(`Cannot prepare a peer: ${program} ${args.slice(0, 3).join(" ")} failed, see above`);
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
  const process = startPeerProcess({
    title: `${name} by ${script} ${kind}`,
    program: python,
    args: [script, kind, String(hiddenSize), varying ? "varying" : "fixed", String(threads)],
    env: {},
  });
  await process.answer();
  return {
    name,
    step: async () => await process.ask("step") as unknown as StepTime,
    close: async () => await process[Symbol.asyncDispose](),
  };
}
