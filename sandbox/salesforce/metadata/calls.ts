import { nextId, type Org } from "../org.ts";
import type { Component, FieldValues, Permission, User } from "../state.ts";
import { componentsOf, findComponent, forget } from "./components.ts";
import { connectedApp } from "./connectedApp.ts";
import { externalClientApplication } from "./externalClientApplication.ts";
import { globalOauthSettings } from "./globalOauthSettings.ts";
import { type MetadataType, SaveError, sfFault } from "./metadataType.ts";
import { oauthSettings } from "./oauthSettings.ts";
import { orgSettings } from "./orgSettings.ts";
import { oauthPolicies, pluginPolicies } from "./policies.ts";

export const METADATA_TYPES: readonly MetadataType[] = [
  connectedApp,
  externalClientApplication,
  oauthSettings,
  globalOauthSettings,
  oauthPolicies,
  pluginPolicies,
  orgSettings,
];

/** Who calls, and by which API version. */
export interface Caller {
  org: Org;
  user: User;
  version: number;
}

/** A component as a caller sends it; a field sent empty is `null`, to be cleared. */
export interface Draft {
  fullName: string | undefined;
  fields: Record<string, FieldValues[string] | null>;
}

/** The type of this name, or the fault that this API version does not know it. */
export function metadataType(version: number, name: string | undefined): MetadataType {
  const found = METADATA_TYPES.find((type) => type.name === name && version >= type.since);
  if (found) return found;
  throw sfFault("INVALID_TYPE", `This type of metadata is not available for this organization: ${name}`);
}

/** Makes a component; throws `SaveError`. */
export function create({ org, user }: Caller, type: MetadataType, draft: Draft): void {
  const fullName = requireName(draft);
  const now = new Date().toISOString();
  const component: Component = {
    id: nextId(org, type.idPrefix),
    type: type.name,
    fullName,
    fields: { ...type.defaults, ...withoutCleared(draft.fields) },
    createdAt: now,
    createdBy: user.username,
    modifiedAt: now,
    modifiedBy: user.username,
  };
  type.mayCreate?.(org, component);
  if (findComponent(org, type.name, fullName)) throw duplicate(fullName);
  checkRequired(type, component);
  type.beforeSave?.(org, component);
  org.store.state.components.push(component);
  type.afterCreate?.(org, component);
}

/** Changes a component; throws `SaveError`. */
export function update({ org, user }: Caller, type: MetadataType, draft: Draft): void {
  const fullName = requireName(draft);
  const before = findComponent(org, type.name, fullName);
  if (before === undefined) throw absent(org, type, fullName);
  const kept = org.assumptions.updateOfOmittedFields.chosen === "keep" ? before.fields : type.defaults;
  const after: Component = {
    ...before,
    fields: withoutCleared({ ...kept, ...draft.fields }),
    modifiedAt: new Date().toISOString(),
    modifiedBy: user.username,
  };
  checkRequired(type, after);
  type.beforeSave?.(org, after, before);
  Object.assign(before, after);
}

/** Deletes a component; throws `SaveError`. */
export function remove({ org }: Caller, type: MetadataType, fullName: string): void {
  const component = findComponent(org, type.name, fullName);
  if (component === undefined) throw absent(org, type, fullName);
  type.beforeDelete?.(org, component);
  forget(org, component);
}

/** What readMetadata shows of a component, in the order of the WSDL; `undefined` when it is not there. */
export function read(
  { org, version }: Caller,
  type: MetadataType,
  fullName: string,
): FieldValues | undefined {
  const component = findComponent(org, type.name, fullName);
  if (component === undefined) return undefined;
  const shown = type.shown?.(org, component) ?? component.fields;
  const names = Object.entries(type.fields)
    .filter(([name, field]) => shown[name] !== undefined && isInVersion(field, version))
    .map(([name]) => name);
  return { fullName, ...Object.fromEntries(names.map((name) => [name, shown[name] ?? ""])) };
}

/** All components of a type. "Settings" is the listing name of the org's settings. */
export function list(
  { org, version }: Caller,
  typeName: string,
): { type: MetadataType; component: Component }[] {
  const type = metadataType(version, typeName === "Settings" ? orgSettings.name : typeName);
  return componentsOf(org, type.name).map((component) => ({ type, component }));
}

/** Whether this API version has the element. */
export function isInVersion(field: { since: number; until?: number }, version: number): boolean {
  return version >= field.since && version <= (field.until ?? version);
}

/** Throws the fault of a user who lacks what the call needs. */
export function demand({ org, user }: Caller, permission: Permission): void {
  if (user.permissions.includes(permission)) return;
  throw sfFault(
    org.assumptions.missingPermissionCode.chosen,
    `${user.username} lacks the permission ${permission}, which this call requires.`,
  );
}

function requireName(draft: Draft): string {
  if (draft.fullName) return draft.fullName;
  throw new SaveError("REQUIRED_FIELD_MISSING", "Required field is missing: fullName", "fullName");
}

function checkRequired(type: MetadataType, component: Component) {
  for (const [name, field] of Object.entries(type.fields)) {
    if (field.required && component.fields[name] === undefined) {
      throw new SaveError("REQUIRED_FIELD_MISSING", `Required field is missing: ${name}`, name);
    }
  }
}

function withoutCleared(fields: Draft["fields"]): FieldValues {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as FieldValues;
}

function duplicate(fullName: string) {
  return new SaveError(
    "DUPLICATE_DEVELOPER_NAME",
    `The developer name "${fullName}" is already in use. Enter a unique name.`,
    "fullName",
  );
}

function absent(org: Org, type: MetadataType, fullName: string) {
  return new SaveError(
    org.assumptions.absentComponentCode.chosen,
    `In field: fullName - no ${type.name} named ${fullName} found`,
  );
}
