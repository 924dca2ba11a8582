import { ghost } from "./ghost.ts";

export const integrationGhost = ghost("integration", {
  vendors: ["genesys"],
  haunts: ({ genesys, chosen }) => chosen(genesys.integrations),
  inChain: ({ integration }) => integration,
});
