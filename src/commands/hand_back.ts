/**
 * The last step of a job on a cluster: writes the result files of a folder into the log. The job's script runs it.
 *
 * @module
 */
import { returnedLines } from "../cluster/returned_files.ts";
import { filesBelow } from "../cluster/text_files.ts";

for (const line of returnedLines(filesBelow(Deno.args[0], ".json"))) console.log(line);
