import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { viewHandler } from "../../src/view/server.ts";
import { makeRuns, samplesPath } from "./run_folder.ts";

const PORT = 8787;
const made = await makeRuns();
const { runs, name } = made;
const handler = viewHandler({ runs, clock: () => Date.parse("2026-01-01T00:00:00Z") }, () => PORT);

function ask(path: string, { method = "GET", host = `127.0.0.1:${PORT}` } = {}): Response {
  return handler(new Request(`http://127.0.0.1:${PORT}${path}`, { method, headers: { host } }));
}

Deno.test("every answer forbids the browser what the page does not need", () => {
  for (const path of ["/", "/state", "/live.js", "/style.css", "/icon.svg", "/nothing", "/?run=none"]) {
    const { headers } = ask(path);
    const policy = headers.get("content-security-policy")!;
    assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src-elem 'self';/);
    assertEquals(policy.match(/[^;]*unsafe[^;]*/g), [" style-src-attr 'unsafe-inline'"], path);
    assertEquals([headers.get("x-content-type-options"), headers.get("cache-control")], ["nosniff", "no-store"]);
  }
});

Deno.test("a page elsewhere whose name was bound to this address gets nothing", () => {
  for (const host of ["evil.example", `evil.example:${PORT}`, "127.0.0.1", "127.0.0.1:80", "localhost.evil:8787", ""]) {
    assertEquals(ask("/", { host }).status, 421, host);
  }
  for (const host of [`127.0.0.1:${PORT}`, `localhost:${PORT}`]) assertEquals(ask("/", { host }).status, 200, host);
});

Deno.test("nothing can be written, and no path leaves the folder", () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) assertEquals(ask("/", { method }).status, 405);
  for (const run of ["..", "../..", ".", "/etc", `${name}/samples`, "%2e%2e", ""]) {
    assertEquals(ask(`/?run=${run}`).status, 404, run);
  }
  assertEquals(ask("/progress.json").status, 404);
});

Deno.test("the page has no inline script or style sheet, which its policy would forbid", async () => {
  const page = await ask("/").text();
  assertStringIncludes(page, "Finished");
  assertStringIncludes(page, "2/2 runs");
  assertEquals(page.match(/<style|<script(?! src="\/live.js")|\son\w+=|\sstyle="(?!min-width:\d+px")/)?.[0], undefined);
});

Deno.test("an open page is given the parts alone, each with the id that it is renewed by", async () => {
  const state = await ask("/state").text();
  const ids = [...state.matchAll(/<div id="live-(\w+)">/g)].map(([, id]) => id);
  assertEquals(ids, ["head", "runs", "curves", "samples", "others"]);
  assertStringIncludes(await ask("/").text(), state);
  const empty = viewHandler({ runs: await Deno.makeTempDir(), clock: () => 0 }, () => PORT);
  const nothing = await empty(new Request(`http://127.0.0.1:${PORT}/state`, { headers: { host: `localhost:${PORT}` } }))
    .text();
  assertEquals([...nothing.matchAll(/<div id="live-(\w+)">/g)].map(([, id]) => id), ids);
  assertStringIncludes(nothing, "No experiment has run");
});

Deno.test("what a model wrote is shown as text", async () => {
  const path = samplesPath(made);
  const [line] = (await Deno.readTextFile(path)).split("\n");
  const text = `<script>alert(1)</script>"'&\u202e\x1b[2J`;
  const sample = JSON.stringify({ ...JSON.parse(line), text, answer: text, problem: text });
  await Deno.writeTextFile(path, `${sample}\n`, { append: true });
  const state = await ask("/state").text();
  assertStringIncludes(state, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;⟨U+202E⟩⟨U+001B⟩[2J");
  assert(!state.includes("<script>"));
});

Deno.test("the report of what is finished is the report, which no page may frame", async () => {
  const answer = ask("/report");
  assertEquals(answer.headers.get("content-security-policy"), "frame-ancestors 'none'");
  assert((await answer.text()).includes(`http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;`));
});
