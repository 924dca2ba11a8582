import { randomUUID } from "node:crypto";
import { type ApiError, badRequest, inUse, notFound } from "./errors.ts";
import {
  after,
  type Call,
  checkName,
  type Document,
  existing,
  isPast,
  now,
  type Operations,
  type Org,
  type StoredConfiguration,
} from "./org.ts";
import { cursorPage } from "./pages.ts";

const PATH = "/api/v2/webdeployments/configurations";
const SIZES = { usual: 300, largest: 300 };
const MAX_FILE_SIZE_KB = 10_240;

/** Messenger configurations: one draft that can be written, and numbered versions that never change. */
export function configurationOperations(org: Org): Operations {
  const all = () => Object.values(org.store.state.configurations);
  const one = ({ params }: Call) =>
    existing(org.store.state.configurations, "configuration", params.configurationId ?? "");

  return {
    getWebdeploymentsConfigurations: ({ query }) => {
      const shown = all().filter(({ published }) => !query.showOnlyPublished || published.length > 0);
      return cursorPage(
        shown.map((configuration) => draftAnswer(org, configuration)),
        idOf,
        query,
        PATH,
        SIZES,
      );
    },
    postWebdeploymentsConfigurations: ({ body }) => {
      const draft = checkedDocument(org, body);
      checkName(
        org,
        "configuration",
        String(draft.name),
        all().map((other) => String(other.draft.name)),
      );
      const dateCreated = now();
      const configuration = {
        id: randomUUID(),
        dateCreated,
        draft,
        draftWrittenAt: dateCreated,
        published: [],
      };
      org.store.state.configurations[configuration.id] = configuration;
      return draftAnswer(org, configuration);
    },
    deleteWebdeploymentsConfiguration: (call) => {
      const { id } = one(call);
      const used = Object.values(org.store.state.deployments).some(
        ({ configuration }) => configuration.id === id,
      );
      if (used && org.assumptions.deleteUsedConfiguration.chosen === "refused")
        throw inUse("configuration", id);
      delete org.store.state.configurations[id];
    },
    getWebdeploymentsConfigurationVersions: (call) => {
      const configuration = one(call);
      const numbers = configuration.published.map((_, index) => String(index + 1));
      const versions = numbers.map((number) => versionAnswer(configuration, number));
      const listed = org.assumptions.draftInVersions.chosen
        ? [draftAnswer(org, configuration), ...versions]
        : versions;
      return cursorPage(listed, versionOf, call.query, `${PATH}/${configuration.id}/versions`, SIZES);
    },
    getWebdeploymentsConfigurationVersion: (call) => versionAnswer(one(call), call.params.versionId ?? ""),
    getWebdeploymentsConfigurationVersionsDraft: (call) => draftAnswer(org, one(call)),
    putWebdeploymentsConfigurationVersionsDraft: (call) => {
      const configuration = one(call);
      configuration.draft = checkedDocument(org, call.body);
      configuration.draftWrittenAt = now(configuration.draftWrittenAt);
      delete configuration.activationFails;
      return draftAnswer(org, configuration);
    },
    postWebdeploymentsConfigurationVersionsDraftPublish: (call) => {
      const configuration = one(call);
      if (draftStatus(org, configuration) !== "Active") throw publishedTooEarly(configuration);
      const version = { document: structuredClone(configuration.draft), datePublished: now() };
      configuration.published.push(version);
      return versionAnswer(configuration, String(configuration.published.length));
    },
  };
}

/** A published version as the API shows it; throws the vendor's not-found. */
export function versionAnswer(configuration: StoredConfiguration, version: string): Document {
  const published = publishedVersion(configuration, version);
  if (!published) throw notFound("configurationVersion", version);
  return {
    ...common(configuration, published.document, version),
    dateModified: published.datePublished,
    datePublished: published.datePublished,
    status: "Active",
  };
}

/** What was published under this number, if it was. */
export function publishedVersion(configuration: StoredConfiguration, version: string) {
  const index = Number(version) - 1;
  return String(index + 1) === version ? configuration.published[index] : undefined;
}

function draftAnswer(org: Org, configuration: StoredConfiguration): Document {
  return {
    ...common(configuration, configuration.draft, "DRAFT"),
    dateModified: configuration.draftWrittenAt,
    status: draftStatus(org, configuration),
  };
}

function common({ id, dateCreated }: StoredConfiguration, document: Document, version: string): Document {
  return {
    ...document,
    id,
    version,
    dateCreated,
    selfUri: `${PATH}/${id}/versions/${version === "DRAFT" ? "draft" : version}`,
  };
}

function draftStatus(org: Org, configuration: StoredConfiguration): "Pending" | "Active" | "Error" {
  const { draftWrittenAt, dateCreated, activationFails } = configuration;
  const active = activationFails ? "Error" : "Active";
  const created = draftWrittenAt === dateCreated;
  if (!created && org.assumptions.draftAfterPut.chosen === "active") return active;
  return isPast(after(draftWrittenAt, org.delays.draftActivationMs)) ? active : "Pending";
}

function publishedTooEarly({ id }: StoredConfiguration): ApiError {
  return badRequest(`The draft of configuration ${id} is not active yet and cannot be published.`, [
    { errorCode: "invalid.value", fieldName: "status", entityId: id },
  ]);
}

/** The document as the server keeps it: its own rules checked, its defaults filled in, its status left out. */
function checkedDocument(org: Org, { status: _, ...document }: Document): Document {
  const { name, languages, defaultLanguage, messenger } = document as {
    name: string;
    languages?: string[];
    defaultLanguage?: string;
    messenger?: { enabled?: boolean };
  };
  if (name.length < 1 || name.length > 100) throw invalid("name", "must have 1 to 100 characters");
  if (messenger?.enabled && org.assumptions.languagesRequired.chosen) {
    if (!languages?.length) throw invalid("languages", "is needed when the messenger is enabled");
    if (!defaultLanguage) throw invalid("defaultLanguage", "is needed when the messenger is enabled");
  }
  if (defaultLanguage && languages && !languages.includes(defaultLanguage)) {
    throw invalid("defaultLanguage", "must be one of the languages");
  }
  const filled = withDefaults(org, document);
  checkFileSizes(filled);
  return filled;
}

function invalid(fieldName: string, rule: string): ApiError {
  return badRequest(`${fieldName} ${rule}.`, [{ errorCode: "invalid.value", fieldName }]);
}

/** Blocks that were not sent stay away; inside those that were, the server fills what is missing. */
function withDefaults({ assumptions }: Org, document: Document): Document {
  const defaults: Record<string, object> = {
    messenger: assumptions.messengerDefaults.chosen,
    cobrowse: assumptions.cobrowseDefaults.chosen,
    authenticationSettings: assumptions.authenticationDefaults.chosen,
  };
  const blocks = Object.entries(document).map(([name, block]) => [name, merged(defaults[name], block)]);
  return Object.fromEntries(blocks);
}

function merged(defaults: unknown, given: unknown): unknown {
  if (given === undefined) return structuredClone(defaults);
  if (!isObject(defaults) || !isObject(given)) return given;
  const names = [...new Set([...Object.keys(given), ...Object.keys(defaults)])];
  return Object.fromEntries(names.map((name) => [name, merged(defaults[name], given[name])]));
}

const isObject = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** 10,240 KB is both the default and the maximum (vendor's SDK documentation). */
function checkFileSizes(document: Document): void {
  const { fileUpload } = (document.messenger ?? {}) as {
    fileUpload?: { modes?: { maxFileSizeKB?: number }[] };
  };
  for (const mode of fileUpload?.modes ?? []) {
    mode.maxFileSizeKB ??= MAX_FILE_SIZE_KB;
    if (mode.maxFileSizeKB > MAX_FILE_SIZE_KB) {
      throw invalid("messenger.fileUpload.modes.maxFileSizeKB", `is at most ${MAX_FILE_SIZE_KB}`);
    }
  }
}

const idOf = ({ id }: Document): string => String(id);
const versionOf = ({ version }: Document): string => String(version);
