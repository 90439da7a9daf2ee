/**
 * Starts a command under the least permission set that its flags need: each kind of native code (`--native`,
 * `--native=blas`, `--backend tensorflow`) has a set of its own, and nothing else gets `ffi`.
 *
 * @module
 */

/** A path and not the URL's, in which a space reads `%20`. */
const PROGRAM = `${import.meta.dirname}/main.ts`;

/** The permission set of a command line. */
export function permissionSet(argv: readonly string[]): string {
  const words = argv.join("=").split("=");
  const valueOf = (flag: string) => words.includes(flag) ? words[words.indexOf(flag) + 1] ?? "" : undefined;
  if (valueOf("--backend") === "tensorflow") return "bench-tensorflow";
  const native = valueOf("--native");
  if (native === undefined) return "bench";
  return native === "blas" ? "bench-blas" : "bench-c";
}

/** Runs `main.ts` with this command line in a child process and returns its exit code. */
async function launch(argv: readonly string[]): Promise<number> {
  // The child has the terminal: it saves and ends on Ctrl-C, and this process waits for it.
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", `-P=${permissionSet(argv)}`, PROGRAM, ...argv],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return (await child.status).code;
}

if (import.meta.main) Deno.exit(await launch(Deno.args));
