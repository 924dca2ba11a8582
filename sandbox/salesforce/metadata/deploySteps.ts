import type { DeployOptions, Manifest } from "../state.ts";
import { isSupportedVersion } from "../versions.ts";
import { type Caller, demand, listedName, listedType, METADATA_TYPES, remove, replace } from "./calls.ts";
import { findComponent } from "./components.ts";
import { fileName } from "./fileProperties.ts";
import { Fault, type MetadataType, SaveError, SchemaError } from "./metadataType.ts";
import { type Files, parseComponent, parseManifest } from "./packages.ts";

/** One thing that a deploy does: a component to save or to delete, or a mistake in the package. */
export interface Step {
  componentType: string;
  fullName: string;
  /** The file that asks for it, inside the zip file. */
  fileName: string;
  /** Does it; throws `StepError`. */
  run(): StepResult;
}

export interface StepResult {
  id?: string;
  created?: boolean;
  changed?: boolean;
  deleted?: boolean;
  /** What must be ignored on purpose for the step to succeed. */
  warnings: string[];
  /** What the warnings are about, when it is not the component. */
  warned?: string;
}

/** Why a step did not succeed. */
export class StepError extends Error {
  override readonly name = "StepError";
}

/**
 * What the package below `root` asks for, in the order it is done: deletions, components with parents first, and
 * the deletions that come after them.
 */
export function deploySteps(caller: Caller, files: Files, root: string, options: DeployOptions): Step[] {
  const at = `${root}package.xml`;
  const xml = files.get(at);
  if (xml === undefined) return [mistake("", "package.xml", at, "No package.xml found")];
  return readable(at, () => {
    const manifest = parseManifest(xml);
    const { version = `${caller.version}.0` } = manifest;
    if (!isSupportedVersion(version)) {
      return [mistake("", "package.xml", at, `Invalid version specified: ${version}`)];
    }
    const asked: Package = { caller: { ...caller, version: Number(version) }, files, root, manifest };
    return [
      ...deletions(asked, "destructiveChangesPre.xml"),
      ...deletions(asked, "destructiveChanges.xml"),
      ...saves(asked, options),
      ...deletions(asked, "destructiveChangesPost.xml"),
    ];
  });
}

interface Package {
  /** By the API version of the package. */
  caller: Caller;
  files: Files;
  root: string;
  manifest: Manifest;
}

/** A component that package.xml lists, and where its file should be. */
interface Listed {
  type: MetadataType;
  fullName: string;
  path: string;
}

function saves(asked: Package, { allowMissingFiles }: DeployOptions): Step[] {
  const { files, manifest } = asked;
  const listed = manifest.types.flatMap(({ name, members }) => listedOf(asked, name, members));
  const absent = listed.filter(({ path }) => !files.has(path));
  const there = listed.filter(({ path }) => files.has(path));
  const byType = (one: Listed, other: Listed) =>
    METADATA_TYPES.indexOf(one.type) - METADATA_TYPES.indexOf(other.type);
  return [
    ...unknownTypes(asked),
    ...(allowMissingFiles ? [] : absent.map((one) => absentFile(asked, one))),
    ...unlisted(asked, new Set(listed.map(({ path }) => path))),
    ...there.sort(byType).map((one) => save(asked, one)),
  ];
}

function listedOf(asked: Package, typeName: string, members: string[]): Listed[] {
  const type = listedType(asked.caller.version, typeName);
  if (type === undefined) return [];
  return members
    .flatMap((member) => (member === "*" ? namesOfFiles(asked, type) : member))
    .map((fullName) => ({ type, fullName, path: asked.root + fileName(type, fullName) }));
}

function unknownTypes({ caller, root, manifest }: Package): Step[] {
  return manifest.types
    .filter(({ name }) => listedType(caller.version, name) === undefined)
    .map(({ name }) =>
      mistake(
        "",
        "package.xml",
        `${root}package.xml`,
        `Unknown type name '${name}' specified in package.xml`,
      ),
    );
}

/** The components that the package has files of. */
function namesOfFiles({ files, root }: Package, type: MetadataType): string[] {
  const [before, after] = [`${root}${type.directory}/`, `.${type.suffix}`];
  return [...files.keys()]
    .filter((path) => path.startsWith(before) && path.endsWith(after))
    .map((path) => path.slice(before.length, -after.length));
}

function absentFile({ root }: Package, { type, fullName }: Listed): Step {
  const name = listedName(type);
  const problem = `An object '${fullName}' of type ${name} was named in package.xml, but was not found in zipped directory`;
  return mistake(name, fullName, `${root}package.xml`, problem);
}

function unlisted({ files, root }: Package, listed: Set<string>): Step[] {
  return [...files.keys()]
    .filter((path) => path.startsWith(root) && !listed.has(path) && !isManifest(path.slice(root.length)))
    .map((path) => mistake("", path.slice(root.length), path, "Not in package.xml"));
}

function isManifest(path: string): boolean {
  return /^(package|destructiveChanges(Pre|Post)?)\.xml$/.test(path);
}

function save({ caller, files }: Package, { type, fullName, path }: Listed): Step {
  const run = () => {
    demand(caller, type.permission);
    const draft = parseComponent(files.get(path) ?? "", type, fullName, caller.version);
    const { component, ...done } = replace(caller, type, draft);
    return { id: component.id, ...done };
  };
  return { componentType: listedName(type), fullName, fileName: path, run: () => explained(run) };
}

/** Children go before their parents, which would take them along. */
function deletions({ caller, files, root }: Package, name: string): Step[] {
  const path = root + name;
  const xml = files.get(path);
  if (xml === undefined) return [];
  return readable(path, () =>
    parseManifest(xml)
      .types.flatMap(({ name: typeName, members }) => {
        const type = listedType(caller.version, typeName);
        const order = type === undefined ? -1 : METADATA_TYPES.indexOf(type);
        return members.map((fullName) => ({ order, step: deletion(caller, type, typeName, fullName, path) }));
      })
      .sort((one, other) => other.order - one.order)
      .map(({ step }) => step),
  );
}

function deletion(
  caller: Caller,
  type: MetadataType | undefined,
  typeName: string,
  fullName: string,
  path: string,
): Step {
  if (type === undefined) return mistake(typeName, fullName, path, `Unknown type name '${typeName}'`);
  const run = () => {
    demand(caller, type.permission);
    const component = findComponent(caller.org, type.name, fullName);
    if (component === undefined) {
      return { warnings: [`No ${typeName} named: ${fullName} found`], warned: path };
    }
    remove(caller, type, fullName);
    return { id: component.id, changed: true, deleted: true, warnings: [] };
  };
  return { componentType: typeName, fullName, fileName: path, run: () => explained(run) };
}

function mistake(componentType: string, fullName: string, path: string, problem: string): Step {
  const run = () => {
    throw new StepError(problem);
  };
  return { componentType, fullName, fileName: path, run };
}

/** The steps of a manifest, or the one step that tells why it cannot be read. */
function readable(path: string, steps: () => Step[]): Step[] {
  try {
    return steps();
  } catch (error) {
    if (error instanceof SchemaError)
      return [mistake("", path, path, `Error parsing file: ${error.message}`)];
    throw error;
  }
}

/** Does a step; whatever the org has against it becomes its error. */
function explained(run: () => StepResult): StepResult {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof SchemaError) throw new StepError(`Error parsing file: ${cause.message}`, { cause });
    if (cause instanceof SaveError || cause instanceof Fault) throw new StepError(cause.message, { cause });
    throw cause;
  }
}
