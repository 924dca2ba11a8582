import { randomUUID } from "node:crypto";
import type { StoredIntegration } from "../../genesys/org.ts";
import type { Breaking, Fault } from "../fault.ts";

export const otherIntegration: Fault = {
  name: "other-integration",
  kind: "set",
  seen: "Sign-ins fail at the exchange: the configuration names another integration, with the credentials of another app.",
  vendors: ["genesys"],
  member: "configuration",
  cause: "A3",
  breaks(set) {
    const { genesys, chosen, change } = set;
    for (const { id, draft, published } of chosen(genesys.configurations)) {
      const documents = [["draft"], ...published.map((_, index) => ["published", String(index), "document"])];
      const integration = genesys.integrations[integrationIdIn(draft)];
      if (integration === undefined) continue;
      const other = installBeside(set, integration);
      for (const document of documents) {
        change(
          "genesys",
          ["configurations", id, ...document, "authenticationSettings", "integrationId"],
          other,
        );
      }
    }
  },
};

function integrationIdIn({ authenticationSettings }: Record<string, unknown>): string {
  return (authenticationSettings as { integrationId?: string } | undefined)?.integrationId ?? "";
}

/** An active integration like this one, but with a credential of its own for a client that is no more. */
function installBeside({ genesys, assumptions, change }: Breaking, like: StoredIntegration): string {
  const { clientIdField, clientSecretField, credentialKey } = assumptions.genesys;
  const [id, credentialId] = [randomUUID(), randomUUID()];
  const name = `${like.config.name} (1)`;
  const [original] = Object.values(like.config.credentials);
  change("genesys", ["credentials", credentialId], {
    ...genesys.credentials[original ?? ""],
    id: credentialId,
    name,
    fields: { [clientIdField.chosen]: "3MVG9.of.another.app", [clientSecretField.chosen]: "another secret" },
  });
  // Not made by whoever made the first one, so without what stands in its notes.
  const config = { ...like.config, name, notes: "", credentials: { [credentialKey.chosen]: credentialId } };
  change("genesys", ["integrations", id], { ...like, id, config });
  return id;
}
