import { assertEquals, assertStringIncludes } from "@std/assert";
import { LIVE_STYLE, SCRIPT } from "../../src/view/assets.ts";

Deno.test("the script parses, asks this server alone, and runs nothing that it is sent", () => {
  new Function(SCRIPT);
  assertEquals([...SCRIPT.matchAll(/fetch\("([^"]*)"/g)].map(([, path]) => path), ["/state"]);
  assertEquals(/innerHTML|eval|Function\(/.test(SCRIPT), false);
});

Deno.test("the style is the report's, with what the page adds", () => assertStringIncludes(LIVE_STYLE, "--arm-0"));
