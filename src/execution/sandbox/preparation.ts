/**
 * What the interpreter does once, before its memory becomes the state that every program begins with.
 *
 * @module
 */

/**
 * Modules that many solutions import: compiling one takes longer than most programs run. `traceback` and `logging` are
 * there to be changed. The last four come with the interpreter as marshalled code, which a program may not load.
 */
const MODULES: readonly string[] = [
  ...["abc", "array", "bisect", "cmath", "collections", "collections.abc", "contextlib", "copy", "dataclasses"],
  ...["datetime", "decimal"],
  ...["enum", "fractions", "functools", "hashlib", "heapq", "io", "itertools", "json", "logging", "math", "numbers"],
  ...[
    "operator",
    "os",
    "random",
    "re",
    "statistics",
    "string",
    "struct",
    "sys",
    "time",
    "traceback",
    "types",
    "typing",
  ],
  ...["unicodedata", "warnings", "weakref", "importlib.machinery", "importlib.util", "ntpath", "runpy"],
];

/** Built-in modules that lead out of the interpreter, or into what a program must not touch; importing one fails. */
export const REMOVED_MODULES: ReadonlySet<string> = new Set([
  ...["_pyodide_core", "_ctypes", "_posixsubprocess", "gc", "_testcapi", "_testinternalcapi"],
  ...["_signal", "_interpreters", "_interpchannels", "_interpqueues", "_xxtestfuzz", "faulthandler", "mmap", "_lsprof"],
]);

/**
 * Loads the modules, takes away what would run a program's code in the middle of its tests, and lets libraries do without
 * frames, which a program must not reach: a handler of signals is given one, tracebacks and log records name no line.
 */
export const PREPARATION = `
import ${MODULES.join(", ")}
import _signal, gc
del gc.callbacks
def no_handler(signalnum, handler, /):
    raise ValueError('signal only works in main thread of the main interpreter')
_signal.signal = no_handler
traceback.walk_tb = traceback._walk_tb_with_full_positions = lambda tb: iter(())
logging.currentframe = lambda: None
`;
