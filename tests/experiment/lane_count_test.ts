import { assertEquals } from "@std/assert";
import { shareThreads } from "../../src/experiment/lane_count.ts";

const roomy = () => Promise.resolve(true);

Deno.test("shareThreads() gives small models many runs at once, and no more threads than asked for", async () => {
  const shared = async (parameters: number, runs: number, workers: number) => {
    const { lanes, options } = await shareThreads(parameters, runs, { backend: "auto", workers }, roomy);
    return [lanes, options.workers];
  };
  assertEquals(await shared(8e5, 20, 2), [2, 1]);
  assertEquals(await shared(8e5, 3, 7), [3, 2]);
  assertEquals(await shared(8e5, 20, 23), [8, 2]);
  assertEquals(await shared(8e5, 0, 2), [1, 2]);
  assertEquals(await shared(2e7, 20, 5), [1, 5]);
  const elsewhere = await shareThreads(8e5, 20, { backend: "webgpu" }, roomy);
  assertEquals(elsewhere, { lanes: 1, options: { backend: "webgpu" } });
});

Deno.test("shareThreads() takes as many runs at once as fit, and one where none do", async () => {
  const asked: number[][] = [];
  const shared = async (most: number) => {
    const fits = (lanes: number, workers: number) => {
      asked.push([lanes, workers]);
      return Promise.resolve(lanes <= most);
    };
    const { lanes, options } = await shareThreads(8e5, 20, { backend: "auto", workers: 7 }, fits);
    return [lanes, options.workers];
  };
  assertEquals(await shared(5), [5, 1]);
  assertEquals(asked, [[7, 1], [6, 1], [5, 1]]);
  assertEquals([await shared(3), await shared(0)], [[3, 2], [1, 7]]);
});
