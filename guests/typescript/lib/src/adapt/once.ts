/** Makes something when it is first asked for, and never again. Where that fails, the next to ask tries again. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
