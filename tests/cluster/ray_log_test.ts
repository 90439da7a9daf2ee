import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { follow } from "../../src/cluster/ray_log.ts";
import { RayJobs } from "../../src/cluster/ray_jobs.ts";
import { FakeRay, type FakeRayOptions } from "./fake_ray.ts";

/** Real pauses, but short ones: a socket needs some time to bring anything. */
const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
const JOB = { entrypoint: "x", submission_id: "t-1", runtime_env: {}, metadata: {} };

const STEPS: Required<Pick<FakeRayOptions, "steps">>["steps"] = (job, index) => {
  if (index === 1) job.status = "RUNNING";
  if (index >= 2) job.log = `${"ä line\n".repeat(Math.min(index, 6))}`;
  if (index === 9) {
    job.status = "FAILED";
    job.exitCode = 7;
  }
};

async function followed(options: FakeRayOptions) {
  await using ray = new FakeRay({ steps: STEPS, ...options });
  const jobs = new RayJobs({
    address: ray.address,
    wait,
    ...(options.token !== undefined && { token: options.token }),
  });
  await jobs.submit(JOB);
  let text = "";
  const { job, log } = await follow(jobs, "t-1", { onText: (piece) => text += piece });
  return { text, log, job, sockets: ray.requests.filter(({ path }) => path.endsWith("/tail")).length };
}

Deno.test("a log comes whole and once, and the status is the verdict", async () => {
  const { text, log, job, sockets } = await followed({ token: "t" });
  assertEquals([text, log], ["ä line\n".repeat(6), "ä line\n".repeat(6)]);
  assertEquals([job.status, job.driver_exit_code, sockets], ["FAILED", 7, 1]);
});

Deno.test("where sockets break it comes whole and once too, after a few of them by asking", async () => {
  const { text, job, sockets } = await followed({
    breaksSockets: true,
    steps: (job, index) => {
      if (index === 1) job.status = "RUNNING";
      job.log = "a line\n".repeat(index);
      if (index === 23) job.status = "SUCCEEDED";
    },
  });
  assertEquals([text, job.status, sockets], ["a line\n".repeat(23), "SUCCEEDED", 3]);
});

Deno.test("a job that the cluster forgot is an error, and who stops following lets it go on", async () => {
  await using ray = new FakeRay({ steps: (job) => job.status = "RUNNING" });
  const jobs = new RayJobs({ address: ray.address, wait });
  await assertRejects(() => follow(jobs, "t-1", { onText: () => {} }), BenchError, "the cluster knows it no more");
  await jobs.submit(JOB);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 60);
  await assertRejects(() => follow(jobs, "t-1", { onText: () => {}, abort: stop.signal }), DOMException);
  assertEquals(ray.jobs.get("t-1")!.status, "RUNNING");
});
