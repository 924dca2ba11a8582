import { ghost } from "./ghost.ts";

export const credentialGhost = ghost("credential", {
  vendors: ["genesys"],
  haunts: ({ genesys, chosen }) => chosen(genesys.credentials),
  inChain: ({ credential }) => credential,
});
