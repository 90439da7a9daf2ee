/**
 * A peer's process: it reads a line for each question and answers with a line of JSON.
 *
 * @module
 */
import { BenchError } from "../../src/errors.ts";
import { visible } from "../../src/text/visible.ts";
import { TextLineStream } from "./text_lines.ts";

/** What every peer is: a process that ends with its owner. */
export interface PeerProcess extends AsyncDisposable {
  readonly pid: number;
}

/** One that answers. */
export interface AnsweringProcess extends PeerProcess {
  /**
   * What it says next.
   *
   * @throws {BenchError} If it ended, or says why it failed
   */
  answer(): Promise<Answer>;
  /** What it answers to a line; throws as `answer`. */
  ask(line: string): Promise<Answer>;
}

/** A line of JSON; `failed` says why there is nothing else. */
export type Answer = Readonly<Record<string, unknown>>;

/** What is started. */
export interface PeerProgram {
  /** What errors call it, with the model. */
  readonly title: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts it. */
export function startPeerProcess({ title, program, args, env }: PeerProgram): AnsweringProcess {
  const child = new Deno.Command(program, {
    args: [...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const answer = async (): Promise<Answer> => {
    const { value } = await lines.read();
    const found: Answer = value === undefined ? { failed: "it ended" } : JSON.parse(value);
    if (found.failed === undefined) return found;
    throw new BenchError(`Cannot time ${title}: ${visible(String(found.failed))}`);
  };
  return {
    pid: child.pid,
    answer,
    async ask(line: string): Promise<Answer> {
      // Whether it still listens is said by its answer.
      await stdin.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
      return await answer();
    },
    async [Symbol.asyncDispose]() {
      await stdin.close().catch(() => {});
      await lines.cancel();
      await child.status;
    },
  };
}
