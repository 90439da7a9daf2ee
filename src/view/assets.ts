/**
 * The page's own style, icon and script.
 *
 * @module
 */
import { STYLE } from "../report/style.ts";

/** The report's style, and what only this page has. */
export const LIVE_STYLE = `${STYLE}
progress.whole{width:100%;max-width:46rem;height:.8rem;accent-color:var(--arm-0)}
`;

/** A curve. */
export const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 14C6 13 7 4 15 2" fill="none" stroke="#1f6fb4" stroke-width="2.5"/></svg>\n`;

/**
 * Asks for the parts every other second and renews those that changed, but for one in which something is selected or has
 * the focus. The server sends markup in which all texts are escaped; no part of it is run.
 */
export const SCRIPT = `"use strict";
const PERIOD_MS = 2000;
const shown = new Map();
const connection = document.getElementById("connection");
async function renew() {
  const answer = await fetch("/state" + location.search, { cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  const parts = new DOMParser().parseFromString(await answer.text(), "text/html").body.children;
  for (const part of [...parts]) {
    const old = document.getElementById(part.id);
    const html = part.outerHTML;
    if (old === null || shown.get(part.id) === html || isInUse(old)) continue;
    shown.set(part.id, html);
    old.replaceWith(part);
  }
}
function isInUse(element) {
  const { anchorNode, isCollapsed } = getSelection();
  return element.contains(document.activeElement) || (!isCollapsed && element.contains(anchorNode));
}
async function follow() {
  let text = "";
  try {
    if (!document.hidden) await renew();
  } catch {
    text = "No longer following: the program that shows this page has ended.";
  }
  if (connection.textContent !== text) connection.textContent = text;
  setTimeout(follow, PERIOD_MS);
}
setTimeout(follow, PERIOD_MS);
`;
