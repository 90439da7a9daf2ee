/**
 * The program, whose garbage is collected every second: what is then resident is what it keeps, not what V8 has not yet
 * looked at, which comes to 300 MB and goes again.
 *
 * @module
 */
import { main } from "../../src/cli/main.ts";
import { splitLauncher } from "../../src/interruption.ts";

const EVERY_MS = 1000;

/** There under `--expose-gc`. */
const { gc } = globalThis as unknown as { readonly gc: () => void };

setInterval(gc, EVERY_MS);
Deno.exit(await main(splitLauncher(Deno.args).argv));
