import { assertEquals } from "@std/assert";
import { Channel } from "../../src/engine/channel.ts";
import type { WorkerCommand } from "../../src/engine/commands.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { InputRows, TrainingGroup } from "../../src/models/language_model.ts";
import { replaceMethods } from "../fixtures/recorded_calls.ts";
import { GOLDEN_CASES, Numbers, randomWeights } from "./golden.ts";

Deno.test("a worker shows life in every block and at the head, forward and backward, so that a slow one is not given up", async () => {
  // 100 rows of logits exceed what a worker holds at once.
  const [V, L, T] = [50_021, 3, 101];
  const config = { ...GOLDEN_CASES[1].config, vocabularySize: V, hiddenSize: 6, layers: L };
  const tokens = (count: number) => Int32Array.from({ length: count }, (_, i) => i * 487 % V);
  const rows = (count: number): InputRows => {
    return { count, width: 1, ids: tokens(count), weights: new Float32Array(count).fill(1) };
  };
  const group: TrainingGroup = { prompt: tokens(5), completions: [rows(T - 1)] };

  const begun = new Map<unknown, { kind: string; beats: number }>();
  const shown = new Map<string, Set<number>>();
  const model = await createEngine(config, randomWeights(config, new Numbers(11)), { workers: 1 });
  const watched = replaceMethods([
    [Channel.prototype, "post", (post) => {
      return function (this: Channel<WorkerCommand>, command: WorkerCommand) {
        begun.set(this, { kind: command.kind, beats: this.beats });
        return post.call(this, command);
      };
    }],
    [Channel.prototype, "take", (take) => {
      return function (this: Channel<WorkerCommand>) {
        const { kind, beats } = begun.get(this)!;
        shown.set(kind, (shown.get(kind) ?? new Set()).add(this.beats - beats));
        return take.call(this);
      };
    }],
  ]);
  try {
    await model.accumulate([group], { reads: () => ({}), score: () => undefined });
    const decoder = await model.decode([group.prompt], [1], 1);
    await decoder.step(Int32Array.of(0), rows(1), [{}]);
    decoder.dispose();
  } finally {
    watched[Symbol.dispose]();
    await model.dispose();
  }
  const expected: [kind: string, beats: number][] = [
    ["forward", L + 1],
    // The head backward, then forward.
    ["nextChunk", 2],
    ["backward", 1 + L],
    ["prefill", L + 1],
    ["step", L + 1],
  ];
  for (const [kind, beats] of expected) assertEquals([...shown.get(kind) ?? []], [beats], kind);
});
