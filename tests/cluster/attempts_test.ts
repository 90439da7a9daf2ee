import { assertEquals } from "@std/assert";
import { currentAttempt, submissionId, wasLost } from "../../src/cluster/attempts.ts";
import { RayJobs } from "../../src/cluster/ray_jobs.ts";
import { FakeRay } from "./fake_ray.ts";

Deno.test("a run goes on by the submission under way, ends by the successful one, else has a next", async () => {
  await using ray = new FakeRay();
  const jobs = new RayJobs({ address: ray.address, wait: () => Promise.resolve() });
  const current = async () => {
    const { id, number, job } = await currentAttempt(jobs, "0123");
    return [id, number, job?.status];
  };
  assertEquals(submissionId("0123", 7), "soft-grpo-bench-0123-a7");
  assertEquals(await current(), ["soft-grpo-bench-0123-a1", 1, undefined]);
  for (
    const [status, expected] of [
      ["PENDING", "soft-grpo-bench-0123-a1"],
      ["RUNNING", "soft-grpo-bench-0123-a1"],
      ["SUCCEEDED", "soft-grpo-bench-0123-a1"],
      ["FAILED", "soft-grpo-bench-0123-a2"],
      ["STOPPED", "soft-grpo-bench-0123-a2"],
    ] as const
  ) {
    ray.jobs.set("soft-grpo-bench-0123-a1", { request: {}, status, log: "" });
    assertEquals((await current())[0], expected);
  }
});

Deno.test("a job whose program was ended was lost with its machine; one that ended by itself failed", () => {
  const failed = (code: number | null) => wasLost({ status: "FAILED", driver_exit_code: code });
  assertEquals([null, -9, 137, 1, 2, 127].map(failed), [true, true, true, false, false, false]);
  assertEquals(wasLost({ status: "STOPPED" }), false);
});
