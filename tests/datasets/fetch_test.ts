import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { fetchDataset } from "../../src/datasets/fetch.ts";
import { sha256 } from "../../src/files/hash.ts";
import { problemLine, rowsSha256 } from "../../src/datasets/problem.ts";
import type { PublishedDataset } from "../../src/datasets/published_dataset.ts";
import { jsonLines, promptArray } from "../../src/datasets/rows.ts";
import { utf8, withServer } from "./loopback.ts";

const problems = [
  { id: "made-up/0000", question: "1+1", answer: "2" },
  { id: "made-up/0001", question: "2+3", answer: "5" },
];
const published = utf8(JSON.stringify(problems.map(({ question, answer }) => ({
  prompt: [{ from: "user", value: question }],
  final_answer: answer,
}))));
const other = utf8(
  problems.map(({ question, answer }) => JSON.stringify({ q: question, a: Number(answer) })).join("\n"),
);
const normalised = utf8(problems.map((problem) => problemLine(problem) + "\n").join(""));

/** Two published files of the same rows, the first of them at two addresses. */
function entry(origin: string): PublishedDataset {
  return {
    name: "made-up",
    use: "evaluation",
    version: "1",
    rows: 2,
    rowsSha256: rowsSha256(problems),
    licence: "none",
    files: [
      {
        urls: [`${origin}/one/rows.json`, `${origin}/two/rows.json`],
        pin: { sha256: sha256(published), bytes: published.length },
        read: promptArray,
      },
      {
        urls: [`${origin}/three/other.jsonl`],
        pin: { sha256: sha256(other) },
        read: jsonLines(({ q, a }) => ({ question: q, answer: a })),
      },
    ],
    errata: [],
  };
}

Deno.test("the first address that has the right bytes fills the cache, and the cache answers from then on", async () => {
  const files = { "one/rows.json": { bytes: utf8("[]") }, "two/rows.json": { bytes: published } };
  await withServer(files, async ({ origin, folder, requests }) => {
    const fetched = await fetchDataset(entry(origin), { cache: folder });
    assertEquals([fetched.problems, fetched.from], [problems, `${origin}/two/rows.json`]);
    assertEquals(fetched.path, `${folder}/made-up/${sha256(published).slice(0, 12)}-rows.json`);
    assertEquals(fetched.fileSha256, sha256(published));
    requests.length = 0;
    assertEquals((await fetchDataset(entry(origin), { cache: folder, offline: true })).from, "cache");
    assertEquals(requests, []);
    assertEquals([...Deno.readDirSync(`${folder}/made-up`)].length, 1);
  });
});

Deno.test("another file of the same rows serves where the first is gone", async () => {
  await withServer({ "three/other.jsonl": { bytes: other } }, async ({ origin, folder }) => {
    const fetched = await fetchDataset(entry(origin), { cache: folder });
    assertEquals([fetched.problems, fetched.fileSha256], [problems, sha256(other)]);
    assertEquals((await fetchDataset(entry(origin), { cache: folder })).from, "cache");
  });
});

Deno.test("a mirror folder serves published files, normalised rows, or is another cache", async () => {
  const layouts: [string, Uint8Array][] = [
    ["rows.json", published],
    ["made-up/other.jsonl", other],
    ["made-up.jsonl", normalised],
    [`made-up/${sha256(published).slice(0, 12)}-rows.json`, published],
  ];
  for (const [path, bytes] of layouts) {
    await withServer({}, async ({ origin, folder, requests }) => {
      Deno.mkdirSync(`${folder}/mirror/made-up`, { recursive: true });
      Deno.writeFileSync(`${folder}/mirror/${path}`, bytes);
      const options = { cache: `${folder}/cache`, mirror: `${folder}/mirror`, offline: true };
      const fetched = await fetchDataset(entry(origin), options);
      assertEquals([fetched.problems, fetched.from], [problems, `${folder}/mirror/${path}`]);
      assertEquals((await fetchDataset(entry(origin), { cache: options.cache })).from, "cache");
      assertEquals(requests, []);
    });
  }
});

Deno.test("a mirror address is tried first, under every name that the file may have there", async () => {
  await withServer({ "mirror/made-up.jsonl": { bytes: normalised } }, async ({ origin, folder }) => {
    const fetched = await fetchDataset(entry(origin), { cache: folder, mirror: `${origin}/mirror/` });
    assertEquals([fetched.problems, fetched.from], [problems, `${origin}/mirror/made-up.jsonl`]);
  });
});

Deno.test("where nothing is right, one message names every place and what was found there", async () => {
  const files = { "one/rows.json": { bytes: utf8("[]") }, "two/rows.json": { bytes: published, breaks: [5, 4, 3] } };
  await withServer(files, async ({ origin, folder }) => {
    Deno.mkdirSync(`${folder}/mirror`);
    Deno.writeTextFileSync(
      `${folder}/mirror/made-up.jsonl`,
      '{"question":"1+1","answer":"3"}\n{"question":"2+3","answer":"5"}',
    );
    const options = { cache: `${folder}/cache`, mirror: `${folder}/mirror` };
    const { message } = await assertRejects(() => fetchDataset(entry(origin), options), BenchError);
    for (
      const part of [
        "Cannot fetch made-up: ",
        "mirror/made-up.jsonl: found rows of sha256 ",
        `${origin}/one/rows.json: found a file of 2 bytes, expected ${published.length}`,
        `${origin}/two/rows.json: `,
        `the transfer broke after 12 of ${published.length} bytes`,
        `${origin}/three/other.jsonl: found HTTP status 404, expected the file`,
      ]
    ) assertStringIncludes(message, part);
    assertEquals(message.split("\n").length, 2);
  });
});

Deno.test("a host without a connection is tried once and told once", async () => {
  await withServer({}, async ({ folder }) => {
    // Nothing listens on port 1.
    const options = { cache: folder, mirror: "http://127.0.0.1:1/mirror" };
    const { message } = await assertRejects(() => fetchDataset(entry("http://127.0.0.1:1"), options), BenchError);
    assertEquals(message.match(/127\.0\.0\.1:1: no connection/g)?.length, 1);
    assertEquals(message.includes("found no file"), false);
  });
});

Deno.test("half a download is finished by the next run", async () => {
  const files = { "one/rows.json": { bytes: published, breaks: [5, 4, 3] } };
  await withServer(files, async ({ origin, folder, requests }) => {
    await assertRejects(() => fetchDataset(entry(origin), { cache: folder }), BenchError);
    requests.length = 0;
    assertEquals((await fetchDataset(entry(origin), { cache: folder })).problems, problems);
    assertEquals(requests, [{ path: "one/rows.json", range: "bytes=12-" }]);
  });
});

Deno.test("without a network and without a mirror the message says what to do", async () => {
  await withServer({}, async ({ origin, folder }) => {
    await assertRejects(
      () => fetchDataset(entry(origin), { cache: folder, offline: true }),
      BenchError,
      "Cannot fetch made-up: the network is off\nrun once without --offline",
    );
    await assertRejects(
      () => fetchDataset(entry(origin), { cache: folder, offline: true, mirror: `${folder}/empty` }),
      BenchError,
      `${folder}/empty: found no file of it`,
    );
  });
});
