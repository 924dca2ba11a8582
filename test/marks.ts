import type { Sandbox } from "../sandbox/sandbox.ts";

/** All objects of both vendors that sets are made of, as the sandbox keeps them. */
export function objectsOf({ genesys, salesforce }: Pick<Sandbox, "genesys" | "salesforce">) {
  const { credentials, integrations, configurations, deployments } = genesys.store.state;
  const { components } = salesforce.store.state;
  return { credentials, integrations, configurations, deployments, components };
}

/** Erases the owner's mark of every object, as if people had made it in the consoles, or puts another one there. */
export function changeMarks(sandbox: Pick<Sandbox, "genesys" | "salesforce">, owner?: string): void {
  changeIn(objectsOf(sandbox), owner === undefined ? "" : ` [managed by pulumi: ${owner}]`);
}

function changeIn(value: unknown, mark: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (typeof part !== "string") changeIn(part, mark);
    else (value as Record<string, string>)[name] = part.replace(/\s*\[managed by pulumi: [^\]]+\]/, mark);
  }
}
