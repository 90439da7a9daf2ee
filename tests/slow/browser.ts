/**
 * Chromium under remote control: a page, what it says on its console, and what it asks for.
 *
 * @module
 */
import axe from "axe-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
/** Without a window, a profile of anybody's, or traffic of its own. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];
const POLL_MS = 50;

/** A message of the DevTools protocol. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- each method has a shape of its own.
  readonly params?: any;
  // deno-lint-ignore no-explicit-any -- likewise.
  readonly result?: any;
  readonly error?: { readonly message: string };
}

/** The browser's command; undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).output()
      .then(({ success }) => success, () => false);
    if (found) return name;
  }
  return undefined;
}

/** One page in a browser of its own. */
export class BrowserPage implements AsyncDisposable {
  /** What the console was told, errors of the page included. */
  readonly console: string[] = [];
  /** Addresses that were asked for. */
  readonly requests: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>();
  #next = 1;

  private constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data as string) as Message);
  }

  /** Starts the browser with an empty page. */
  static async open(chromium: string): Promise<BrowserPage> {
    const profile = await Deno.makeTempDir();
    const process = new Deno.Command(chromium, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const [port] = (await until(() => Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => undefined)))
      .split("\n");
    const target = await until(async () => {
      const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json() as {
        type: string;
        webSocketDebuggerUrl: string;
      }[];
      return targets.find(({ type }) => type === "page");
    });
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve) => socket.onopen = resolve);
    const page = new BrowserPage(process, profile, socket);
    for (const domain of ["Runtime", "Log", "Network", "Page"]) await page.send(`${domain}.enable`);
    return page;
  }

  /** Calls a method of the DevTools protocol. */
  // deno-lint-ignore no-explicit-any -- each method has a shape of its own.
  async send(method: string, params: object = {}): Promise<any> {
    const id = this.#next++;
    const waiting = Promise.withResolvers<Message>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await waiting.promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Goes to an address. */
  async goTo(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    await this.when("document.readyState === 'complete'");
  }

  /** The value of an expression in the page. */
  // deno-lint-ignore no-explicit-any -- whatever the expression gives.
  async evaluate(expression: string): Promise<any> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  }

  /** Waits until an expression in the page is true. */
  async when(expression: string): Promise<void> {
    await until(async () => await this.evaluate(expression) === true ? true : undefined);
  }

  /** Text of the page as a reader sees it. */
  async text(): Promise<string> {
    return await this.evaluate("document.body.innerText");
  }

  /** What axe finds wrong, under a colour scheme and at a width. */
  async axe(scheme: "light" | "dark", width: number): Promise<string[]> {
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await this.send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: false });
    await this.evaluate(axe.source + "; undefined");
    const found = await this.evaluate("axe.run().then(({ violations }) => violations)") as {
      id: string;
      nodes: { html: string }[];
    }[];
    return found.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {});
  }

  #receive({ id, method, params, ...answer }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.resolve(answer);
      this.#waiting.delete(id);
    } else if (method === "Runtime.consoleAPICalled") {
      this.console.push(
        params.args.map(({ value, description }: { value?: unknown; description?: string }) =>
          String(value ?? description)
        ).join(" "),
      );
    } else if (method === "Runtime.exceptionThrown") {
      this.console.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    } else if (method === "Log.entryAdded") {
      this.console.push(params.entry.text);
    } else if (method === "Network.requestWillBeSent") {
      this.requests.push(params.request.url);
    }
  }
}

/** Asks again until there is an answer; a test runner's own limit is the only one. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
