/**
 * Programs that the setup runs: Python's pip, a C++ compiler, tar. A program that is missing, or fails, is an error
 * that says so in a line.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/** What a program left behind. */
export interface ProgramOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; undefined where there is no such program. Tests put their own here. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<ProgramOutput | undefined>;

/** Runs a program of this machine. */
export const runProgram: RunProgram = async (program, args) => {
  const decoder = new TextDecoder();
  try {
    const output = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
    return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
};

/**
 * A program that must succeed.
 *
 * @param purpose what could not be done if it fails, e.g. `compile the addon`
 * @throws {BenchError} If it is missing, with `fix` as what to do, or if it fails, with what it said of it
 */
export async function mustRun(
  run: RunProgram,
  { program, args, purpose, fix }: { program: string; args: readonly string[]; purpose: string; fix: string },
): Promise<string> {
  const output = await run(program, args);
  if (output === undefined) throw new BenchError(`Cannot ${purpose}: found no program ${program}; ${fix}`);
  if (output.code !== 0) {
    const said = mainLine(output.stderr) ?? mainLine(output.stdout) ?? "it said nothing";
    throw new BenchError(
      `Cannot ${purpose}: ${program.split(/[/\\]/).at(-1)} ended with ${output.code}: ${said}; ${fix}`,
    );
  }
  return output.stdout;
}

/** The first line that speaks of an error, as compilers and pip write it, else the last line with something in it. */
function mainLine(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
}
