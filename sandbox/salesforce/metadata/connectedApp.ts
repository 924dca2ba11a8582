import { type MetadataType, SaveError, text } from "./metadataType.ts";

/** What came before External Client Apps. An org may still have some; they block the names of new apps. */
export const connectedApp: MetadataType = {
  name: "ConnectedApp",
  since: 47,
  directory: "connectedApps",
  suffix: "connectedApp",
  idPrefix: "0H4",
  permission: "ModifyMetadata",
  fields: { contactEmail: text(47), description: text(47), label: text(47) },
  mayCreate: () => {
    throw new SaveError("FUNCTIONALITY_NOT_ENABLED", "New connected apps can no longer be created.");
  },
};
