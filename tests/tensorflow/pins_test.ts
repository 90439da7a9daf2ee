import { assert, assertEquals, assertMatch } from "@std/assert";
import { OFFICIAL, TFJS_NODE, WHEELS } from "../../src/tensorflow/pins.ts";
import denoConfig from "../../deno.json" with { type: "json" };

const wheels = [...WHEELS.cpu, ...WHEELS.cuda];

Deno.test("every wheel's file name is its project and version, and its hash is a sha256", () => {
  for (const { project, version, file, sha256 } of wheels) {
    assert(file.startsWith(`${project.replaceAll("-", "_")}-${version}-`), file);
    assertMatch(file, /_x86_64\.whl$/);
    assertMatch(sha256, /^[0-9a-f]{64}$/);
  }
  assertMatch(OFFICIAL.sha256, /^[0-9a-f]{64}$/);
  assert(OFFICIAL.url.includes(OFFICIAL.version));
});

Deno.test("no two wheels share a hash, and both devices have the same TensorFlow", () => {
  assertEquals(new Set(wheels.map((wheel) => wheel.sha256)).size, wheels.length);
  assertEquals(WHEELS.cpu[0].version, WHEELS.cuda[0].version);
});

Deno.test("deno.json imports the tfjs-node whose sources are pinned, and the tfjs-core of the same version", () => {
  assertEquals(denoConfig.imports["@tensorflow/tfjs-node-gpu"], `npm:@tensorflow/tfjs-node-gpu@${TFJS_NODE.version}`);
  assertEquals(denoConfig.imports["@tensorflow/tfjs-core"], `npm:@tensorflow/tfjs-core@${TFJS_NODE.version}`);
});
