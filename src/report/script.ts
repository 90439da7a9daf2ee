/**
 * The page's script as it stands in the page, and the hash by which the page's policy knows it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { enhanceTables } from "./enhance_tables.js";
import { enhanceViewer } from "./enhance_viewer.js";

/** Runs in the browser; what it adds, the page does without. */
export const SCRIPT = `(${enhanceViewer})(document);(${enhanceTables})(document);`;

/** As a policy names it. */
export const SCRIPT_HASH = `sha256-${createHash("sha256").update(SCRIPT).digest("base64")}`;
