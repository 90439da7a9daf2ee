/**
 * Decoding by node-llama-cpp, sequences of one context together: `llama_peer.ts PACKAGE MODEL.gguf THREADS`, in a process
 * without this project's lock, which does not know the package.
 *
 * Says {"ready"} or {"failed"} first, then answers each line of JSON on stdin, {"prompts": (N, P) ids of one length, "tokens",
 * "temperature"}, with {"seconds", "completions": (N, tokens) ids}. Temperature 0 takes the likeliest token; nothing ends a
 * completion early.
 *
 * @module
 */
import { TextLineStream } from "../gpu/text_lines.ts";

/** Of node-llama-cpp, what is used. */
interface Library {
  getLlama(options: Readonly<Record<string, unknown>>): Promise<{
    loadModel(options: { readonly modelPath: string }): Promise<Model>;
  }>;
}
interface Model {
  createContext(options: Readonly<Record<string, unknown>>): Promise<Context>;
}
interface Context {
  getSequence(): Sequence;
  dispose(): Promise<void>;
}
interface Sequence {
  clearHistory(): Promise<void>;
  controlledEvaluate(input: readonly unknown[]): Promise<readonly ({ readonly next: { readonly token: number } })[]>;
}

/** What is asked. */
interface Asked {
  readonly prompts: readonly (readonly number[])[];
  readonly tokens: number;
  readonly temperature: number;
}

const [specifier, modelPath, threads] = Deno.args;

/** Sequences of a context, kept while they are as many and as long. */
class Sequences {
  #context: Context | undefined;
  #of = "";
  #sequences: Sequence[] = [];

  constructor(readonly model: Model) {}

  async take({ prompts, tokens }: Asked): Promise<readonly Sequence[]> {
    const length = prompts[0].length, of = `${prompts.length} of ${length} and ${tokens}`;
    if (of !== this.#of) {
      await this.#context?.dispose();
      const context = await this.model.createContext({
        sequences: prompts.length,
        contextSize: length + tokens,
        batchSize: prompts.length * length,
        threads: { ideal: Number(threads), min: Number(threads) },
        // In 32 bits, as the other peers have them.
        experimentalKvCacheKeyType: "F32",
        experimentalKvCacheValueType: "F32",
      });
      this.#sequences = prompts.map(() => context.getSequence());
      this.#context = context;
      this.#of = of;
    }
    for (const sequence of this.#sequences) await sequence.clearHistory();
    return this.#sequences;
  }
}

let seed = 0;

/** One position of all sequences, which are asked at once so that one batch holds them all. */
async function position(
  sequences: readonly Sequence[],
  fed: readonly (readonly number[])[],
  temperature: number,
): Promise<number[]> {
  return await Promise.all(sequences.map(async (sequence, n) => {
    const options = { temperature, topK: 0, topP: 1, minP: 0, seed: ++seed };
    const last = [fed[n].at(-1)!, { generateNext: { token: true, options } }];
    const found = await sequence.controlledEvaluate([...fed[n].slice(0, -1), last]);
    return found.at(-1)!.next.token;
  }));
}

async function decode(sequences: readonly Sequence[], { prompts, tokens, temperature }: Asked): Promise<number[][]> {
  const completions: number[][] = prompts.map(() => []);
  let fed: readonly (readonly number[])[] = prompts;
  for (let t = 0; t < tokens; t++) {
    const drawn = await position(sequences, fed, temperature);
    drawn.forEach((token, n) => completions[n].push(token));
    fed = drawn.map((token) => [token]);
  }
  return completions;
}

function say(answer: unknown): void {
  console.log(JSON.stringify(answer));
}

try {
  const { getLlama }: Library = await import(specifier);
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    logLevel: "error",
    maxThreads: Number(threads),
  });
  const sequences = new Sequences(await llama.loadModel({ modelPath }));
  say({ ready: true });
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    const asked: Asked = JSON.parse(line);
    const taken = await sequences.take(asked);
    const before = performance.now();
    const completions = await decode(taken, asked);
    say({ seconds: (performance.now() - before) / 1000, completions });
  }
  Deno.exit(0);
} catch (error) {
  say({ failed: error instanceof Error ? error.message.split("\n")[0] : String(error) });
  Deno.exit(1);
}
