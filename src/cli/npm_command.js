#!/usr/bin/env node
/**
 * The command `soft-grpo-bench` of the npm package: starts the launcher in the Deno that npm installed with it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("program", import.meta.url));
const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
const child = spawn(process.execPath, [
  deno,
  ...["run", "--quiet", "--config", `${program}/deno.json`, "-P=launch", `${program}/src/cli/launch.ts`],
  ...process.argv.slice(2),
], { stdio: "inherit" });
// A terminal's signal reaches the child too, which saves and ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
