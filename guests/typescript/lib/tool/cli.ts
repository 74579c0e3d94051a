/** `plugbox-guest build ENTRY --wit FOLDER --out FILE`: words in, exit code out. */

import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { BuildError } from "./probe.js";

const USAGE = `Builds a plugbox guest from TypeScript or JavaScript.

Usage: plugbox-guest build [ENTRY] [--wit FOLDER] --out FILE

ENTRY is the module whose default export is the guest; src/guest.ts without it.
FOLDER is what "plugbox new" or "plugbox wit" wrote; wit without it. The guest's world is the one named guest in its guest.wit;
without that file it exports what the guest implements.
Types are not checked: tsc does that.`;

async function main(): Promise<number> {
  const options = {
    wit: { type: "string", default: "wit" },
    out: { type: "string", short: "o" },
    help: { type: "boolean", short: "h" },
  } as const;
  let words;
  try {
    words = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return wrong((error as Error).message);
  }
  const [verb, entry = "src/guest.ts", ...more] = words.positionals;
  const { wit, out, help } = words.values;
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (verb !== "build" || more.length > 0) {
    return wrong("the only command is build, with one entry");
  }
  if (out === undefined) {
    return wrong("--out is missing: the file to write");
  }
  try {
    // Loaded only here: a compiler takes its time.
    const { build } = await import("./build.js");
    const interfaces = await build(entry, wit, out);
    const size = (statSync(out).size / 2 ** 20).toFixed(1);
    console.log(`${out}: ${size} MiB, exports ${interfaces.map(({ id }) => id).join(", ")}`);
    return 0;
  } catch (error) {
    console.error(error instanceof BuildError ? `error: ${error.message}` : error);
    return 1;
  }
}

function wrong(why: string): number {
  console.error(`error: ${why}\n\n${USAGE}`);
  return 2;
}

process.exitCode = await main();
