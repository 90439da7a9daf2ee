/**
 * The token by which a Ray cluster knows its users: found where Ray's own tools look, and never shown.
 *
 * Source: doc/source/ray-security/token-auth.md of Ray 2.60.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { isVisible, readBytesBounded } from "../files/read.ts";

/** Variables that say what the token is, or where it lies. */
export const TOKEN_VARIABLES = { token: "RAY_AUTH_TOKEN", path: "RAY_AUTH_TOKEN_PATH", home: "HOME" } as const;
/** Where it lies otherwise, below the user's folder. */
export const TOKEN_FILE = ".ray/auth_token";
/** Those of Kubernetes have a thousand letters. */
const LARGEST_FILE = 1 << 16;
/** What a header's value may hold. */
const TOKEN = /^[\x21-\x7e]+$/;

/** One variable of the environment; undefined where it is not set. */
export type Variable = (name: string) => string | undefined;

/**
 * The token, from `RAY_AUTH_TOKEN`, else the file of `RAY_AUTH_TOKEN_PATH`, else `~/.ray/auth_token`; undefined where there
 * is none.
 *
 * @throws {BenchError} If the file that is named cannot be read, or what is found cannot be sent; it is not shown
 */
export function rayToken(variable: Variable): string | undefined {
  const own = variable(TOKEN_VARIABLES.token)?.trim();
  if (own !== undefined && own !== "") return sendable(own, TOKEN_VARIABLES.token);
  const path = tokenFile(variable);
  const isNamed = variable(TOKEN_VARIABLES.path) !== undefined;
  return path === undefined || (!isNamed && !isVisible(path)) ? undefined : sendable(contentOf(path), path);
}

/** The file in which it lies where no variable holds it; it may not be there. */
export function tokenFile(variable: Variable): string | undefined {
  const home = variable(TOKEN_VARIABLES.home);
  return variable(TOKEN_VARIABLES.path) ?? (home === undefined ? undefined : `${home}/${TOKEN_FILE}`);
}

function contentOf(path: string): string {
  return new TextDecoder().decode(readBytesBounded(path, LARGEST_FILE)).trim();
}

function sendable(token: string, from: string): string {
  if (TOKEN.test(token)) return token;
  throw new BenchError(
    `Cannot use Ray's token of ${from}: found ${token.length} characters, expected some without spaces; ` +
      "make one with: ray get-auth-token --generate",
  );
}
