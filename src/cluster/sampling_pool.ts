/**
 * Several servers as one: each request goes to the one with the fewest under way. One that seems gone is asked whether it
 * is there, left out until it says so, and taken back then.
 *
 * @module
 */
import { now } from "../clock.ts";
import { BenchError } from "../errors.ts";
import { throwIfInterrupted } from "../interruption.ts";
import { askServer, type AskSettings, isSameServing, servedName, type ServerAccount } from "./sampling_servers.ts";

/** How servers are shared, and how long one that is gone is waited for. */
export interface PoolSettings extends AskSettings {
  /** Most requests under way at one server. */
  readonly atOnce: number;
  /** Time between two looks at a server that is gone. */
  readonly lookMs: number;
  /** How long all of them may be gone. */
  readonly patienceMs: number;
  /** Told when a server goes and comes back, by its place in the list, in one line. */
  readonly onNote: (text: string) => void;
}

/** A server of a pool. */
export interface PooledServer {
  readonly address: string;
  /** As texts name it: hosts are nobody else's business. */
  readonly name: string;
}

interface Member extends PooledServer {
  underWay: number;
  here: boolean;
  /** The look that is under way. */
  looking: Promise<void> | undefined;
}

/** Servers that serve the same model by the same program; close it to stop looking. */
export class ServerPool implements Disposable {
  readonly #members: readonly Member[];
  readonly #settings: PoolSettings;
  readonly #stop = new AbortController();
  #waiting: PromiseWithResolvers<void>[] = [];
  /** When the last server went; undefined while one is here. */
  #aloneSince: number | undefined;
  #fault: Error | undefined;

  private constructor(
    members: readonly Member[],
    /** What all of them say. */
    readonly account: ServerAccount,
    settings: PoolSettings,
  ) {
    this.#members = members;
    this.#settings = settings;
    for (const member of members) if (!member.here) this.#look(member);
  }

  /**
   * Asks every server what it is.
   *
   * @param addresses as `serverAddress` gives them
   * @throws {BenchError} If none answers, or they serve different things
   */
  static async open(addresses: readonly string[], settings: PoolSettings): Promise<ServerPool> {
    const accounts = await Promise.all(addresses.map((address) => askServer(address, settings)));
    const first = accounts.findIndex((account) => account !== undefined);
    if (first < 0) {
      throw new BenchError(
        `Cannot sample: ${addresses.length === 1 ? "the server does not answer" : "no server answers"}; ` +
          "start it, or look at --address and the way there",
      );
    }
    const account = accounts[first]!;
    const other = accounts.findIndex((own) => own !== undefined && !isSameServing(own, account));
    if (other >= 0) {
      throw new BenchError(
        `Cannot sample from servers that differ: ${accountText(account)} at the ${place(first)} address, ` +
          `${accountText(accounts[other]!)} at the ${place(other)}; samples of one run come from one model`,
      );
    }
    const members = addresses.map((address, i): Member => ({
      address,
      name: `server ${i + 1} of ${addresses.length}`,
      underWay: 0,
      here: accounts[i] !== undefined,
      looking: undefined,
    }));
    return new ServerPool(members, account, settings);
  }

  /** How many there are, and how many of them answer. */
  get count(): { readonly all: number; readonly here: number } {
    return { all: this.#members.length, here: this.#members.filter(({ here }) => here).length };
  }

  /**
   * A server with room for a request; `release` it afterwards.
   *
   * @throws {BenchError} If all have been gone for too long
   * @throws {InterruptedError} If `abort` is aborted
   */
  async take(abort?: AbortSignal): Promise<PooledServer> {
    for (;;) {
      throwIfInterrupted(abort);
      if (this.#fault !== undefined) throw this.#fault;
      const free = this.#members.filter(({ here, underWay }) => here && underWay < this.#settings.atOnce);
      if (free.length > 0) {
        const member = free.reduce((a, b) => b.underWay < a.underWay ? b : a);
        member.underWay++;
        return member;
      }
      await this.#change(abort);
    }
  }

  /** Ends a request. */
  release(server: PooledServer): void {
    this.#memberOf(server).underWay--;
    this.#wake();
  }

  /** Looks whether a server is still there, at once. */
  suspect(server: PooledServer): void {
    this.#look(this.#memberOf(server));
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  #memberOf(server: PooledServer): Member {
    return this.#members.find(({ address }) => address === server.address)!;
  }

  /** Resolves when something has changed. */
  async #change(abort: AbortSignal | undefined): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    const onAbort = () => waiting.resolve();
    abort?.addEventListener("abort", onAbort);
    try {
      await waiting.promise;
    } finally {
      abort?.removeEventListener("abort", onAbort);
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  #look(member: Member): void {
    member.looking ??= this.#lookUntilHere(member).finally(() => member.looking = undefined);
  }

  /** Asks until the server answers; it is left out from the first time that it does not. */
  async #lookUntilHere(member: Member): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#fault === undefined) {
      const found = await this.#found(member);
      if (signal.aborted) return;
      const was = member.here;
      member.here = found;
      if (was !== found) {
        this.#settings.onNote(`${member.name} ${found ? "is back" : "does not answer, and is left out"}`);
      }
      this.#aloneSince = this.count.here > 0 ? undefined : this.#aloneSince ?? now();
      if (this.#aloneSince !== undefined && now() - this.#aloneSince >= this.#settings.patienceMs) {
        this.#fault = new BenchError(
          `Cannot sample: no server has answered for ${
            Math.round(this.#settings.patienceMs / 1000)
          } s; finished samples ` +
            "are saved, and the same command continues once one is there",
        );
      }
      this.#wake();
      if (found) return;
      await pause(this.#settings.lookMs, signal);
    }
  }

  async #found({ address, name }: Member): Promise<boolean> {
    try {
      const account = await askServer(address, { ...this.#settings, abort: this.#stop.signal });
      if (account === undefined) return false;
      if (isSameServing(account, this.account)) return true;
      throw new BenchError(
        `Cannot go on at ${name}: it serves ${accountText(account)} now, expected ${accountText(this.account)}`,
      );
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      this.#fault = error instanceof Error ? error : new Error(String(error));
      return false;
    }
  }
}

/** Waits, or until aborted. */
export function pause(ms: number, abort?: AbortSignal): Promise<void> {
  if (abort?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      abort?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    abort?.addEventListener("abort", end);
  });
}

function accountText(account: ServerAccount): string {
  const { engine, version, maxPositions } = account;
  return `${servedName(account)} by ${engine}${version === null ? "" : ` ${version}`}` +
    (maxPositions === undefined ? "" : `, ${maxPositions} positions`);
}

function place(index: number): string {
  return ["first", "second", "third"][index] ?? `${index + 1}th`;
}
