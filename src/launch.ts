/**
 * Starts a command under the least permission set that its flags need: native code (`--native`, `--backend tensorflow`)
 * has a set of its own, and nothing else gets `ffi`.
 *
 * @module
 */

/** Why a command line needs native code, or undefined. */
export function needsNativeCode(argv: readonly string[]): boolean {
  const joined = argv.join("=");
  return /(^|=)--native(=|$)/.test(joined) || /(^|=)--backend=tensorflow(=|$)/.test(joined);
}

/** Runs `cli.ts` with this command line in a child process and returns its exit code. */
async function launch(argv: readonly string[]): Promise<number> {
  const set = needsNativeCode(argv) ? "bench-native" : "bench";
  // The child has the terminal: it saves and ends on Ctrl-C, and this process waits for it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", `-P=${set}`, new URL("cli.ts", import.meta.url).pathname, ...argv],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return (await child.status).code;
}

if (import.meta.main) Deno.exit(await launch(Deno.args));
