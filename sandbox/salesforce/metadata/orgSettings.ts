import { flag, type MetadataType, SaveError } from "./metadataType.ts";

/** The org's switches for External Client Apps: one component, `ExternalClientApp`, that is always there. */
export const orgSettings: MetadataType = {
  name: "ExternalClientAppSettings",
  since: 58,
  directory: "settings",
  suffix: "settings",
  idPrefix: "0xS",
  permission: "ModifyMetadata",
  fields: {
    enableClientSecretInRestApiAccess: flag(60),
    enableConsumerSecretApiAccess: flag(57),
    enableExternalClientApps: flag(58, { until: 62 }),
    enablePackageEcaOauthFromDevOrg: flag(60),
  },
  filesMayBePartial: true,
  mayCreate: refuse,
  beforeDelete: refuse,
};

function refuse(): never {
  throw new SaveError("INVALID_OPERATION", "Settings can be neither created nor deleted.");
}
