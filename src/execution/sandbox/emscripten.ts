/**
 * The parts of Pyodide's Emscripten module, and of CPython's C interface, that the sandbox calls.
 *
 * @module
 */

/** An address in the interpreter's memory; 0 is none. */
export type Pointer = number;

/** An open file. */
export interface Stream {
  /** Its number; null once it is closed. */
  fd: number | null;
  /** What copies of the file's number share: flags, and how far it was read. */
  readonly shared: Record<string, unknown>;
}

/** Pyodide's `pyodide.asm.js` once it runs. Addresses and sizes in bytes. */
export interface Emscripten {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array<ArrayBuffer>;
  readonly wasmTable: { readonly length: number };
  readonly FS: {
    readonly streams: (Stream | null | undefined)[];
    mkdirTree(path: string): void;
    writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
    chdir(path: string): void;
  };
  readonly ENV: Record<string, string>;
  addFunction(f: (...args: number[]) => number, signature: string): Pointer;
  stackSave(): Pointer;
  stackRestore(at: Pointer): void;
  stringToNewUTF8(text: string): Pointer;
  UTF8ToString(at: Pointer, maximum?: number): string;
  _sbrk(bytes: number): Pointer;
  _PyMem_RawMalloc(size: number): Pointer;
  _free(at: Pointer): void;

  /** Whether the interpreter calls `_Py_CheckEmscriptenSignals_Helper`. */
  readonly _Py_EMSCRIPTEN_SIGNAL_HANDLING: Pointer;
  readonly _PyExc_MemoryError: Pointer;
  readonly _PyExc_PermissionError: Pointer;
  readonly _PyImport_Inittab: Pointer;
  readonly _PyUnicode_Type: Pointer;
  _PyDict_Clear(dict: Pointer): void;
  _PyDict_Copy(dict: Pointer): Pointer;
  _PyDict_New(): Pointer;
  _PyDict_Next(dict: Pointer, position: Pointer, key: Pointer, value: Pointer): number;
  _PyDict_SetItem(dict: Pointer, key: Pointer, value: Pointer): number;
  _PyDict_Update(dict: Pointer, from: Pointer): number;
  _PyDict_SetItemString(dict: Pointer, key: Pointer, value: Pointer): number;
  _PyErr_Clear(): void;
  _PyErr_GetRaisedException(): Pointer;
  _PyErr_GivenExceptionMatches(exception: Pointer, type: Pointer): number;
  _PyErr_SetString(type: Pointer, message: Pointer): void;
  _PyEval_GetBuiltins(): Pointer;
  _PyGC_Collect(): number;
  _PyImport_GetModuleDict(): Pointer;
  _PyModule_GetDict(module: Pointer): Pointer;
  _PyObject_Str(object: Pointer): Pointer;
  _PyRun_StringFlags(source: Pointer, start: number, globals: Pointer, locals: Pointer, flags: Pointer): Pointer;
  _PySys_AddAuditHook(hook: Pointer, data: Pointer): number;
  _PyTuple_GetItem(tuple: Pointer, index: number): Pointer;
  _PyType_GetName(type: Pointer): Pointer;
  _PyUnicode_AsUTF8(text: Pointer): Pointer;
  _Py_DecRef(object: Pointer): void;
  _Py_IncRef(object: Pointer): void;
}

/** What Emscripten is told before it starts. */
export interface EmscriptenSettings {
  readonly API: object;
  readonly arguments: readonly string[];
  readonly instantiateWasm: (
    imports: never,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => object;
  readonly locateFile: (path: string) => string;
  readonly noInitialRun: boolean;
  readonly preRun: readonly ((module: Emscripten) => void)[];
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
  readonly wasmMemory: WebAssembly.Memory;
}

/** Makes one interpreter. */
export type EmscriptenFactory = (settings: EmscriptenSettings) => Promise<Emscripten>;

/** Pyodide's files, as the thread that may read them hands them to a worker. */
export interface PyodidePackage {
  /** `pyodide.asm.js`. */
  readonly script: string;
  /** `pyodide.asm.wasm`, compiled. */
  readonly module: WebAssembly.Module;
  /** `python_stdlib.zip`. */
  readonly library: Uint8Array;
}

/** Names of a page or of Node that the script would take for its surroundings; it gets none of them. */
const SURROUNDINGS: readonly string[] = [
  ...["process", "require", "module", "Deno", "window", "document", "fetch", "XMLHttpRequest", "WebSocket"],
];

/** The function that `pyodide.asm.js` defines. */
export function factoryOf(script: string): EmscriptenFactory {
  return new Function(...SURROUNDINGS, `${script}\nreturn _createPyodideModule;`)() as EmscriptenFactory;
}
