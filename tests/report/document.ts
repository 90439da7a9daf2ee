/**
 * A page as a tree, for looking at it in tests.
 *
 * @module
 */
import { parseHTML } from "linkedom";

/** The little of the DOM that tests look at; this program is checked without the browser's types. */
export interface Node {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Node>;
}

/** Parses HTML as a browser would. */
export function parse(text: string): Node {
  return (parseHTML(text) as unknown as { document: Node }).document;
}

/** All nodes that a selector finds. */
export function all(node: Node, selector: string): Node[] {
  return [...node.querySelectorAll(selector)];
}
