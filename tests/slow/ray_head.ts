/**
 * A Ray of one node on this machine, for tests: with a token, ports and a folder of its own, and nothing of it left behind.
 *
 * @module
 */

/** A Python with `ray[default]`, torch and transformers. */
export const RAY_PYTHON: string | undefined = Deno.env.get("RAY_PYTHON");

/** It is up in 5 s on a machine that does nothing else. */
const MOST_STARTING_MS = 90_000;
const LOOK_MS = 500, MOST_ANSWERING_MS = 10_000;
/** On a busy machine its parts wait longer for each other, and none is ended for memory that others take. */
const PATIENT = {
  RAY_raylet_start_wait_time_s: "600",
  RAY_agent_register_timeout_ms: "600000",
  RAY_gcs_rpc_server_connect_timeout_s: "600",
  RAY_gcs_server_request_timeout_seconds: "600",
  RAY_memory_monitor_interval_ms: "0",
};
const MOST_TRIES = 8;
/** Of the dashboard, and of the parts that {@link RayHead.start} names. */
const PORTS = 7;

/** Where a head listens; the next one of the same command line finds it there. */
export interface HeadPorts {
  readonly dashboard: number;
  readonly others: readonly number[];
}

/** Ports that are free now. */
export function freePorts(): HeadPorts {
  const listeners = Array.from({ length: PORTS }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const [dashboard, ...others] = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  listeners.forEach((listener) => listener.close());
  return { dashboard, others };
}

/** A head under way. */
export class RayHead {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;

  private constructor(child: Deno.ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
  }

  /** Starts one and waits until it can work; on a busy machine a part of Ray that waited too long for another ends it. */
  static async start(ports: HeadPorts, token: string): Promise<RayHead> {
    for (let tries = 1;; tries++) {
      try {
        return await RayHead.#start(ports, token);
      } catch (error) {
        if (tries === MOST_TRIES) throw error;
        console.warn(`Ray did not start: ${error instanceof Error ? error.message : error}; once more`);
      }
    }
  }

  static async #start(
    { dashboard, others: [port, agent, client, agentGrpc, runtimeEnv, metrics] }: HeadPorts,
    token: string,
  ): Promise<RayHead> {
    // Ray's sockets lie below it, and their paths have at most 107 letters.
    const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "ray" });
    const child = new Deno.Command(RAY_PYTHON!, {
      args: [
        ...["-m", "ray.scripts.scripts", "start", "--head", "--block", "--num-cpus=3", "--disable-usage-stats"],
        ...["--object-store-memory=100000000", "--include-dashboard=true", "--dashboard-host=127.0.0.1"],
        ...[`--port=${port}`, `--dashboard-port=${dashboard}`, `--dashboard-agent-listen-port=${agent}`],
        ...[`--ray-client-server-port=${client}`, "--node-ip-address=127.0.0.1", `--temp-dir=${folder}`],
        // Ports that are not given are waited for, by no more than 15 s.
        ...[`--dashboard-agent-grpc-port=${agentGrpc}`, `--runtime-env-agent-port=${runtimeEnv}`],
        `--metrics-export-port=${metrics}`,
      ],
      env: { RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN: token, ...PATIENT },
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const head = new RayHead(child, folder);
    const ended = child.status.then(({ code }) => {
      throw new Error(`Ray's head ended with ${code}`);
    });
    // What comes after the start is of no concern.
    ended.catch(() => {});
    try {
      await Promise.race([ended, isReady(`http://127.0.0.1:${dashboard}`, token)]);
    } catch (error) {
      await head.stop();
      throw error;
    }
    return head;
  }

  /** Ends it with all of its processes, as a machine that goes down does. */
  async stop(): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }
}

/** Waits until its node is there with all its parts. */
async function isReady(address: string, token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  for (const started = performance.now(); performance.now() - started < MOST_STARTING_MS;) {
    const signal = AbortSignal.timeout(MOST_ANSWERING_MS);
    const answer = await fetch(`${address}/nodes?view=summary`, { headers, signal }).then(
      async (response) => response.ok ? await response.json() : (await response.body?.cancel(), undefined),
      () => undefined,
    );
    const states = (answer?.data?.summary ?? []) as { readonly raylet?: { readonly state?: string } }[];
    if (states.some(({ raylet }) => raylet?.state === "ALIVE")) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`no node is there at ${address}`);
}
