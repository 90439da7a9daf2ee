/**
 * How the engine's step grows with batch, length, width and workers, beside the time that its products take at the speed
 * of the product kernel alone.
 *
 * @module
 */
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
import { startEnginePeer } from "./engine_peer.ts";
import { best } from "./statistics.ts";
import { COMPLETION_TOKENS, GROUP, modelOf, PROMPTS, stepFlops } from "./workload.ts";

const STEPS = 5;
/** Product whose speed stands for the kernel's: rows of a unit, width, SwiGLU's input. */
const [ROWS, COLUMNS, DEPTH] = [464, 352, 128];

interface Point {
  readonly label: string;
  readonly prompts?: number;
  readonly completionTokens?: number;
  readonly hiddenSize?: number;
  readonly workers?: number;
}

/** One table in Markdown; takes about a minute. */
export async function growthTable(): Promise<string> {
  const cores = navigator.hardwareConcurrency;
  const points: Point[] = [
    { label: "as above" },
    ...[4, 8, 32].map((prompts) => ({ label: `${prompts} prompts`, prompts })),
    ...[14, 28, 112].map((completionTokens) => ({ label: `${completionTokens} tokens`, completionTokens })),
    ...[64, 256].map((hiddenSize) => ({ label: `width ${hiddenSize}`, hiddenSize })),
    ...Array.from({ length: cores }, (_, i) => ({ label: `${i + 1} workers`, workers: i + 1 })),
  ];
  const rate = await kernelRate();
  const rows: string[] = [];
  for (
    const { label, prompts = PROMPTS, completionTokens = COMPLETION_TOKENS, hiddenSize = 128, workers = cores }
      of points
  ) {
    const peer = await startEnginePeer({
      name: label,
      way: "discrete",
      products: "wasm",
      varying: false,
      hiddenSize,
      prompts,
      completionTokens,
      workers,
    });
    const seconds: number[] = [];
    for (let step = 0; step <= STEPS; step++) seconds.push((await peer.step()).seconds);
    await peer.close();
    const flops = stepFlops(modelOf(hiddenSize), prompts, completionTokens);
    const limit = flops / rate / workers;
    const time = best(seconds.slice(1));
    rows.push(`| ${label} | ${time.toFixed(3)} | ${limit.toFixed(3)} | ${(100 * limit / time).toFixed(0)} % |`);
  }
  return [
    `### How the step grows (engine alone, discrete GRPO, --sandboxed; product kernel alone ${
      (rate / 1e9).toFixed(1)
    } GFLOPS a core)`,
    "",
    `| ${PROMPTS} prompts x ${GROUP} x ${COMPLETION_TOKENS} tokens, width 128, ${cores} workers, but | step s | its products at the kernel's speed s | share |`,
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Floating-point operations a second of the product kernel on one core. */
async function kernelRate(): Promise<number> {
  const memory = createSharedMemory(64);
  const kernels = instantiateKernels((await compileKernels()).module, memory);
  const [a, b, c] = [0x10000, 0x110000, 0x210000];
  const seconds = Array.from({ length: 200 }, () => {
    const start = performance.now();
    kernels.product(false, ROWS, COLUMNS, DEPTH, a, DEPTH, b, COLUMNS, 0, false, c, COLUMNS);
    return (performance.now() - start) / 1000;
  });
  return 2 * ROWS * COLUMNS * DEPTH / best(seconds);
}
