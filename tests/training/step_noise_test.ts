import { assertEquals } from "@std/assert";
import { noiseStream } from "../../src/random/streams.ts";
import { sampleIndices, stepStreams } from "../../src/training/step_noise.ts";

const NAME = { seed: 7, step: 11, dataset: "made-up", groupSize: 5 };
const problem = (id: string) => ({ id, question: `${id}?`, answer: "" });
/** Three problems, each of them twice. */
const TWINS = ["p0", "p1", "p2", "p0", "p1", "p2"].map(problem);

Deno.test("a problem that stands twice in a step has noise of its own", () => {
  const draws = stepStreams(NAME, TWINS).flat().map((stream) => stream.at(0).gumbel(0));
  assertEquals(new Set(draws).size, TWINS.length * NAME.groupSize);
});

Deno.test("where a problem stands for the first time, its noise is named by its samples from 0 on", () => {
  const streams = stepStreams(NAME, TWINS);
  for (const [b, { id }] of TWINS.slice(0, 3).entries()) {
    for (let sample = 0; sample < NAME.groupSize; sample++) {
      const named = noiseStream({ seed: 7, purpose: "rollout/11", dataset: "made-up", problem: id, sample });
      assertEquals(streams[b][sample].at(3).gumbel(2), named.at(3).gumbel(2));
    }
  }
});

Deno.test("no draw of a step takes the noise of another one, however often problems stand in it", () => {
  const ids = ["a", "b", "a", "c", "a", "b"];
  const taken = [0, 1, 2, 3].flatMap((draw) =>
    sampleIndices(ids, 3, draw).flatMap((samples, b) => samples.map((sample) => `${ids[b]}/${sample}`))
  );
  assertEquals(new Set(taken).size, 4 * ids.length * 3);
});
