/** Which of the contract's interfaces a guest has. */

import { INTERFACES, type Interface } from "./contract.js";

/** Something that is wrong with a guest, told without a stack: where in the tool it was noticed helps nobody. */
export class BuildError extends Error {}

type Methods = Record<string, unknown>;

/** Makes each block once, to look at its methods. */
export function probe(guest: unknown): Interface[] {
  const blocks = [...new Set(INTERFACES.map(({ block }) => block))];
  if (typeof guest !== "object" || guest === null) {
    throw new BuildError(
      "the entry has no default export that is a guest: export default { stateStore: () => new MyStore() } satisfies Guest",
    );
  }
  const unknown = Object.keys(guest).find((name) => !blocks.includes(name));
  if (unknown !== undefined) {
    throw new BuildError(`the guest has a block "${unknown}", and there are only ${blocks.join(", ")}`);
  }
  const found = blocks.filter((block) => block in guest).flatMap((block) => interfaces(block, make(guest, block)));
  if (found.length === 0) {
    throw new BuildError(`the guest has none of the blocks ${blocks.join(", ")}`);
  }
  return found;
}

function make(guest: object, block: string): Methods {
  const maker = (guest as Methods)[block];
  if (typeof maker !== "function") {
    throw new BuildError(`${block} is ${typeof maker}, and must be a function that makes it: () => new My${block}()`);
  }
  let made: unknown;
  try {
    made = maker();
  } catch (cause) {
    const place = block === "app" ? "the methods" : "init";
    throw new BuildError(
      `${block}() failed, which the build calls to see which methods there are; what needs the host belongs into ${place}: ${cause}`,
      { cause },
    );
  }
  if (typeof made !== "object" || made === null) {
    throw new BuildError(`${block}() answers no object`);
  }
  return made as Methods;
}

function interfaces(block: string, made: Methods): Interface[] {
  return INTERFACES.filter((known) => {
    if (known.block !== block) {
      return false;
    }
    const missing = known.functions.filter((name) => typeof made[name] !== "function");
    if (missing.length === 0) {
      return true;
    }
    if (known.optional && missing.length === known.functions.length) {
      return false;
    }
    throw new BuildError(
      `${block} has no ${missing.join(", ")}: ${known.name} is ${known.functions.join(", ")}` +
        (known.optional ? ", all of them or none" : ""),
    );
  });
}
