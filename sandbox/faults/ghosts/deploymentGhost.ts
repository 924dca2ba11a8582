import { ghost } from "./ghost.ts";

export const deploymentGhost = ghost("deployment", {
  vendors: ["genesys"],
  haunts: ({ genesys, chosen }) => chosen(genesys.deployments),
  inChain: ({ deployment }) => deployment,
});
