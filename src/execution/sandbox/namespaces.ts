/**
 * What the tests of a program see: the names that its code defined, but modules and built-in functions as they were before
 * the code ran. Nothing here runs a line of Python, also where the code left keys and values that want to.
 *
 * @module
 */
import type { Emscripten, Pointer } from "./emscripten.ts";

/** A module as it was before any program ran. */
export interface SavedModule {
  readonly module: Pointer;
  readonly type: Pointer;
  readonly names: SavedNames;
}

/** A dictionary and a copy of it that no program can reach. */
export interface SavedNames {
  readonly names: Pointer;
  readonly copy: Pointer;
}

/** All loaded modules, and the dictionary that holds them. */
export interface SavedModules {
  readonly loaded: SavedNames;
  readonly modules: readonly SavedModule[];
}

/** Where an object keeps its type. */
const TYPE_OFFSET = 4;
const WORD = Uint32Array.BYTES_PER_ELEMENT;

/** The type of an object. */
export function typeOf(python: Emscripten, object: Pointer): Pointer {
  return python.HEAPU32[(object + TYPE_OFFSET) >>> 2];
}

/** Remembers all modules that are loaded. */
export function saveModules(python: Emscripten): SavedModules {
  const save = (names: Pointer): SavedNames => ({ names, copy: python._PyDict_Copy(names) });
  const modules: SavedModule[] = [];
  const loaded = python._PyImport_GetModuleDict();
  forEach(python, loaded, (_name, module) => {
    modules.push({ module, type: typeOf(python, module), names: save(python._PyModule_GetDict(module)) });
  });
  return { loaded: save(loaded), modules };
}

/** Gives modules back the names and the type that a program may have changed; names that it added stay. */
export function restoreModules(python: Emscripten, { loaded, modules }: SavedModules): void {
  restoreNames(python, loaded);
  for (const { module, type, names } of modules) {
    python.HEAPU32[(module + TYPE_OFFSET) >>> 2] = type;
    restoreNames(python, names);
  }
}

/**
 * A copy of a namespace without keys that are no plain strings: another key may claim to be any name.
 *
 * @returns a new dictionary, whose use runs no code of a key
 */
export function plainNames(python: Emscripten, names: Pointer): Pointer {
  const plain = python._PyDict_New();
  forEach(python, names, (key, value) => {
    if (typeOf(python, key) === python._PyUnicode_Type) python._PyDict_SetItem(plain, key, value);
  });
  return plain;
}

function restoreNames(python: Emscripten, { names, copy }: SavedNames): void {
  const restored = plainNames(python, names);
  python._PyDict_Update(restored, copy);
  // What goes stays alive, or its finalizer would run here; the next program's state is a copy anyway.
  forEach(python, names, (key, value) => {
    python._Py_IncRef(key);
    python._Py_IncRef(value);
  });
  python._PyDict_Clear(names);
  python._PyDict_Update(names, restored);
}

/** Calls `use` with each key and value; it must not change the dictionary. */
function forEach(python: Emscripten, dict: Pointer, use: (key: Pointer, value: Pointer) => void): void {
  const place = python._PyMem_RawMalloc(3 * WORD);
  const [position, key, value] = [place, place + WORD, place + 2 * WORD];
  python.HEAPU32[position >>> 2] = 0;
  while (python._PyDict_Next(dict, position, key, value) !== 0) {
    const words = python.HEAPU32;
    use(words[key >>> 2], words[value >>> 2]);
  }
  python._free(place);
}
