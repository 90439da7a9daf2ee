/** What workers read, and make of slopes, against the same on the host. */
import { nativeBuilds, wasmBuilds } from "./every_build.ts";
import { testRows } from "./read_rows_suite.ts";

for (const build of [...await wasmBuilds(), ...await nativeBuilds()]) testRows(build);
