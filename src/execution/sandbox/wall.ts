/**
 * What the interpreter may ask of JavaScript: WebAssembly can call its imports and nothing else, so this list is the wall.
 * It may read clocks, and the files of its own memory file system, which hold the standard library. Everything else is
 * refused, and a refused call is remembered: a program that swallows the error has still tried.
 *
 * @module
 */
import type { Emscripten } from "./emscripten.ts";

type Import = ((...args: number[]) => unknown) & { sig?: string };
/** Imports of the interpreter, by module and name. */
export type Imports = Record<string, Record<string, Import>>;

/** What stays as Emscripten made it. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...["environ_sizes_get", "environ_get", "clock_res_get", "clock_time_get", "emscripten_date_now"],
  ...["_tzset_js", "_timegm_js", "_mktime_js", "_localtime_js", "_gmtime_js"],
  ...["emscripten_get_heap_max", "_emscripten_get_progname", "_Py_emscripten_runtime"],
  ...["_PyEM_InitTrampoline_js", "_PyEM_GetCountArgsPtr"],
  ...["_PyEM_TrampolineCall_JS"],
  ...["fd_read", "fd_pread", "fd_seek", "fd_close", "fd_fdstat_get", "__syscall_fcntl64", "__syscall_fstat64"],
  ...["__syscall_getcwd", "__syscall_getdents64"],
]);

/** What stays so for a path that is not too long, by the argument that holds it. */
const PATH_ARGUMENTS: Readonly<Record<string, number>> = {
  __syscall_stat64: 0,
  __syscall_lstat64: 0,
  __syscall_newfstatat: 1,
  __syscall_faccessat: 1,
  __syscall_readlinkat: 1,
};
/** A longer path is refused unread: as a JavaScript string it could fill this process's own memory. */
const LONGEST_PATH = 4096;

/** WASI's numbers of errors, which Emscripten uses. */
const ERRORS = { badFile: 8, nameTooLong: 37, notTerminal: 59, notPermitted: 63, readOnly: 69 } as const;

/** Bits of `open` that ask for more than reading: write, read and write, create, truncate, append. */
const WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000;
/** Writing here keeps nothing, and `open(os.devnull, "w")` is common. */
const NULL_DEVICE = "/dev/null";

/** Bytes of a buffer and its length in an `iovec`. */
const VECTOR_BYTES = 8;

/** Where the pseudo-random bytes of every program begin, so that a verdict is the same in every run. */
const SEED = 0x9e3779b9;

/** The program went where this interpreter cannot come back from. */
export class InterpreterGone extends Error {
  /** For `error.name`. */
  override readonly name: string = "InterpreterGone";
}

/** The wall around one interpreter. */
export class Wall {
  #refused: string | undefined;
  #exhausted = false;
  #sealed = false;
  #late = false;
  #random = SEED;
  readonly #alarm: Int32Array;

  /** @param alarm one number, shared with the clock outside: not 0 once the program's time is up */
  constructor(alarm: Int32Array) {
    this.#alarm = alarm;
  }

  /** Whether the program was ended because its time was up. */
  get late(): boolean {
    return this.#late;
  }

  /** The first thing that was refused since {@link reset}. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** Whether the interpreter asked for more memory than it may have since {@link reset}. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  /** Refuses from here on; the interpreter's own start needs more. */
  seal(): void {
    this.#sealed = true;
  }

  /** Forgets what a program did. */
  reset(): void {
    this.#refused = undefined;
    this.#exhausted = false;
    this.#random = SEED;
  }

  /** Remembers what a program tried. */
  refuse(what: string): void {
    this.#refused ??= what;
  }

  /** Puts itself between the interpreter and its imports, in place. */
  enclose(imports: Imports, running: () => Emscripten): void {
    const environment = imports.env;
    const own = this.#own(environment, running);
    for (const [name, original] of Object.entries(environment)) {
      if (typeof original !== "function" || ALLOWED.has(name)) continue;
      const replaced = own[name] ?? withShortPath(name, original, running) ?? this.#refusal(name, original);
      // The type of a function, which Emscripten needs where its address is taken.
      if (original.sig !== undefined) replaced.sig = original.sig;
      environment[name] = replaced;
    }
  }

  #refusal(name: string, original: Import): Import {
    return (...args) => {
      if (!this.#sealed) return original(...args);
      this.refuse(name);
      if (name.startsWith("__syscall_")) return -ERRORS.notPermitted;
      if (name.startsWith("fd_")) return ERRORS.notPermitted;
      throw new InterpreterGone(name);
    };
  }

  /** Ends a program whose time is up. A worker that ends so gives its memory back; one that is terminated may not. */
  #requireTime(): void {
    if (Atomics.load(this.#alarm, 0) === 0) return;
    this.#late = true;
    throw new InterpreterGone("its time was up");
  }

  #end(how: string): never {
    this.refuse(how);
    throw new InterpreterGone(how);
  }

  /** Imports that do less than Emscripten's. */
  #own(environment: Record<string, Import>, running: () => Emscripten): Record<string, Import> {
    const { __syscall_openat: open, emscripten_resize_heap: grow, emscripten_get_now: time } = environment;
    return {
      // CPython calls this every few instructions, and waits by asking for the time.
      _Py_CheckEmscriptenSignals_Helper: () => {
        this.#requireTime();
        return 0;
      },
      emscripten_get_now: () => {
        this.#requireTime();
        return time();
      },
      __syscall_openat: (folder, path, flags, more) => {
        if (this.#sealed && (flags & WRITING) !== 0) {
          const name = running().UTF8ToString(path >>> 0, LONGEST_PATH);
          if (name !== NULL_DEVICE) {
            this.refuse(`open ${name} for writing`);
            return -ERRORS.readOnly;
          }
        }
        if (isTooLong(running(), path)) return -ERRORS.nameTooLong;
        return open(folder, path, flags, more);
      },
      // What a program prints goes nowhere: it may print without end, and no verdict is read from it.
      fd_write: (file, vectors, count, written) => {
        this.#requireTime();
        if (running().FS.streams[file] == null) return ERRORS.badFile;
        const words = running().HEAPU32;
        let total = 0;
        for (let i = 0; i < count; i++) total += words[((vectors >>> 0) + i * VECTOR_BYTES + VECTOR_BYTES / 2) >>> 2];
        words[written >>> 2] = total;
        return 0;
      },
      emscripten_resize_heap: (bytes) => {
        const grown = grow(bytes);
        if (!grown) this.#exhausted = true;
        return grown;
      },
      random_get: (at, size) => {
        this.#fillRandom(running().HEAPU8.subarray(at >>> 0, (at >>> 0) + (size >>> 0)));
        return 0;
      },
      __syscall_ioctl: () => -ERRORS.notTerminal,
      // Importing `select` tries it.
      __syscall_poll: () => -ERRORS.notPermitted,
      _setitimer_js: () => -1,
      _emscripten_system: () => {
        this.refuse("system");
        return -1;
      },
      proc_exit: (code) => this.#end(`exit(${code})`),
      exit: (code) => this.#end(`exit(${code})`),
      _abort_js: () => this.#end("abort()"),
    };
  }

  /** Marsaglia's xorshift of 32 bits: reproducible, and of no use as a secret. */
  #fillRandom(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      this.#random ^= this.#random << 13;
      this.#random ^= this.#random >>> 17;
      this.#random ^= this.#random << 5;
      bytes[i] = this.#random & 0xff;
    }
  }
}

function withShortPath(name: string, original: Import, running: () => Emscripten): Import | undefined {
  const argument = PATH_ARGUMENTS[name];
  if (argument === undefined) return undefined;
  return (...args) => isTooLong(running(), args[argument]) ? -ERRORS.nameTooLong : original(...args);
}

function isTooLong({ HEAPU8 }: Emscripten, path: number): boolean {
  const start = path >>> 0;
  return !HEAPU8.subarray(start, start + LONGEST_PATH).includes(0);
}
