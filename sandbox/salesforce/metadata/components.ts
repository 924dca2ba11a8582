import type { Org } from "../org.ts";
import type { Component } from "../state.ts";
import { SaveError } from "./metadataType.ts";

/** All components of a type, oldest first. */
export function componentsOf(org: Org, type: string): Component[] {
  return org.store.state.components.filter((component) => component.type === type);
}

export function findComponent(org: Org, type: string, fullName: string): Component | undefined {
  return componentsOf(org, type).find((component) => component.fullName === fullName);
}

/** The settings and policies of an app, of all types or of one. */
export function childrenOf(org: Org, app: string, type?: string): Component[] {
  return org.store.state.components.filter(
    ({ fields, ...component }) =>
      fields.externalClientApplication === app && (type === undefined || component.type === type),
  );
}

/** The app's one component of this type, if it has one. */
export function childOf(org: Org, app: string, type: string): Component | undefined {
  return childrenOf(org, app, type)[0];
}

export function forget(org: Org, component: Component): void {
  org.store.state.components = org.store.state.components.filter((kept) => kept !== component);
}

/** The developer name of the app a component belongs to. */
export function parentName(component: Component): string {
  return String(component.fields.externalClientApplication);
}

/** A child needs an app that exists and that has no other component of the child's type. */
export function checkParent(org: Org, child: Component, before?: Component): void {
  const parent = parentName(child);
  if (before !== undefined && parentName(before) !== parent) {
    throw new SaveError(
      "FIELD_INTEGRITY_EXCEPTION",
      "externalClientApplication cannot be changed",
      "externalClientApplication",
    );
  }
  if (findComponent(org, "ExternalClientApplication", parent) === undefined) {
    throw new SaveError(
      org.assumptions.missingParentCode.chosen,
      `In field: externalClientApplication - no ExternalClientApplication named ${parent} found`,
      "externalClientApplication",
    );
  }
  const taken = before === undefined && childOf(org, parent, child.type) !== undefined;
  if (taken && org.assumptions.secondComponentOfApp.chosen === "refused") {
    throw new SaveError(
      "DUPLICATE_VALUE",
      `The external client app ${parent} already has a component of type ${child.type}.`,
      "externalClientApplication",
    );
  }
}
