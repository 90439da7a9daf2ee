/**
 * What a program may not do inside the interpreter: reach the frames and the compiled code of its tests, which would let it
 * jump over them, and try what the wall refuses anyway. CPython asks before each such act (PEP 578); the answer comes from
 * JavaScript, where no Python object can change it.
 *
 * @module
 */

/** Allowed, denied with an exception, or refused: then the program fails, whatever it does with the exception. */
export type AuditAnswer = "allowed" | "denied" | "refused";

/** Acts that no solution of a programming problem needs. */
const REFUSED: ReadonlySet<string> = new Set([
  ...["sys.settrace", "sys.setprofile", "sys.addaudithook", "sys._current_frames", "sys._current_exceptions"],
  ...[
    "sys.monitoring.register_callback",
    "code.__new__",
    "marshal.loads",
    "marshal.load",
    "gc.get_objects",
    "gc.get_referrers",
    "gc.get_referents",
  ],
  ...["os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill", "os.killpg"],
  ...["subprocess.Popen", "pty.spawn", "signal.pthread_kill", "webbrowser.open"],
]);
const REFUSED_FAMILIES: readonly string[] = ["ctypes.", "socket."];

/** Packages that are doors to JavaScript: they are not there, and nothing else looks for them. */
const REFUSED_PACKAGES: ReadonlySet<string> = new Set(["js", "pyodide", "pyodide_js", "_pyodide", "_pyodide_core"]);

/** Acts that libraries try. */
const DENIED: ReadonlySet<string> = new Set(["sys._getframe"]);

/** Attributes that lead from an object to the frame that runs, or replace a function's code. */
const DENIED_READS: ReadonlySet<string> = new Set(["tb_frame", "gi_frame", "cr_frame", "ag_frame"]);
const DENIED_WRITES: ReadonlySet<string> = new Set(["__code__"]);

/**
 * What becomes of an act.
 *
 * @param event name of PEP 578's table of audit events
 * @param argument reads an argument of the event that is text: of `import` the first is the module's name, of
 *   `object.__getattr__` and `object.__setattr__` the second is the attribute's
 */
export function auditAnswer(event: string, argument: (index: number) => string): AuditAnswer {
  if (event === "import") return REFUSED_PACKAGES.has(argument(0).split(".")[0]) ? "refused" : "allowed";
  if (event === "object.__getattr__") return DENIED_READS.has(argument(1)) ? "denied" : "allowed";
  if (event === "object.__setattr__" || event === "object.__delattr__") {
    return DENIED_WRITES.has(argument(1)) ? "refused" : "allowed";
  }
  if (REFUSED.has(event) || REFUSED_FAMILIES.some((family) => event.startsWith(family))) return "refused";
  return DENIED.has(event) ? "denied" : "allowed";
}
