#!/usr/bin/env node
/**
 * The command `soft-grpo-bench` of the npm package: starts the launcher in the Deno that npm installed with it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** The exit code of a program that a signal ended is this and the signal's number. */
const SIGNAL_EXIT_BASE = 128;

const program = fileURLToPath(new URL("program", import.meta.url));
// The package's own command waits for Deno and passes no signal on: Deno itself is started in its place.
const { runInstall } = createRequire(import.meta.url)("deno/install_api.cjs");
const child = spawn(runInstall(), [
  ...["run", "--quiet", "--config", `${program}/deno.json`, "-P=launch", `${program}/src/cli/launch.ts`],
  ...process.argv.slice(2),
], { stdio: "inherit" });
// The child saves and ends; where a terminal has signalled it already, it takes both for one.
for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? SIGNAL_EXIT_BASE + constants.signals[signal]));
