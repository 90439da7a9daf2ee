/**
 * How the kernels of a library are called. Places in the memory go as numbers of 64 bits: calls with those are fast in
 * Deno, 10 ns where addresses of its own kind take 300.
 *
 * @module
 */

/**
 * The arguments of each kernel, a letter each: a place, a place or 0 for none, a size that 32 bits may not hold, a whole
 * number, truth, and numbers of 32 and 64 bits.
 */
export const SIGNATURES = {
  product: "biiipipiibpi",
  productBf16: "iiipipbpi",
  transpose: "piiipi",
  pack: "piiipi",
  packTransposed: "piiipi",
  packBf16: "piiipi",
  packTransposedBf16: "piiipi",
  rmsNorm: "pippipiiiff",
  rmsNormBackward: "pipppibpipiiif",
  rope: "pippiiiib",
  swiglu: "ppii",
  swigluBackward: "ppii",
  geglu: "ppii",
  gegluBackward: "ppii",
  gegluTanh: "ppii",
  gegluTanhBackward: "ppii",
  addBias: "ppii",
  addColumnSums: "ppii",
  copyRows: "pipiii",
  gatherRows: "pppii",
  scatterRows: "pppii",
  scatterAddRows: "pppii",
  fillZero: "ps",
  embed: "ppoippii",
  embedBackward: "ppippii",
  attention: "pppppiiiiifpippi",
  attentionBackward: "pppppiiiiifpipppppppppi",
  storeKeysValues: "ppiipiii",
  cachedAttention: "piiiiiifpippppppp",
  sumShards: "psii",
  adamw: "ppppifffffffff",
  readRows: "ppiipi",
  addRowSlopes: "ppiipip",
  exponential: "d",
  logarithm: "d",
} as const;

/** A kernel's name. */
export type KernelName = keyof typeof SIGNATURES;

/** Kernels that answer a number of 64 bits; the others answer nothing. */
export const ANSWERING: readonly KernelName[] = ["sumShards", "exponential", "logarithm"];

/** How a letter is called by FFI, and in C. */
export const TYPES = {
  p: { ffi: "f64", c: "void *" },
  o: { ffi: "f64", c: "void *" },
  s: { ffi: "f64", c: "__PTRDIFF_TYPE__" },
  i: { ffi: "i32", c: "int" },
  b: { ffi: "bool", c: "int" },
  f: { ffi: "f32", c: "float" },
  d: { ffi: "f64", c: "double" },
} as const;

/** Letters of a kernel's arguments. */
export function lettersOf(name: KernelName): (keyof typeof TYPES)[] {
  return [...SIGNATURES[name]] as (keyof typeof TYPES)[];
}

/** Name of a kernel's entry for FFI in a library. */
export function entryName(name: KernelName, lanes: number): string {
  return `call_${name}_${lanes}`;
}
