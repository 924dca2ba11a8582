import { nextId, type Org } from "../org.ts";
import type { Manifest, Retrieve } from "../state.ts";
import { type Caller, demandRead, listedType, read } from "./calls.ts";
import { componentsOf, findComponent } from "./components.ts";
import { type FileProperties, fileProperties } from "./fileProperties.ts";
import { type MetadataType, sfFault } from "./metadataType.ts";
import { componentFile, type Files, manifestFile, zip } from "./packages.ts";
import { findTransfer, hasBegun, isDue, kept, newTransfer } from "./transfers.ts";

/** Takes a retrieve of what the manifest lists. */
export function startRetrieve(caller: Caller, manifest: Manifest, singlePackage: boolean): Retrieve {
  const { org } = caller;
  const retrieve = { ...newTransfer(caller, nextId(org, "09S")), manifest, singlePackage };
  org.store.state.retrieves = [...kept(org.store.state.retrieves), retrieve];
  org.store.save();
  return retrieve;
}

/** `RetrieveResult` of the Metadata API. The zip file is handed out once, and then forgotten. */
export function retrieveResult(caller: Caller, id: string | undefined, includeZip: boolean) {
  const { org } = caller;
  const retrieve = findTransfer(org.store.state.retrieves, id);
  if (retrieve.outcome === undefined && isDue(org, retrieve)) complete(caller, retrieve);
  const { outcome } = retrieve;
  if (outcome === undefined) {
    const status = hasBegun(org, retrieve) ? "InProgress" : "Pending";
    return { done: false, id: retrieve.id, status, success: false, zipFile: { "@xsi:nil": "true" } };
  }
  const zipFile = includeZip ? handOut(org, outcome) : { "@xsi:nil": "true" };
  const { files: fileProperties, messages } = outcome;
  return {
    done: true,
    fileProperties,
    id: retrieve.id,
    messages,
    status: "Succeeded",
    success: true,
    zipFile,
  };
}

function handOut(org: Org, outcome: NonNullable<Retrieve["outcome"]>): string {
  const { zip } = outcome;
  if (zip === undefined) throw sfFault("INVALID_LOCATOR", "Retrieve result has been deleted.");
  delete outcome.zip;
  org.store.save();
  return zip;
}

function complete(caller: Caller, retrieve: Retrieve) {
  const version = Number(retrieve.manifest.version ?? retrieve.version);
  const root = retrieve.singlePackage ? "" : "unpackaged/";
  const { files, properties, messages } = collect({ ...caller, version }, retrieve.manifest, root);
  retrieve.completedAt = new Date().toISOString();
  retrieve.outcome = { files: properties.map((one) => ({ ...one })), messages, zip: zip(files) };
  caller.org.store.save();
}

interface Collected {
  files: Files;
  properties: FileProperties[];
  messages: { fileName: string; problem: string }[];
}

/** The files of all components that the manifest lists, package.xml first, and what it lists in vain. */
function collect(caller: Caller, manifest: Manifest, root: string): Collected {
  const at = `${root}package.xml`;
  const collected: Collected = { files: new Map(), properties: [], messages: [] };
  const found: Manifest = { types: [], version: `${caller.version}.0` };
  collected.files.set(at, "");
  for (const { name, members } of manifest.types) {
    const type = listedType(caller.version, name);
    if (type === undefined) {
      collected.messages.push({ fileName: at, problem: `Entity type: '${name}' is unknown` });
      continue;
    }
    demandRead(caller, type);
    const there = members.flatMap((member) => addMembers(collected, caller, type, name, member, root));
    if (there.length > 0) found.types.push({ name, members: there });
  }
  collected.files.set(at, manifestFile(found));
  return collected;
}

function addMembers(
  collected: Collected,
  caller: Caller,
  type: MetadataType,
  typeName: string,
  member: string,
  root: string,
): string[] {
  const { org } = caller;
  const one = findComponent(org, type.name, member);
  const components = member === "*" ? componentsOf(org, type.name) : one === undefined ? [] : [one];
  if (components.length === 0 && member !== "*") {
    const problem = `Entity of type '${typeName}' named '${member}' cannot be found`;
    collected.messages.push({ fileName: `${root}package.xml`, problem });
  }
  for (const component of components) {
    const properties = fileProperties(caller, type, component);
    const fileName = root + properties.fileName;
    collected.files.set(fileName, componentFile(type, read(caller, type, component.fullName) ?? {}));
    collected.properties.push({ ...properties, fileName });
  }
  return components.map(({ fullName }) => fullName);
}
