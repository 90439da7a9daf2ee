import { assertEquals } from "@std/assert";
import { track } from "../../../src/exports/trackers/tensorboard.ts";
import { filesBelow, GOLDEN, logRun } from "./logged.ts";

Deno.test("an event file has the bytes that tensorboard's own writer gives, also where a run is begun again", async () => {
  const folder = await Deno.makeTempDir();
  for (let session = 1; session <= 2; session++) {
    logRun(track, folder);
    assertEquals(filesBelow(folder), ["mini/arm-s3-ab/events.out.tfevents.ab"]);
    assertEquals(Deno.readFileSync(`${folder}/mini/arm-s3-ab/events.out.tfevents.ab`).toHex(), GOLDEN.tensorboard);
  }
});
