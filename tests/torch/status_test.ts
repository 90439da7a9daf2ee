import { assertEquals } from "@std/assert";
import { describeWorker } from "../../src/torch/status.ts";

const FOUND = { python: "3.12.3", torch: "2.11.0", transformers: "5.17.0", peft: "0.21.2", threads: 16 };

Deno.test("describeWorker() names cards with their memory, or what there is in their place", () => {
  const devices = [{ name: "NVIDIA H200", memory: 141e9, free: 139.5e9, bfloat16: true }];
  assertEquals(describeWorker({ ...FOUND, cuda: "13.0", devices }), [
    "torch 2.11.0",
    "transformers 5.17.0",
    "peft 0.21.2",
    "Python 3.12.3",
    "cuda:0 NVIDIA H200 (141.0 GB, 139.5 GB free, bf16)",
  ]);
  assertEquals(describeWorker({ ...FOUND, cuda: "13.0", devices: [] }).at(-1), "no GPU found, 16 threads");
  assertEquals(describeWorker({ ...FOUND, cuda: null, peft: null, devices: [] })[2], "no peft, so no adapters");
  assertEquals(describeWorker({ ...FOUND, cuda: null, devices: [] }).at(-1), "built for the CPU, 16 threads");
  assertEquals(describeWorker({ ...FOUND, cuda: null, devices: [], threads: 1 }).at(-1), "built for the CPU, 1 thread");
});
