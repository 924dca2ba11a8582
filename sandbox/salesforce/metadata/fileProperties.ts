import { userId } from "../org.ts";
import type { Component } from "../state.ts";
import { type Caller, listedName } from "./calls.ts";
import type { MetadataType } from "./metadataType.ts";

/** What lists and retrieves say about a component. */
export interface FileProperties {
  createdById: string;
  createdByName: string;
  createdDate: string;
  fileName: string;
  fullName: string;
  id: string;
  lastModifiedById: string;
  lastModifiedByName: string;
  lastModifiedDate: string;
  manageableState: string;
  type: string;
}

export function fileProperties(caller: Caller, type: MetadataType, component: Component): FileProperties {
  return {
    createdById: userId(caller.org, component.createdBy),
    createdByName: component.createdBy,
    createdDate: component.createdAt,
    fileName: fileName(type, component.fullName),
    fullName: component.fullName,
    id: component.id,
    lastModifiedById: userId(caller.org, component.modifiedBy),
    lastModifiedByName: component.modifiedBy,
    lastModifiedDate: component.modifiedAt,
    manageableState: "unmanaged",
    type: listedName(type),
  };
}

/** Where the file of a component lies inside its package. */
export function fileName(type: MetadataType, fullName: string): string {
  return `${type.directory}/${fullName}.${type.suffix}`;
}
