/**
 * The C kernels on the engine's memory, under the names and arguments of those in WebAssembly: places are numbers in the
 * memory, to which each call adds where the memory lies.
 *
 * @module
 */
import type { Kernels } from "../kernels.ts";
import { type CKernels, openLibrary } from "./library.ts";

/** Types by letter: a place, a place or 0 for none, a size in bytes, a whole number or truth, numbers. */
const TYPES = { p: "usize", o: "usize", s: "usize", i: "i32", f: "f32", d: "f64" } as const;

/** The arguments of each kernel, a letter each. */
const SIGNATURES = {
  product: "iiiipipiipi",
  transpose: "piiipi",
  rmsNorm: "pippipiiiff",
  rmsNormBackward: "pipppiipipiiif",
  rope: "pippiiiii",
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
  scatterAddRows: "pppii",
  fillZero: "pi",
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

/** What a kernel answers; nothing where it is not named here. */
const ANSWERS: Partial<Record<keyof typeof SIGNATURES, Deno.NativeResultType>> = {
  sumShards: "f64",
  exponential: "f64",
  logarithm: "f64",
};

/** The kernels of the library. */
export type NativeKernels = Pick<Kernels, keyof typeof SIGNATURES>;

type Native = (...numbers: number[]) => number;

/**
 * Loads the kernels over one shared memory. The memory never moves: a shared WebAssembly memory grows in place.
 *
 * @throws {BenchError} If the library cannot be loaded
 */
export function loadNativeKernels({ library, lanes }: CKernels, memory: WebAssembly.Memory): NativeKernels {
  const entries = Object.entries(SIGNATURES) as [keyof typeof SIGNATURES, string][];
  const symbols = Object.fromEntries(entries.map(([name, letters]) => {
    const parameters = [...letters].map((letter) => TYPES[letter as keyof typeof TYPES]);
    return [name, { name: `${name}_${lanes}`, parameters, result: ANSWERS[name] ?? "void" }];
  })) as Record<string, Deno.ForeignFunction>;
  const opened = openLibrary(library, symbols);
  const { address } = openLibrary(library, { address: { parameters: ["buffer"], result: "usize" } });
  const base = Number(address(new Uint8Array(memory.buffer)));
  return Object.fromEntries(
    entries.map(([name, letters]) => [name, placed(opened[name] as Native, letters, base)]),
  ) as unknown as NativeKernels;
}

/** A kernel whose places are numbers in a memory that lies at `base`. */
function placed(kernel: Native, letters: string, base: number): (...numbers: (number | boolean)[]) => number {
  const shifts = [...letters].map((letter) => letter === "p" ? base : 0);
  const optional = letters.indexOf("o");
  return (...numbers) => {
    const shifted = numbers.map((number, i) => Number(number) + shifts[i]);
    if (optional >= 0 && shifted[optional] !== 0) shifted[optional] += base;
    return kernel(...shifted);
  };
}
