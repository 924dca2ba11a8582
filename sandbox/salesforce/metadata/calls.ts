import { isDeepStrictEqual } from "node:util";
import { nextId, type Org } from "../org.ts";
import type { Component, FieldValues, Permission, User } from "../state.ts";
import { findComponent, forget } from "./components.ts";
import { connectedApp } from "./connectedApp.ts";
import { externalClientApplication } from "./externalClientApplication.ts";
import { globalOauthSettings } from "./globalOauthSettings.ts";
import { type MetadataType, SaveError, type Sent, sfFault } from "./metadataType.ts";
import { oauthSettings } from "./oauthSettings.ts";
import { orgSettings } from "./orgSettings.ts";
import { oauthPolicies, pluginPolicies } from "./policies.ts";

/** In the order a deploy saves them: parents first, and policies before the settings that bring default ones. */
export const METADATA_TYPES: readonly MetadataType[] = [
  orgSettings,
  connectedApp,
  externalClientApplication,
  pluginPolicies,
  oauthPolicies,
  globalOauthSettings,
  oauthSettings,
];

/** Who calls, and by which API version. */
export interface Caller {
  org: Org;
  user: User;
  version: number;
}

/** A component as a caller sends it. */
export interface Draft {
  fullName: string | undefined;
  fields: Sent;
}

/** The type of this name, or the fault that this API version does not know it. */
export function metadataType(version: number, name = ""): MetadataType {
  return listedType(version, name) ?? unknownType(name);
}

function unknownType(name: string): never {
  throw sfFault("INVALID_TYPE", `This type of metadata is not available for this organization: ${name}`);
}

/**
 * The type by the name that lists and manifests give it, where all settings go by "Settings"; `undefined` when
 * this API version does not know it.
 */
export function listedType(version: number, name: string): MetadataType | undefined {
  const wanted = name === "Settings" ? orgSettings.name : name;
  return METADATA_TYPES.find((type) => type.name === wanted && version >= type.since);
}

/** The name that lists and manifests give a type. */
export function listedName(type: MetadataType): string {
  return type === orgSettings ? "Settings" : type.name;
}

/** Makes a component; throws `SaveError`. */
export function create({ org, user }: Caller, type: MetadataType, draft: Draft): Component {
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
  return component;
}

/** Changes a component; throws `SaveError`. */
export function update(caller: Caller, type: MetadataType, draft: Draft): void {
  const before = findComponent(caller.org, type.name, requireName(draft));
  if (before === undefined) throw absent(caller.org, type, requireName(draft));
  const keeps = caller.org.assumptions.updateOfOmittedFields.chosen === "keep";
  change(caller, type, before, { ...(keeps ? before.fields : type.defaults), ...draft.fields });
  type.afterChange?.(caller.org, before, draft.fields, "call");
}

/** Changes the component, or makes it when it is not there; answers whether it was made. Throws `SaveError`. */
export function upsert(caller: Caller, type: MetadataType, draft: Draft): boolean {
  const isThere = findComponent(caller.org, type.name, requireName(draft)) !== undefined;
  if (isThere) update(caller, type, draft);
  else create(caller, type, draft);
  return !isThere;
}

/** What a deploy did with a file. */
export interface Replaced {
  component: Component;
  created: boolean;
  changed: boolean;
  warnings: string[];
}

/**
 * What a deploy does with a file: makes the component, or replaces all of it, so that what the file leaves out
 * falls back to its default or is cleared. Throws `SaveError`.
 */
export function replace(caller: Caller, type: MetadataType, draft: Draft): Replaced {
  const { org } = caller;
  const component = findComponent(org, type.name, requireName(draft));
  if (component === undefined) {
    return { component: create(caller, type, draft), created: true, changed: true, warnings: [] };
  }
  const before = component.fields;
  const kept = type.filesMayBePartial ? component.fields : type.defaults;
  change(caller, type, component, { ...kept, ...draft.fields });
  const warnings = type.afterChange?.(org, component, draft.fields, "deploy") ?? [];
  const changed = warnings.length > 0 || !isDeepStrictEqual(component.fields, before);
  return { component, created: false, changed, warnings };
}

function change({ org, user }: Caller, type: MetadataType, component: Component, fields: Sent) {
  const after: Component = {
    ...component,
    fields: withoutCleared(fields),
    modifiedAt: new Date().toISOString(),
    modifiedBy: user.username,
  };
  checkRequired(type, after);
  type.beforeSave?.(org, after, component);
  Object.assign(component, after);
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

/** Whether this API version has the element. */
export function isInVersion(field: { since: number; until?: number }, version: number): boolean {
  return version >= field.since && version <= (field.until ?? version);
}

/** Apps, settings and policies are visible to their viewers; other metadata to everyone who may call at all. */
export function demandRead(caller: Caller, type: MetadataType): void {
  if (type.permission !== "ModifyMetadata") demand(caller, "ExternalClientAppViewer");
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

function withoutCleared(fields: Sent): FieldValues {
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
