/**
 * Running a command inside a test: what it prints, what it returns, and a folder of its own.
 *
 * @module
 */

/** What a command printed and its exit code. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with `console.log` and `console.error` collected. */
export async function captured(command: () => Promise<number>): Promise<Captured> {
  const [log, error] = [console.log, console.error];
  const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  console.log = (...words: unknown[]) => lines.stdout.push(words.join(" "));
  console.error = (...words: unknown[]) => lines.stderr.push(words.join(" "));
  try {
    const code = await command();
    return { code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n") };
  } finally {
    [console.log, console.error] = [log, error];
  }
}

/** Gives a test a folder that is gone afterwards. */
export async function inFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
