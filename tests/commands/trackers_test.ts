import { assertEquals, assertRejects } from "@std/assert";
import { openTrackers } from "../../src/commands/trackers.ts";
import { BenchError } from "../../src/errors.ts";
import { CONFIG, evaluated, training } from "../exports/trackers/followed.ts";
import { filesBelow } from "../exports/trackers/logged.ts";

Deno.test("every tracker that was named hears all, in its own folder", async () => {
  const folder = await Deno.makeTempDir();
  const flag = ["tensorboard", `${folder}/a`, "wandb-offline", `${folder}/b`];
  {
    using trackers = await openTrackers(flag, CONFIG);
    [...training(0, 5), evaluated()].forEach((event) => trackers.follow(event));
  }
  const kinds = filesBelow(folder).map((path) => path.replace(/[0-9a-f]{32}|\d{8}_\d{6}/g, "").split("/").at(-1));
  assertEquals(kinds, ["events.out.tfevents.", "run-.wandb"]);
});

Deno.test("a folder that cannot be written is told before any work, and no tracker is one that hears nothing", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "");
  await assertRejects(() => openTrackers(["trackio", `${folder}/file`], CONFIG), BenchError, `${folder}/file`);
  using none = await openTrackers(undefined, CONFIG);
  none.follow(evaluated());
});
