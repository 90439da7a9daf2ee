/**
 * A real browser, where there is one: Chromium, driven through its own protocol.
 *
 * @module
 */
import puppeteer, { type Browser, type Page } from "puppeteer-core";

const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];

/** Where Chromium is; undefined where it is not, which a warning says. */
export async function findChromium(what: string): Promise<string | undefined> {
  for (const program of PROGRAMS) {
    const { success, stdout } = await new Deno.Command("which", { args: [program], stderr: "null" }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  }
  console.warn(`SKIPPED: ${what}; none of ${PROGRAMS.join(", ")} is here`);
  return undefined;
}

/** Starts it without a profile of its own. */
export function startChromium(executablePath: string): Promise<Browser> {
  return puppeteer.launch({ executablePath, args: FLAGS });
}

/** A page as somebody looks at it. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme: "light" | "dark";
  /** Whether scripts run. */
  readonly scripts?: boolean;
}

/** An opened page, and everything it said or asked for. */
export interface OpenedPage {
  readonly page: Page;
  /** Console messages, errors and requests, but the page itself. */
  readonly noise: readonly string[];
  /** Until it was loaded. */
  readonly milliseconds: number;
}

/** Opens a file. */
export function openFile(browser: Browser, path: string, view: View): Promise<OpenedPage> {
  return openAddress(browser, `file://${path}`, view);
}

/** Opens an address. */
export async function openAddress(
  browser: Browser,
  address: string,
  { scripts = true, ...view }: View,
): Promise<OpenedPage> {
  const page = await browser.newPage();
  const noise: string[] = [];
  page.on("console", (message) => noise.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noise.push(`error: ${error}`));
  page.on("request", (request) => {
    if (request.url() !== address) noise.push(`request: ${request.url()}`);
  });
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ width: view.width, height: view.height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.scheme }]);
  const before = performance.now();
  await page.goto(address);
  return { page, noise, milliseconds: performance.now() - before };
}
