import { assertEquals } from "@std/assert";
import { nvidiaCards, nvidiaDriver } from "../../src/tensorflow/nvidia.ts";

Deno.test("the driver's version and the cards are read from the files that the kernel module writes", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/version`,
    "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (builder)  Tue Sep 23\n" +
      "GCC version:  gcc version 12.2.0\n",
  );
  for (const [bus, model] of [["0000:3b:00.0", "NVIDIA H100 80GB HBM3"], ["0000:19:00.0", "NVIDIA L4"]]) {
    await Deno.mkdir(`${folder}/gpus/${bus}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/gpus/${bus}/information`, `Model: \t\t ${model}\nIRQ:   \t\t 7\n`);
  }
  assertEquals(await nvidiaDriver(folder), "580.95.05");
  assertEquals(await nvidiaCards(folder), ["NVIDIA L4", "NVIDIA H100 80GB HBM3"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("without the driver there is neither a version nor a card", async () => {
  assertEquals([await nvidiaDriver("/nowhere"), await nvidiaCards("/nowhere")], [undefined, []]);
});
