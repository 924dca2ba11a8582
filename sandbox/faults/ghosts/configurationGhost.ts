import { ghost } from "./ghost.ts";

export const configurationGhost = ghost("configuration", {
  vendors: ["genesys"],
  haunts: ({ genesys, chosen }) => chosen(genesys.configurations),
  inChain: ({ configuration }) => configuration,
});
