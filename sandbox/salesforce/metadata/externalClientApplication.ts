import { forgetConsumer } from "../consumers.ts";
import type { Org } from "../org.ts";
import type { Component } from "../state.ts";
import { childrenOf, findComponent, forget } from "./components.ts";
import { flag, type MetadataType, oneOf, SaveError, text } from "./metadataType.ts";

/** The app itself: the parent of its OAuth settings and of its policies. */
export const externalClientApplication: MetadataType = {
  name: "ExternalClientApplication",
  since: 59,
  directory: "externalClientApps",
  suffix: "eca",
  idPrefix: "0xI",
  permission: "ExternalClientAppDeveloper",
  fields: {
    contactEmail: text(56),
    contactPhone: text(57),
    description: text(56),
    distributionState: oneOf(57, "Local", "Packaged", "Managed", "AutoInstalled"),
    iconUrl: text(56),
    infoUrl: text(56),
    isProtected: flag(56),
    label: text(57),
    logoUrl: text(56),
    managedType: oneOf(60, "Local", "Global"),
    orgScopedExternalApp: text(56),
  },
  defaults: { distributionState: "Local", isProtected: false },
  mayCreate: nameIsFree,
  beforeSave: (org, app) => {
    nameIsWellFormed(app);
    emailIsWellFormed(app);
    scopeIsOfThisOrg(org, app);
  },
  beforeDelete: childrenGoAlong,
};

function nameIsFree(org: Org, app: Component) {
  if (findComponent(org, "ExternalClientApplication", app.fullName)) {
    throw new SaveError(
      org.assumptions.duplicateAppCode.chosen,
      `The developer name "${app.fullName}" is already in use. Enter a unique name.`,
      "fullName",
    );
  }
  if (findComponent(org, "ConnectedApp", app.fullName)) {
    throw new SaveError(
      org.assumptions.duplicateAppCode.chosen,
      `A connected app named "${app.fullName}" already exists.`,
      "fullName",
    );
  }
}

function nameIsWellFormed(app: Component) {
  if (/^[A-Za-z](?!.*__)\w*(?<!_)$/.test(app.fullName) && app.fullName.length <= 80) return;
  throw new SaveError(
    "INVALID_FULL_NAME",
    `"${app.fullName}": the name may have letters, digits and single underscores, must begin with a letter, ` +
      "must not end with an underscore and must not be longer than 80 characters.",
    "fullName",
  );
}

function emailIsWellFormed(app: Component) {
  const { contactEmail } = app.fields;
  if (contactEmail === undefined || /^[^\s@]+@[^\s@]+$/.test(String(contactEmail))) return;
  throw new SaveError("INVALID_EMAIL_ADDRESS", `invalid email address: ${contactEmail}`, "contactEmail");
}

/** The platform writes `<org id>:<app>`; one that was read from another org is refused. */
function scopeIsOfThisOrg(org: Org, app: Component) {
  const generated = `${org.store.state.orgId}:${app.fullName}`;
  app.fields.orgScopedExternalApp ??= generated;
  if (app.fields.orgScopedExternalApp === generated) return;
  throw new SaveError(
    "FIELD_INTEGRITY_EXCEPTION",
    `orgScopedExternalApp "${app.fields.orgScopedExternalApp}" does not belong to this org and app.`,
    "orgScopedExternalApp",
  );
}

function childrenGoAlong(org: Org, app: Component) {
  const children = childrenOf(org, app.fullName);
  if (children.length > 0 && org.assumptions.deletionOfParent.chosen === "refused") {
    throw new SaveError("DEPENDENCY_EXISTS", `"${app.fullName}" is referenced by its settings and policies.`);
  }
  for (const child of children) forget(org, child);
  forgetConsumer(org, app.fullName);
}
