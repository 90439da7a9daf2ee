/**
 * Runs the real program as a user does, in a folder of its own.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What a finished command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `src/cli/main.ts` from the repository's root, with every permission. */
export function start(args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "src/cli/main.ts", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

/** Runs a command to its end. */
export async function run(args: readonly string[]): Promise<Finished> {
  return await finish(start(args));
}

/** Waits for a started command. */
export async function finish(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** All files below a folder with their contents, by path. */
export async function contents(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of paths(folder)) files.set(path, await Deno.readTextFile(`${folder}/${path}`));
  return files;
}

/** Paths of all files below a folder. */
export function paths(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${prefix}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? paths(folder, `${prefix}${name}/`) : [prefix + name]
  );
}
