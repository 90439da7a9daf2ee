/**
 * The README's picture of the report: its first screen, made from the committed results.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { report } from "../../src/report/report.ts";
import { findChromium, openFile, startChromium } from "./chromium.ts";

const PICTURE = "docs/report.webp";
const WIDTH = 1280, HEIGHT = 820;
/** Twice as many dots as a plain screen has, so that small names are sharp. */
const SCALE = 2;
/** Percent. */
const QUALITY = 85;

if (import.meta.main) {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const program = await findChromium("the README's picture of the report");
  if (program === undefined) Deno.exit(1);
  const file = await Deno.makeTempFile({ suffix: ".html" });
  const browser = await startChromium(program);
  try {
    await Deno.writeTextFile(file, (await report({ resultsFolder: `${root}results` })).page);
    const { page } = await openFile(browser, file, { width: WIDTH, height: HEIGHT, scheme: "light" });
    await page.setViewport({ width: WIDTH, height: HEIGHT, deviceScaleFactor: SCALE });
    await Deno.writeFile(`${root}${PICTURE}`, await page.screenshot({ type: "webp", quality: QUALITY }));
    console.log(PICTURE);
  } finally {
    await browser.close();
    await Deno.remove(file);
  }
}
