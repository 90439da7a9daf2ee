/**
 * CPython in WebAssembly that runs one program after another, each from the same state: the interpreter's whole memory is
 * copied once, after its start, and copied back after each program. No Python code stands between a program and its
 * verdict: a program passes where the C function that runs it returns an object.
 *
 * @module
 */
import type { ExecutionVerdict, TestedProgram } from "../executor.ts";
import { auditAnswer } from "./audit.ts";
import {
  type Emscripten,
  type EmscriptenSettings,
  factoryOf,
  type Pointer,
  type PyodidePackage,
} from "./emscripten.ts";
import { plainNames, restoreModules, type SavedModules, saveModules, typeOf } from "./namespaces.ts";
import { PREPARATION, REMOVED_MODULES } from "./preparation.ts";
import { type Imports, Wall } from "./wall.ts";

/** The interpreter's memory after its start, and what lies outside it that must be the same wherever it is put back. */
export interface Snapshot {
  /** Bytes from address 0 to the end of the heap; those above it are 0. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** Entries of the table of functions. */
  readonly tableLength: number;
  readonly audit: Pointer;
  readonly builtins: Pointer;
  readonly flags: Pointer;
  readonly modules: SavedModules;
}

const PAGE_BYTES = 65536;
const MEBIBYTE = 2 ** 20;
/** Memory that an interpreter begins with; a program that needs more costs a new interpreter. */
const INITIAL_MEBIBYTES = 64;

const LIBRARY_FOLDER = "/lib/python3.13/site-packages";
const LIBRARY = "/lib/python313.zip";
const HOME = "/home/program";

// From CPython's headers: `Py_file_input`, `PyCF_SOURCE_IS_UTF8 | PyCF_IGNORE_COOKIE`, `PY_MINOR_VERSION`.
const FILE_INPUT = 257;
const COMPILER_FLAGS = 0x0100 | 0x0800;
const MINOR_VERSION = 13;
/** An entry of the table of built-in modules: a name and a function. */
const INITTAB_WORDS = 2;

const LONGEST_REASON = 200;
/** Names of events that matter are shorter. */
const LONGEST_NAME = 64;
/** What 32-bit CPython says of a size that 64-bit CPython has no memory for. */
const TOO_LARGE = "OverflowError: cannot fit 'int' into an index-sized integer";

/** An interpreter, and what it is put back to. */
export class Interpreter {
  readonly #python: Emscripten;
  readonly #wall: Wall;
  readonly #snapshot: Snapshot;
  readonly #stack: Pointer;
  readonly #streams: Emscripten["FS"]["streams"];
  readonly #shared: readonly Record<string, unknown>[];
  #usable = true;

  private constructor(python: Emscripten, wall: Wall, snapshot: Snapshot) {
    this.#python = python;
    this.#wall = wall;
    this.#snapshot = snapshot;
    this.#stack = python.stackSave();
    this.#streams = [...python.FS.streams];
    this.#shared = this.#streams.map((stream) => ({ ...stream?.shared }));
    wall.seal();
  }

  /** Starts an interpreter, from a snapshot where there is one. */
  static async start(
    files: PyodidePackage,
    mebibytes: number,
    alarm: Int32Array,
    snapshot?: Snapshot,
  ): Promise<Interpreter> {
    const wall = new Wall(alarm);
    const python = await boot(files, mebibytes, wall, snapshot === undefined);
    const audit = python.addFunction(auditHook(python, wall), "iiii");
    if (snapshot === undefined) {
      snapshot = prepare(python, audit);
    } else {
      python.HEAPU8.set(snapshot.memory);
    }
    const interpreter = new Interpreter(python, wall, snapshot);
    if (snapshot.audit !== audit || python.wasmTable.length !== snapshot.tableLength) {
      throw new Error("the interpreter's functions have other addresses than those of the snapshot");
    }
    return interpreter;
  }

  /** What {@link start} needs to make another one in less time. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Runs a program, from the snapshot's state. */
  run({ code, tests }: TestedProgram): ExecutionVerdict {
    try {
      const failure = this.#run(code, tests);
      if (this.#wall.refused !== undefined) return { outcome: "failed", reason: `tried ${this.#wall.refused}` };
      return failure ?? { outcome: "passed" };
    } catch (error) {
      this.#usable = false;
      if (this.#wall.late) return { outcome: "timed-out" };
      const outcome = this.#wall.exhausted ? "out-of-memory" : "failed";
      return { outcome, reason: `the interpreter ended: ${inOneLine(String((error as Error)?.message ?? error))}` };
    }
  }

  /**
   * Puts the snapshot's state back.
   *
   * @returns false if this interpreter cannot go on: another must take its place
   */
  reset(): boolean {
    const { memory, tableLength } = this.#snapshot;
    const heap = this.#python.HEAPU8;
    if (!this.#usable || heap.length !== INITIAL_MEBIBYTES * MEBIBYTE) return false;
    if (this.#python.wasmTable.length !== tableLength) return false;
    heap.fill(0, memory.length, this.#python._sbrk(0));
    heap.set(memory);
    this.#python.stackRestore(this.#stack);
    this.#python.FS.streams.splice(0, Infinity, ...this.#streams);
    for (const [fd, stream] of this.#streams.entries()) {
      if (!stream) continue;
      stream.fd = fd;
      Object.assign(stream.shared, this.#shared[fd]);
    }
    this.#wall.reset();
    return true;
  }

  /** The verdict on what did not run to its end; undefined where all did. */
  #run(code: string, tests: string | undefined): ExecutionVerdict | undefined {
    const python = this.#python;
    const globals = python._PyDict_New();
    const failure = this.#execute(code, globals);
    if (failure !== undefined || tests === undefined) return failure;
    // The tests see all names that the code defined, in a namespace that the code does not know, with modules and built-in
    // functions that it did not replace. Its garbage goes first, so that no finalizer of it runs among them.
    python._PyGC_Collect();
    restoreModules(python, this.#snapshot.modules);
    const own = plainNames(python, globals);
    withText(
      python,
      "__builtins__",
      (name) => python._PyDict_SetItemString(own, name, python._PyDict_Copy(this.#snapshot.builtins)),
    );
    return this.#execute(tests, own);
  }

  #execute(source: string, globals: Pointer): ExecutionVerdict | undefined {
    // A C string would end there, and the tests with it.
    if (source.includes("\0")) {
      return { outcome: "failed", reason: "SyntaxError: source code cannot contain null bytes" };
    }
    const python = this.#python;
    const result = withText(
      python,
      source,
      (text) => python._PyRun_StringFlags(text, FILE_INPUT, globals, globals, this.#snapshot.flags),
    );
    return result === 0 ? this.#failure() : undefined;
  }

  #failure(): ExecutionVerdict {
    const python = this.#python;
    const exception = python._PyErr_GetRaisedException();
    const memory = python._PyErr_GivenExceptionMatches(exception, global(python, python._PyExc_MemoryError)) !== 0;
    const reason = this.#describe(exception);
    return { outcome: memory || reason === TOO_LARGE ? "out-of-memory" : "failed", reason };
  }

  /** Type and message, as the last line of a traceback has them; the message may be made by the program. */
  #describe(exception: Pointer): string {
    const python = this.#python;
    const name = textOf(python, python._PyType_GetName(typeOf(python, exception)));
    const message = textOf(python, python._PyObject_Str(exception));
    return inOneLine(message === "" ? name : `${name}: ${message}`);
  }
}

async function boot(files: PyodidePackage, mebibytes: number, wall: Wall, fresh: boolean): Promise<Emscripten> {
  let running: Emscripten | undefined;
  const settings: EmscriptenSettings = {
    API: {
      config: { jsglobals: {}, env: {}, args: [] },
      runtimeEnv: { IN_BROWSER: true, IN_BROWSER_WEB_WORKER: true },
    },
    arguments: [],
    noInitialRun: !fresh,
    wasmMemory: new WebAssembly.Memory({
      initial: INITIAL_MEBIBYTES * MEBIBYTE / PAGE_BYTES,
      maximum: Math.max(INITIAL_MEBIBYTES, mebibytes) * MEBIBYTE / PAGE_BYTES,
    }),
    preRun: [(module) => {
      running = module;
      module.FS.mkdirTree(LIBRARY_FOLDER);
      module.FS.writeFile(LIBRARY, files.library, { canOwn: true });
      module.FS.mkdirTree(HOME);
      module.FS.chdir(HOME);
      Object.assign(module.ENV, { HOME, PYTHONHASHSEED: "0" });
    }],
    print: () => {},
    printErr: () => {},
    locateFile: (path) => path,
    instantiateWasm: (imports: Imports, done) => {
      wall.enclose(imports, () => running!);
      imports.sentinel = { create_sentinel: () => ({}), is_sentinel: () => 0 };
      done(new WebAssembly.Instance(files.module, imports as WebAssembly.Imports), files.module);
      return {};
    },
  };
  return await factoryOf(files.script)(settings);
}

/** Brings a fresh interpreter into the state that programs begin with. */
function prepare(python: Emscripten, audit: Pointer): Snapshot {
  const flags = python._PyMem_RawMalloc(2 * Uint32Array.BYTES_PER_ELEMENT);
  python.HEAPU32.set([COMPILER_FLAGS, MINOR_VERSION], flags >>> 2);
  python.HEAPU8[python._Py_EMSCRIPTEN_SIGNAL_HANDLING] = 1;
  const globals = python._PyDict_New();
  const done = withText(
    python,
    PREPARATION,
    (text) => python._PyRun_StringFlags(text, FILE_INPUT, globals, globals, flags),
  );
  if (done === 0) throw new Error("the interpreter cannot load its standard library");
  python._Py_DecRef(globals);
  const builtins = python._PyDict_Copy(python._PyEval_GetBuiltins());
  removeModules(python);
  python._PyGC_Collect();
  if (python._PySys_AddAuditHook(audit, 0) !== 0) throw new Error("the interpreter takes no audit hook");
  const modules = saveModules(python);
  const { HEAPU8: heap, wasmTable } = python;
  return { memory: heap.slice(0, python._sbrk(0)), tableLength: wasmTable.length, audit, builtins, flags, modules };
}

/** Takes modules out of the table of built-in ones, and out of the copy that the interpreter made of it at its start. */
function removeModules(python: Emscripten): void {
  const words = python.HEAPU32;
  const table = global(python, python._PyImport_Inittab) >>> 2;
  const first = words.slice(table, table + 2 * INITTAB_WORDS);
  let found = 0;
  for (let at = words.indexOf(first[0]); at >= 0; at = words.indexOf(first[0], at + 1)) {
    if (!first.every((word, i) => words[at + i] === word)) continue;
    found++;
    let to = at;
    for (let from = at; words[from] !== 0; from += INITTAB_WORDS) {
      if (REMOVED_MODULES.has(python.UTF8ToString(words[from]))) continue;
      words.copyWithin(to, from, from + INITTAB_WORDS);
      to += INITTAB_WORDS;
    }
    words.fill(0, to, to + INITTAB_WORDS);
  }
  if (found < 2) throw new Error("the interpreter has no table of built-in modules");
}

/** Where the interpreter asks whether it may; see audit.ts. */
function auditHook(python: Emscripten, wall: Wall): (event: Pointer, args: Pointer) => number {
  // A program may make up events, with other arguments or none.
  const argument = (args: Pointer, index: number) => textOf(python, python._PyTuple_GetItem(args, index));
  return (event, args) => {
    const name = python.UTF8ToString(event, LONGEST_NAME);
    const answer = auditAnswer(name, (index) => argument(args, index));
    if (answer === "allowed") return 0;
    if (answer === "refused") wall.refuse(name === "import" ? `import ${argument(args, 0)}` : name);
    withText(
      python,
      `${name} is out of reach here`,
      (text) => python._PyErr_SetString(global(python, python._PyExc_PermissionError), text),
    );
    return -1;
  };
}

/** The object, or the pointer, that a global variable of CPython holds. */
function global(python: Emscripten, variable: Pointer): Pointer {
  return python.HEAPU32[variable >>> 2];
}

function withText<Result>(python: Emscripten, text: string, use: (at: Pointer) => Result): Result {
  const at = python.stringToNewUTF8(text);
  try {
    return use(at);
  } finally {
    python._free(at);
  }
}

/** A Python string, of the beginning that a reason may show; empty where making it failed. */
function textOf(python: Emscripten, object: Pointer): string {
  const at = object === 0 ? 0 : python._PyUnicode_AsUTF8(object);
  if (at !== 0) return python.UTF8ToString(at, 4 * LONGEST_REASON);
  python._PyErr_Clear();
  return "";
}

function inOneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
