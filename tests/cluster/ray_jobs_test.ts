import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { packageUri, type RayJobRequest, RayJobs, rayPackage } from "../../src/cluster/ray_jobs.ts";
import { FakeRay, type FakeRayOptions } from "./fake_ray.ts";

const JOB: RayJobRequest = {
  entrypoint: "bash run.sh",
  submission_id: "t-1",
  runtime_env: { working_dir: "gcs://x.zip" },
  metadata: { run: "1" },
};

function client({ address }: FakeRay, token?: string): { jobs: RayJobs; pauses: number[] } {
  const pauses: number[] = [];
  const wait = (ms: number) => Promise.resolve(void pauses.push(ms));
  return { jobs: new RayJobs({ address, wait, ...(token !== undefined && { token }) }), pauses };
}

async function failure(options: FakeRayOptions, act: (jobs: RayJobs) => Promise<unknown>, token?: string) {
  await using ray = new FakeRay(options);
  const { jobs } = client(ray, token);
  return (await assertRejects(() => act(jobs), BenchError)).message.replace(ray.address, "ADDRESS");
}

Deno.test("a job is submitted, asked for, stopped once, and unknown where there is none", async () => {
  await using ray = new FakeRay();
  const { jobs } = client(ray);
  assertEquals((await jobs.version()).ray_version, "2.60.0");
  assertEquals([await jobs.job("t-1"), await jobs.log("t-1"), await jobs.stop("t-1")], [undefined, "", false]);
  await jobs.submit(JOB);
  assertEquals((await jobs.job("t-1"))?.status, "PENDING");
  ray.jobs.get("t-1")!.log = "räy\n";
  assertEquals(await jobs.log("t-1"), "räy\n");
  assertEquals([await jobs.stop("t-1"), await jobs.stop("t-1")], [true, false]);
  assertEquals(ray.jobs.get("t-1")!.request, { ...JOB });
});

Deno.test("a submission whose answer was lost is one job, and one that is there already is this one", async () => {
  await using ray = new FakeRay({ cutSubmissions: 1 });
  const { jobs, pauses } = client(ray);
  await jobs.submit(JOB);
  await jobs.submit(JOB);
  assertEquals([ray.jobs.size, pauses], [1, [500]]);
});

Deno.test("what Ray refuses is said in one line of its traceback", async () => {
  const message = await failure({}, (jobs) => jobs.submit({ ...JOB, nope: 1 } as RayJobRequest));
  assertEquals(
    message,
    "Cannot POST /api/jobs/ at ADDRESS: Ray answers 400: TypeError: JobSubmitRequest.__init__() got an unexpected " +
      "keyword argument 'nope'",
  );
});

Deno.test("faults of the moment are waited for, longer each time, and not for ever", async () => {
  await using ray = new FakeRay({ busy: 3 });
  const { jobs, pauses } = client(ray);
  await jobs.version();
  assertEquals(pauses, [500, 1000, 2000]);
  assertMatch(await failure({ busy: 99 }, (jobs) => jobs.version()), /^Cannot GET .* Ray answers 503/);
});

Deno.test("a cluster that is not there is an error that says what to look at", async () => {
  const ray = new FakeRay();
  const { jobs, pauses } = client(ray);
  await ray[Symbol.asyncDispose]();
  const { message } = await assertRejects(() => jobs.version(), BenchError);
  assertMatch(message, /^Cannot reach a Ray cluster at http:\/\/127\.0\.0\.1:\d+: .*is it up/s);
  assertEquals(pauses.length, 5);
});

Deno.test("a token is sent with every request, and a missing or wrong one is told without it", async () => {
  await using ray = new FakeRay({ token: "right-token" });
  const { jobs } = client(ray, "right-token");
  await jobs.upload(rayPackage(new Uint8Array(3)));
  await jobs.submit(JOB);
  assert(ray.requests.every(({ authorization }) => authorization === "Bearer right-token"));
  const none = await failure({ token: "right-token" }, (jobs) => jobs.version());
  assertMatch(none, /it answers 401 and found no token; put its token into RAY_AUTH_TOKEN/);
  const wrong = await failure({ token: "right-token" }, (jobs) => jobs.version(), "wrong-token");
  assertMatch(wrong, /it answers 403 and found another token than the cluster's/);
  assert(!wrong.includes("wrong-token"));
});

Deno.test("a package goes by its content, once, and never where it is too large", async () => {
  await using ray = new FakeRay();
  const { jobs } = client(ray);
  const own = rayPackage(new TextEncoder().encode("abc"));
  // FIPS 180-2, appendix B.1.
  assertEquals(packageUri(own), "gcs://_ray_pkg_ba7816bf8f01cfea414140de5dae2223b00361a3.zip");
  assertEquals([await jobs.upload(own), await jobs.upload(own)], [true, false]);
  assertEquals(ray.packages.get(own.name), own.bytes);
  const large = { name: "_ray_pkg_1.zip", sha256: "1", bytes: new Uint8Array((100 << 20) + 1) };
  await assertRejects(() => jobs.upload(large), BenchError, "a package of 101 MiB to Ray: expected at most 100 MiB");
  assertEquals(ray.packages.size, 1);
  assertMatch(await failure({ largestBody: 2 }, (jobs) => jobs.upload(own)), /Ray answers 413/);
});

Deno.test("what answers is no cluster, or says what cannot be", async () => {
  for (
    const [answer, expected] of [
      ["<html>", /expected its version as JSON, found "<html>"; is this the dashboard of a Ray cluster\?/],
      ['{"version":"4","ray_version":7}', /Cannot read ray_version of what Ray answers, its version: found 7/],
      ["x".repeat((4 << 20) + 1), /found more than 4 MiB, expected less/],
    ] as const
  ) {
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(answer));
    const jobs = new RayJobs({ address: `http://127.0.0.1:${server.addr.port}`, wait: () => Promise.resolve() });
    assertMatch((await assertRejects(() => jobs.version(), BenchError)).message, expected);
  }
});

Deno.test("a token follows no redirection", async () => {
  await using other = new FakeRay();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.redirect(`${other.address}/api/version`),
  );
  const jobs = new RayJobs({
    address: `http://127.0.0.1:${server.addr.port}`,
    token: "secret",
    wait: () => Promise.resolve(),
  });
  await assertRejects(() => jobs.version(), BenchError, "Cannot reach a Ray cluster");
  assertEquals(other.requests, []);
});

Deno.test("an address that is none is refused", () => {
  for (const address of ["ray://127.0.0.1:10001", "127.0.0.1:8265", "file:///x"]) {
    assertThrows(() => new RayJobs({ address }), BenchError, "expected the address of its dashboard");
  }
});
