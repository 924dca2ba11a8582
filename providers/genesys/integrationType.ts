import type { Models } from "purecloud-platform-client-v2";
import { CodedError } from "../errors.ts";
import { forAll, unlessEnded } from "../operation.ts";
import * as answers from "./answers.ts";
import type { GenesysConnection } from "./connection.ts";
import { allPages } from "./paging.ts";

/**
 * The display name and category of the type. Its id, its property keys and its credential type stand in no public
 * source and are looked up in the org.
 */
const typeName = "OpenID Connect Messenger Configuration";
const typeCategory = "WebDeployments";

/** How this org spells what an OpenID Connect messenger integration needs. */
export interface IntegrationTypeFacts {
  typeId: string;
  /** Key of the credential in the integration's configuration. */
  credentialKey: string;
  /** Name of the credential's type. */
  credentialType: string;
}

const known = new WeakMap<GenesysConnection, Map<string, Promise<IntegrationTypeFacts>>>();

/** @param override id of the type, for orgs in which neither its name nor its category is recognised */
export function integrationTypeFacts(
  genesys: GenesysConnection,
  override: string | undefined,
): Promise<IntegrationTypeFacts> {
  const ofOrg = known.get(genesys) ?? new Map<string, Promise<IntegrationTypeFacts>>();
  known.set(genesys, ofOrg);
  const key = override ?? "";
  const facts = ofOrg.get(key) ?? forAll(() => look(genesys, override));
  ofOrg.set(key, facts);
  facts.catch(() => ofOrg.delete(key));
  return unlessEnded(facts);
}

async function look(genesys: GenesysConnection, override: string | undefined): Promise<IntegrationTypeFacts> {
  const types = await allPages((pageNumber) =>
    genesys.read("list the integration types", answers.pageOf(answers.integrationType), ({ integrations }) =>
      integrations.getIntegrationsTypes({ pageSize: 100, pageNumber }),
    ),
  );
  const type = pick(types, override);
  const [credentialKey, ...otherKeys] = Object.keys(type.credentials ?? {});
  const credentialType = credentialKey && type.credentials?.[credentialKey]?.credentialTypes?.[0];
  if (!credentialKey || otherKeys.length > 0 || !credentialType) throw unusable(type);
  return { typeId: type.id, credentialKey, credentialType };
}

function pick(types: Models.IntegrationType[], override: string | undefined): Models.IntegrationType {
  if (override !== undefined) {
    const named = types.find(({ id }) => id === override);
    if (named) return named;
  } else {
    const [byName] = types.filter(({ name }) => name === typeName);
    const byCategory = types.filter(({ category }) => category === typeCategory);
    if (byName) return byName;
    if (byCategory.length === 1 && byCategory[0]) return byCategory[0];
  }
  throw new CodedError({
    code: "GENESYS_TYPE_MISSING",
    what:
      override === undefined
        ? `The org offers no integration type named "${typeName}", nor exactly one of the category ${typeCategory}.`
        : `The org offers no integration type with the id "${override}".`,
    evidence: { offered: types.map(({ id, name }) => `${id} (${name})`).join("; ") || "none" },
    next: "Ask Genesys to enable authenticated web messaging for the org, or set the integration's input `type` to the right id of those.",
  });
}

function unusable(type: Models.IntegrationType): CodedError {
  return new CodedError({
    code: "GENESYS_TYPE_UNKNOWN_SHAPE",
    what: `The integration type ${type.id} does not ask for exactly one credential of a named type.`,
    evidence: { credentials: JSON.stringify(type.credentials ?? {}) },
    next: "Set the integration's input `type` to the id of the OpenID Connect messenger type.",
  });
}

/** The one property of the type's configuration schema that holds the discovery URL. */
export async function discoveryProperty(genesys: GenesysConnection, typeId: string): Promise<string> {
  const schema = await genesys.read(
    "read the integration type's configuration schema",
    answers.configSchema,
    ({ integrations }) => integrations.getIntegrationsTypeConfigschema(typeId, "properties"),
  );
  const properties = Object.entries(
    (schema.properties ?? {}) as Record<string, { title?: string; description?: string }>,
  );
  return onlyOne(
    properties,
    /discovery|well-?known/i,
    `property for the discovery URL in integration type ${typeId}`,
  );
}

/** The names of the fields of a credential type that hold the client id and the client secret. */
export async function credentialFieldNames(genesys: GenesysConnection, credentialType: string) {
  const types = (await genesys.read(
    "list the credential types",
    answers.credentialTypes,
    ({ integrations }) => integrations.getIntegrationsCredentialsTypes(),
  )) as Models.CredentialType[];
  const type = types.find(({ name, id }) => name === credentialType || id === credentialType);
  if (type === undefined) {
    throw new CodedError({
      code: "GENESYS_CREDENTIAL_TYPE_MISSING",
      what: `The org offers no credential type "${credentialType}".`,
      evidence: { offered: types.map(({ name }) => name).join(", ") },
      next: "Set the credential's input `type` to the one of those that the OpenID Connect messenger integration asks for.",
    });
  }
  const fields = Object.entries(fieldsOf(type));
  return {
    clientId: onlyOne(fields, /client.?id/i, `field for the client id in credential type ${credentialType}`),
    clientSecret: onlyOne(
      fields,
      /secret/i,
      `field for the client secret in credential type ${credentialType}`,
    ),
  };
}

/** The properties are a JSON schema in some types, the bare map of fields in others. */
function fieldsOf(type: Models.CredentialType): Record<string, { title?: string }> {
  const properties = (type.properties ?? {}) as { properties?: Record<string, { title?: string }> };
  return properties.properties ?? (properties as Record<string, { title?: string }>);
}

type Described = [name: string, facts: { title?: string; description?: string }];

/** By name first; by title where the name does not tell. */
function onlyOne(candidates: Described[], pattern: RegExp, what: string): string {
  const byName = candidates.filter(([name]) => pattern.test(name));
  const found = byName.length > 0 ? byName : candidates.filter(([, { title }]) => pattern.test(title ?? ""));
  const [only] = found;
  if (found.length === 1 && only) return only[0];
  throw new CodedError({
    code: "GENESYS_SCHEMA_UNCLEAR",
    what: `Cannot tell which is the ${what}.`,
    evidence: {
      offered:
        candidates.map(([name, { title }]) => (title ? `${name} (${title})` : name)).join(", ") || "none",
    },
    next: "Please report this list: the vendor's schema differs from all known ones.",
  });
}
