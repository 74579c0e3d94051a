/** From a guest's entry to a component: bundle, look what it is, write the world and the exports, componentize. */

// It needs @bytecodealliance/preview2-shim without saying so; this package names it among its dependencies instead.
import { componentize } from "@bytecodealliance/componentize-js";
import { build as bundle, type BuildFailure, type BuildOptions, type Plugin } from "esbuild";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { difference, ENVIRONMENT, world, type Interface } from "./contract.js";
import { BuildError, probe } from "./probe.js";

const ADAPT = fileURLToPath(new URL("../src/adapt/index.js", import.meta.url));

const COMMON: BuildOptions = {
  bundle: true,
  format: "esm",
  target: "es2023",
  // Packages that differ between Node.js and browsers: a guest has what browsers have.
  platform: "browser",
  logLevel: "error",
};

/** What a guest imports of its world, like `wasi:cli/environment@0.2.12`. */
const IMPORTED = /^[a-z][a-z\d-]*:[a-z][a-z\d-]*\/[a-z][a-z\d-]*@[\w.+-]+$/;

/** The host, which has what a guest imports of its world, when the guest runs. What is imported and not used needs no grant. */
const HOST: Plugin = {
  name: "host",
  setup: (bundle) =>
    bundle.onResolve({ filter: IMPORTED }, ({ path }) => ({ path, external: true, sideEffects: false })),
};

/** What is there in the place of the host while a guest is built: functions that fail. */
const NO_HOST: Plugin = {
  name: "no-host",
  setup(bundle) {
    bundle.onResolve({ filter: IMPORTED }, ({ path }) => ({ path, namespace: "host" }));
    bundle.onLoad({ filter: /./, namespace: "host" }, ({ path }) => {
      const failing = `() => { throw new Error("${path} is asked while the guest is built") }`;
      const any = `new Proxy({}, { get: (_, name) => (name === "__esModule" ? undefined : ${failing}) })`;
      return { contents: `module.exports = Object.create(${any});` };
    });
  },
};

/** Builds a guest, and answers what it exports. `wit` is the folder of its world, or of the contract alone. */
export async function build(entry: string, wit: string, out: string): Promise<Interface[]> {
  const folder = await mkdtemp(join(tmpdir(), "plugbox-guest-"));
  try {
    const interfaces = probe(await evaluate(entry, folder));
    const main = join(folder, "main.js");
    const imports = await bundled({
      stdin: { contents: exportsOf(entry, interfaces), resolveDir: dirname(resolve(entry)) },
      outfile: main,
      plugins: [HOST],
    });
    const component = await componentized(main, await worldOf(interfaces, imports, wit, folder));
    await put(component, out);
    return interfaces;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The default export of the entry. */
async function evaluate(entry: string, folder: string): Promise<unknown> {
  const file = join(folder, "probe.mjs");
  await bundled({ entryPoints: [entry], outfile: file, plugins: [NO_HOST] });
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return module.default;
  } catch (cause) {
    throw new BuildError(`${entry} cannot be evaluated: ${cause}`, { cause });
  }
}

/** Answers what the bundle imports of its world. */
async function bundled(options: BuildOptions): Promise<string[]> {
  try {
    const { metafile } = await bundle({ ...COMMON, ...options, metafile: true });
    const paths = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    return [...new Set(paths)].filter((path) => IMPORTED.test(path)).sort();
  } catch (cause) {
    const { errors } = cause as Partial<BuildFailure>;
    if (errors === undefined) {
      throw cause;
    }
    // esbuild has said on standard error what is wrong, and where.
    const notes = errors.flatMap(({ notes }) => notes.map(({ text }) => text));
    const why = notes.some((note) => note.includes("built into node"))
      ? ": a guest runs without Node.js's modules"
      : "";
    throw new BuildError(`the guest cannot be bundled${why}`, { cause });
  }
}

/** The module whose exports are those of the world. */
function exportsOf(entry: string, interfaces: readonly Interface[]): string {
  return [
    `import guest from ${JSON.stringify(resolve(entry))};`,
    `import { adapt } from ${JSON.stringify(ADAPT)};`,
    `export const { ${interfaces.map(({ name }) => name).join(", ")} } = adapt(guest);`,
  ].join("\n");
}

/** The folder of a world `guest`: the guest's own, where it has one. */
async function worldOf(
  interfaces: readonly Interface[],
  imports: readonly string[],
  wit: string,
  folder: string,
): Promise<string> {
  const own = join(wit, "guest.wit");
  if (existsSync(own)) {
    const wrong = difference(await readFile(own, "utf8"), interfaces, imports);
    if (wrong !== undefined) {
      throw new BuildError(`${own}: ${wrong}`);
    }
    return wit;
  }
  const deps = join(wit, "deps");
  if (!existsSync(deps)) {
    throw new BuildError(
      `${wit} is no folder with the contract: "plugbox wit ${wit}" makes it, or name another by --wit`,
    );
  }
  const made = join(folder, "wit");
  await cp(deps, join(made, "deps"), { recursive: true });
  await writeFile(join(made, "guest.wit"), world(interfaces, imports));
  if (imports.includes(ENVIRONMENT.id) && !(await hasWasi(deps))) {
    await mkdir(join(made, "deps", "wasi-cli"));
    await writeFile(join(made, "deps", "wasi-cli", "environment.wit"), ENVIRONMENT.wit);
  }
  return made;
}

/** Whether the folder has, beside the contract, what WASI has for every program. */
async function hasWasi(deps: string): Promise<boolean> {
  const files = (await readdir(deps, { recursive: true })).filter((file) => file.endsWith(".wit"));
  const texts = await Promise.all(files.map((file) => readFile(join(deps, file), "utf8")));
  return texts.some((text) => /^package wasi:cli@/m.test(text));
}

async function componentized(sourcePath: string, witPath: string): Promise<Uint8Array> {
  try {
    const { component } = await componentize({ sourcePath, witPath, worldName: "guest" });
    return component;
  } catch (cause) {
    const asked = /unknown imported function: '(?<what>[^']+)'/.exec(String(cause))?.groups?.["what"];
    if (asked === undefined) {
      throw cause;
    }
    throw new BuildError(
      `a module of the guest asks for ${asked} when it is loaded, and that is while the guest is built: ` +
        "what needs the host belongs into a block's constructor or its init",
      { cause },
    );
  }
}

/** A guest that is in use is replaced whole, never written over. */
async function put(component: Uint8Array, out: string): Promise<void> {
  await mkdir(dirname(resolve(out)), { recursive: true });
  const fresh = `${out}.${process.pid}.new`;
  await writeFile(fresh, component);
  await rename(fresh, out);
}
