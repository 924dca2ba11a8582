import type { World } from "../fault.ts";
import { ghost } from "./ghost.ts";

/** Signing in at Salesforce itself goes well with it, as in the reports of users. */
export const ecaGhost = ghost("ECA", {
  vendors: ["salesforce"],
  haunts: ({ salesforce, chosen }) =>
    chosen(salesforce.components.filter(({ type }) => type === "ExternalClientApplication")),
  inChain: ({ clientId }, world) => appOf(clientId, world),
});

/** Id of the app behind a client id; it stays when the client's key and secret are rotated. */
function appOf(clientId: string, { salesforce }: World): string | undefined {
  const consumer = salesforce.consumers.find(
    ({ key, staged }) => key === clientId || staged?.key === clientId,
  );
  const app = salesforce.components.find(
    ({ type, fullName }) => type === "ExternalClientApplication" && fullName === consumer?.app,
  );
  return app?.id;
}
