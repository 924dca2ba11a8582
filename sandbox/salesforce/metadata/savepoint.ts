import type { Org } from "../org.ts";

/** Notes the org's components and consumers as they are; the answered function brings them back. */
export function savepoint({ store }: Org): () => void {
  const { components, consumers } = store.state;
  const saved = structuredClone({ components, consumers });
  return () => {
    Object.assign(store.state, saved);
  };
}
