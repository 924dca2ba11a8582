import { randomUUID } from "node:crypto";
import { Ajv } from "ajv";
import { info } from "./credentials.ts";
import { ApiError, badRequest, type Detail, inUse } from "./errors.ts";
import {
  after,
  type Call,
  checkName,
  type Document,
  existing,
  found,
  isPast,
  now,
  type Operations,
  type Org,
  type StoredIntegration,
} from "./org.ts";
import { numberedPage } from "./pages.ts";
import { type IntegrationType, integrationType } from "./types.ts";

const PATH = "/api/v2/integrations";

type Config = StoredIntegration["config"];
type ReportedState = "ACTIVE" | "ACTIVATING" | "INACTIVE" | "DEACTIVATING" | "ERROR";

/** Installed integrations: switched by PATCH, everything else by PUT of config/current with a version check. */
export function integrationOperations(org: Org): Operations {
  const one = ({ params }: Call) =>
    existing(org.store.state.integrations, "integration", params.integrationId ?? "");

  return {
    getIntegrations: ({ query }) =>
      numberedPage(
        selected(org, query).map((integration) => answer(org, integration, query)),
        query,
        PATH,
      ),
    postIntegrations: ({ body, query }) => answer(org, install(org, body), query),
    getIntegration: (call) => answer(org, one(call), call.query),
    patchIntegration: (call) =>
      answer(org, intend(org, one(call), String(call.body.intendedState)), call.query),
    deleteIntegration: (call) => {
      const integration = one(call);
      if (isUsed(org, integration.id) && org.assumptions.deleteUsedIntegration.chosen === "refused") {
        throw inUse("integration", integration.id);
      }
      delete org.store.state.integrations[integration.id];
      return { ...answer(org, integration, call.query), intendedState: "DELETED" };
    },
    getIntegrationConfigCurrent: (call) => configAnswer(org, one(call)),
    putIntegrationConfigCurrent: (call) => configAnswer(org, configure(org, one(call), call.body)),
  };
}

/** The state an integration reports now, computed from when it was switched. */
export function reportedState(org: Org, integration: StoredIntegration): ReportedState {
  const { intendedState, switchedAt } = integration;
  const settled = switchedAt === undefined || isPast(after(switchedAt, org.delays.integrationActivationMs));
  if (intendedState !== "ENABLED") return settled ? "INACTIVE" : "DEACTIVATING";
  if (!settled) return "ACTIVATING";
  if (integration.activationFails) return "ERROR";
  const tolerated = org.assumptions.incompleteActivation.chosen === "active";
  return tolerated || whatIsMissing(org, integration).length === 0 ? "ACTIVE" : "ERROR";
}

function selected(org: Org, query: Document): StoredIntegration[] {
  const ids = (query.ids as string[] | undefined)?.flatMap((list) => list.split(","));
  return Object.values(org.store.state.integrations).filter(
    (integration) =>
      (ids === undefined || ids.includes(integration.id)) &&
      (query.integrationType === undefined || query.integrationType === integration.typeId) &&
      (query.reportedState === undefined || query.reportedState === reportedState(org, integration)) &&
      (query.credentialId === undefined ||
        Object.values(integration.config.credentials).includes(String(query.credentialId))),
  );
}

function install(org: Org, body: Document): StoredIntegration {
  const { name, integrationType: wanted } = body as { name?: string; integrationType: { id: string } };
  const type = integrationType(org, wanted.id);
  const names = Object.values(org.store.state.integrations).map(({ config }) => config.name);
  if (name !== undefined) checkName(org, "integration", name, names);
  const integration: StoredIntegration = {
    id: randomUUID(),
    typeId: type.id,
    intendedState: "DISABLED",
    config: {
      name: name ?? freeName(type.name, names),
      version: org.assumptions.firstConfigVersion.chosen,
      properties: {},
      advanced: {},
      notes: "",
      credentials: {},
    },
  };
  org.store.state.integrations[integration.id] = integration;
  return integration;
}

/** The type's name, then " (1)", " (2)": vendor screenshot of an org with several. */
function freeName(name: string, taken: readonly string[]): string {
  let candidate = name;
  for (let n = 1; taken.includes(candidate); n += 1) candidate = `${name} (${n})`;
  return candidate;
}

function intend(org: Org, integration: StoredIntegration, state: string): StoredIntegration {
  if (
    !["ENABLED", "DISABLED"].includes(state) &&
    org.assumptions.deletedAsIntendedState.chosen === "refused"
  ) {
    throw badRequest(`intendedState ${state} cannot be set.`, [
      { errorCode: "invalid.value", fieldName: "intendedState" },
    ]);
  }
  const missing = whatIsMissing(org, integration);
  const { chosen } = org.assumptions.incompleteActivation;
  if (state === "ENABLED" && chosen === "refused" && missing.length > 0) {
    throw badRequest(`The integration cannot be enabled: ${missing.join(", ")}.`);
  }
  if (integration.intendedState !== state) {
    Object.assign(integration, { intendedState: state, switchedAt: now(integration.switchedAt) });
    delete integration.activationFails;
  }
  return integration;
}

function whatIsMissing(org: Org, { typeId, config }: StoredIntegration): string[] {
  const { schemas, credentials } = integrationType(org, typeId);
  const properties = schemas.properties.required.filter((key) => !config.properties[key]);
  const keys = Object.keys(credentials).filter((key) => {
    const id = config.credentials[key];
    return credentials[key]?.required && (id === undefined || !found(org.store.state.credentials, id));
  });
  return [...properties.map((key) => `no property ${key}`), ...keys.map((key) => `no credential ${key}`)];
}

function isUsed(org: Org, id: string): boolean {
  return Object.values(org.store.state.configurations).some((configuration) =>
    [configuration.draft, ...configuration.published.map(({ document }) => document)].some(
      ({ authenticationSettings }) => (authenticationSettings as Document | undefined)?.integrationId === id,
    ),
  );
}

function configure(org: Org, integration: StoredIntegration, body: Document): StoredIntegration {
  const { name, version, properties, advanced, notes, credentials } = body as unknown as Omit<
    Config,
    "credentials"
  > & { credentials: Record<string, { id?: string }> };
  checkVersion(org, integration.config.version, version);
  const written: Config = {
    name,
    version: version + 1,
    properties,
    advanced,
    notes,
    credentials: Object.fromEntries(Object.entries(credentials).map(([key, { id }]) => [key, id ?? ""])),
  };
  const others = Object.values(org.store.state.integrations).filter(({ id }) => id !== integration.id);
  checkName(
    org,
    "integration",
    name,
    others.map(({ config }) => config.name),
  );
  if (org.assumptions.configChecked.chosen) checkConfig(integrationType(org, integration.typeId), written);
  if (org.assumptions.unknownCredentialInConfig.chosen === "refused") checkCredentialsExist(org, written);
  integration.config = written;
  return integration;
}

function checkVersion(org: Org, current: number, given: number): void {
  if (given === current) return;
  const { chosen: status } = org.assumptions.versionConflictStatus;
  const code = status === 409 ? "general.conflict" : "bad.request";
  throw new ApiError(status, code, `The version ${given} does not match the current version ${current}.`);
}

const ajv = new Ajv({ strict: false, allErrors: true });

function checkConfig({ schemas, credentials }: IntegrationType, config: Config): void {
  const details: Detail[] = (["properties", "advanced"] as const).flatMap((part) => {
    const { $schema: _, ...schema } = schemas[part];
    if (ajv.validate(schema, config[part])) return [];
    return (ajv.errors ?? []).map(({ instancePath, message, params }) => ({
      errorCode: `${message}`,
      fieldName: [part, ...instancePath.split("/").slice(1), params.missingProperty ?? []].flat().join("."),
    }));
  });
  for (const key of Object.keys(config.credentials)) {
    if (!(key in credentials)) details.push({ errorCode: "invalid.value", fieldName: `credentials.${key}` });
  }
  if (details.length === 0) return;
  const wrong = details.map(({ fieldName, errorCode }) => `${fieldName} ${errorCode}`);
  throw badRequest(`The configuration does not fit the integration type: ${wrong.join("; ")}`, details);
}

function checkCredentialsExist(org: Org, { credentials }: Config): void {
  for (const [key, id] of Object.entries(credentials)) {
    if (found(org.store.state.credentials, id)) continue;
    const detail = { errorCode: "not.found", fieldName: `credentials.${key}`, entityId: id };
    throw badRequest(`There is no credential ${id}.`, [detail]);
  }
}

function answer(org: Org, integration: StoredIntegration, query: Document): Document {
  const { id, typeId, intendedState, config } = integration;
  const type = integrationType(org, typeId);
  const expanded = (query.expand as string[] | undefined)?.includes("config.current");
  return {
    id,
    name: config.name,
    notes: notesOnRead(org, config.notes),
    integrationType: {
      id: type.id,
      name: type.name,
      category: type.category,
      credentials: type.credentials,
      selfUri: `${PATH}/types/${type.id}`,
    },
    intendedState,
    reportedState: stateAnswer(org, integration),
    ...((expanded || org.assumptions.configInIntegration.chosen === "always") && {
      config: { current: configAnswer(org, integration) },
    }),
    attributes: {},
    selfUri: `${PATH}/${id}`,
  };
}

function stateAnswer(org: Org, integration: StoredIntegration): Document {
  const code = reportedState(org, integration);
  const problem = code === "ERROR" ? whatIsWrong(org, integration) : undefined;
  return {
    code,
    effective: problem === undefined ? code.charAt(0) + code.slice(1).toLowerCase() : `Error: ${problem}`,
    ...(problem && { detail: { message: problem } }),
    ...(integration.switchedAt && { lastUpdated: integration.switchedAt }),
  };
}

function whatIsWrong(org: Org, integration: StoredIntegration): string {
  if (integration.activationFails) return "The integration could not be activated.";
  return whatIsMissing(org, integration).join(", ");
}

function configAnswer(org: Org, { id, config }: StoredIntegration): Document {
  const credentials = Object.entries(config.credentials).map(([key, credentialId]) => {
    const credential = found(org.store.state.credentials, credentialId);
    return [key, credential ? info(credential) : { id: credentialId }];
  });
  return {
    id,
    ...config,
    notes: notesOnRead(org, config.notes),
    credentials: Object.fromEntries(credentials),
    selfUri: `${PATH}/${id}/config/current`,
  };
}

const notesOnRead = (org: Org, notes: string): string => notes || org.assumptions.emptyNotes.chosen;
