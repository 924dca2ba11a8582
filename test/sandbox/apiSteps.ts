import fc from "fast-check";
import { type Described, describedOperations, description, type Schema } from "./apiDescription.ts";
import { CREDENTIAL, OIDC } from "./genesysOrg.ts";

/** Who asks; `guest` has a token of an earlier sign-in, if there was one. */
export type Caller = "admin" | "readOnly" | "guest" | "nobody" | "stranger";

/** One request, before what only the run knows is put in: see `Known`. */
export interface Step {
  caller: Caller;
  method: string;
  path: string;
  query: Record<string, string>;
  /** Text goes as it is, anything else as JSON. */
  body: unknown;
}

/** What the run fills in: an object of that kind, an address from an answer, a refresh token. */
type Mark = "credential" | "integration" | "configuration" | "deployment" | "uri" | "refresh";

/** A text that the run replaces by the nth thing of this kind that there is by then, counted around. */
const the = (kind: Mark) => fc.nat({ max: 5 }).map((n) => `<${kind}:${n}>`);

const noId = fc.oneof(
  fc.constantFrom("constructor", "__proto__", "00000000-0000-4000-8000-000000000000"),
  fc.string({ minLength: 1, maxLength: 40 }),
);

/** Mostly the id of an object that is there and of the right kind. */
function id(kind?: Mark): fc.Arbitrary<string> {
  const any = fc.oneof(the("credential"), the("integration"), the("configuration"), the("deployment"));
  return fc.oneof(
    { weight: 8, arbitrary: kind === undefined ? any : the(kind) },
    { weight: 1, arbitrary: any },
    { weight: 1, arbitrary: noId },
  );
}

const caller = fc.oneof(
  { weight: 16, arbitrary: fc.constant<Caller>("admin") },
  { weight: 1, arbitrary: fc.constantFrom<Caller>("readOnly", "nobody", "stranger") },
);

const name = fc.oneof(fc.constantFrom("sign-in", "messenger"), fc.string({ maxLength: 110 }));
const texts = fc.oneof(fc.constantFrom("", "some text"), fc.string());

/** Bodies that the org should mostly take, by operation: the schemas alone would never hit the vendor's own rules. */
const sensible: Record<string, fc.Arbitrary<unknown>> = {
  postIntegrationsCredentials: credential(),
  putIntegrationsCredential: credential(),
  postIntegrations: fc.record(
    { name, integrationType: fc.constantFrom({ id: OIDC }, { id: "webhook" }, { id: "no-such-type" }) },
    { requiredKeys: ["integrationType"] },
  ),
  patchIntegration: fc.record({ intendedState: fc.constantFrom("ENABLED", "DISABLED", "DELETED") }),
  putIntegrationConfigCurrent: fc.record({
    name,
    version: fc.nat({ max: 4 }),
    properties: fc.constantFrom({ discoveryUri: "<discovery>" }, { discoveryUri: "no URL" }, {}),
    advanced: fc.constant({}),
    notes: texts,
    credentials: fc.oneof(
      id("credential").map((credentialId) => ({ [CREDENTIAL]: { id: credentialId } })),
      fc.constant({}),
    ),
  }),
  postWebdeploymentsConfigurations: configuration(),
  putWebdeploymentsConfigurationVersionsDraft: configuration(),
  postWebdeploymentsDeployments: deployment(),
  putWebdeploymentsDeployment: deployment(),
  putWebdeploymentsDeploymentIdentityresolution: fc.record(
    { resolveIdentities: fc.boolean(), division: id().map((divisionId) => ({ id: divisionId })) },
    { requiredKeys: ["resolveIdentities"] },
  ),
  postWebdeploymentsTokenOauthcodegrantjwtexchange: id("deployment").map((deploymentId) => ({
    deploymentId,
    oauth: { code: "<code>", redirectUri: "https://shop.example/" },
  })),
  postWebdeploymentsTokenRefresh: the("refresh").map((refreshToken) => ({ refreshToken })),
};

function credential(): fc.Arbitrary<unknown> {
  return fc.record({
    name,
    type: fc.constantFrom({ name: CREDENTIAL }, { name: "basicAuth" }, { name: "no-such-type" }),
    credentialFields: fc.constantFrom(
      { clientId: "<client>", clientSecret: "<secret>" },
      { clientId: "c" },
      {},
    ),
  });
}

function configuration(): fc.Arbitrary<unknown> {
  return fc.record(
    {
      name: fc.oneof(fc.constant("messenger"), name),
      description: texts,
      languages: fc.constantFrom(["en-us"], ["de", "en-us"], []),
      defaultLanguage: fc.constantFrom("en-us", "fr"),
      messenger: fc.constantFrom(
        { enabled: true },
        {},
        { fileUpload: { modes: [{ fileTypes: ["image/png"] }] } },
      ),
      cobrowse: fc.constant({}),
      authenticationSettings: id("integration").map((integrationId) => ({ enabled: true, integrationId })),
    },
    { requiredKeys: ["name"] },
  );
}

function deployment(): fc.Arbitrary<unknown> {
  return fc.record(
    {
      name: fc.oneof(fc.constant("site"), name),
      description: texts,
      allowAllDomains: fc.boolean(),
      allowedDomains: fc.constantFrom(["shop.example"], []),
      configuration: fc.record({ id: id("configuration"), version: fc.constantFrom("1", "2", "draft") }),
      flow: id().map((flowId) => ({ id: flowId })),
      status: fc.constantFrom("Active", "Inactive", "Deleting"),
    },
    { requiredKeys: ["name", "configuration"] },
  );
}

/** Any value of the schema, with a wrong one now and then. */
function anyValueOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const right = rightValueOf(schema, depth);
  const wrong = fc.jsonValue({ maxDepth: 1 });
  return fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function rightValueOf(
  { $ref, type, format, enum: allowed, ...schema }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  if ($ref !== undefined)
    return anyValueOf(description.definitions[$ref.split("/").at(-1) ?? ""] ?? {}, depth);
  if (allowed !== undefined) return fc.constantFrom(...allowed);
  if (schema.properties !== undefined && depth < 4) return objectOf(schema, depth + 1);
  if (type === "array")
    return depth < 4
      ? fc.array(anyValueOf(schema.items ?? {}, depth + 1), { maxLength: 3 })
      : fc.constant([]);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") return fc.integer({ min: -2, max: 20_000 });
  if (type !== "string")
    return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
  return format === "date-time"
    ? fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
    : fc.oneof(id(), texts);
}

function objectOf({ properties = {}, required = [] }: Schema, depth: number): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([key, schema]) => [key, anyValueOf(schema, depth)]);
  const own = fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required,
  });
  const foreign = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 0 }), { maxKeys: 1 });
  return fc.oneof(
    { weight: 20, arbitrary: own },
    { weight: 1, arbitrary: fc.tuple(own, foreign).map(([known, unknown]) => ({ ...unknown, ...known })) },
    { weight: 1, arbitrary: fc.constant({}) },
  );
}

function bodyOf({ operationId, parameters }: Described): fc.Arbitrary<unknown> {
  const schema = parameters.find((parameter) => parameter.in === "body")?.schema;
  if (schema === undefined) return fc.constant(undefined);
  return fc.oneof(
    { weight: 12, arbitrary: sensible[operationId] ?? anyValueOf(schema) },
    { weight: 4, arbitrary: anyValueOf(schema) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(undefined, "{ no JSON", "[]", "null", '"text"', '{"__proto__":{}}'),
    },
  );
}

function queryOf({ parameters }: Described): fc.Arbitrary<Record<string, string>> {
  const known = parameters.filter((parameter) => parameter.in === "query");
  const values = known.map((parameter) => [parameter.name, queryValueOf(parameter)]);
  const record = fc.record(Object.fromEntries(values) as Record<string, fc.Arbitrary<string>>, {
    requiredKeys: [],
  });
  return fc.oneof(
    { weight: 1, arbitrary: record as fc.Arbitrary<Record<string, string>> },
    { weight: 2, arbitrary: fc.constant({}) },
  );
}

function queryValueOf({
  name: parameter,
  items,
  ...schema
}: { name: string } & Pick<Schema, "items" | "enum">) {
  const allowed = items?.enum ?? schema.enum;
  if (allowed !== undefined) return fc.oneof(fc.constantFrom(...allowed), fc.constant("no-such-value"));
  if (/^page/.test(parameter))
    return fc.constantFrom("1", "2", "3", "25", "100", "300", "301", "0", "-1", "many", "");
  if (parameter === "showOnlyPublished") return fc.constantFrom("true", "false", "maybe");
  return fc.oneof(id(), fc.constant(""));
}

/** A request for one described operation; now and then without any sense. */
function stepFor(operation: Described): fc.Arbitrary<Step> {
  const isGuest = operation.template.includes("/token/");
  const keys = operation.template
    .split("/")
    .map((part) => (part.startsWith("{") ? pathValueOf(part) : fc.constant(part)));
  return fc.record({
    caller: isGuest ? fc.constantFrom<Caller>("guest", "nobody") : caller,
    method: fc.constant(operation.method),
    path: fc.tuple(...keys).map((parts) => parts.join("/")),
    query: queryOf(operation),
    body: bodyOf(operation),
  });
}

function pathValueOf(placeholder: string): fc.Arbitrary<string> {
  const fitting: Record<string, readonly string[]> = {
    "{typeId}": [OIDC, "webhook"],
    "{configType}": ["properties", "advanced"],
    "{versionId}": ["1", "2", "0", "draft", "1.0"],
  };
  const values = fitting[placeholder];
  const any = id(placeholder.replace(/^\{|Id\}$/g, "") as Mark).map((text) =>
    text.startsWith("<") ? text : encodeURIComponent(text),
  );
  // A segment of dots would be another path.
  const safe = any.filter((text) => !/^\.*$/.test(text));
  return values === undefined
    ? safe
    : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: safe });
}

/** An address that the org itself gave: the next page, or an object's own. */
const followed: fc.Arbitrary<Step> = fc.record({
  caller,
  method: fc.constant("GET"),
  path: the("uri"),
  query: fc.constant({}),
  body: fc.constant(undefined),
});

const byId = (operationId: string) => {
  const operation = describedOperations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`${operationId} is not described.`);
  return stepFor(operation);
};

const anyStep = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(...describedOperations.map(stepFor)) },
  { weight: 3, arbitrary: followed },
  // Without these there would be little to read, to change and to sign in to.
  { weight: 3, arbitrary: byId("postWebdeploymentsConfigurationVersionsDraftPublish") },
  { weight: 3, arbitrary: byId("postWebdeploymentsDeployments") },
  { weight: 2, arbitrary: byId("postWebdeploymentsTokenOauthcodegrantjwtexchange") },
);

export const steps: fc.Arbitrary<Step[]> = fc.array(anyStep, { minLength: 5, maxLength: 30 });

const one = (method: string, path: string, body?: unknown, caller: Caller = "admin"): Step => ({
  caller,
  method,
  path: `/api/v2${path}`,
  query: {},
  body,
});

const fields = { clientId: "<client>", clientSecret: "<secret>" };
const integration = "/integrations/<integration:0>";
const configurations = "/webdeployments/configurations";
const deployments = "/webdeployments/deployments";
const wholeConfiguration = { name: "another messenger", languages: ["en-us"], defaultLanguage: "en-us" };
const wholeDeployment = {
  name: "another site",
  allowedDomains: ["shop.example"],
  configuration: { id: "<configuration:0>", version: "1" },
};

/** Every operation once, so that it succeeds: what chance alone does not promise. */
export const journey: Step[] = [
  one("GET", "/integrations"),
  one("GET", "/integrations/types"),
  one("GET", `/integrations/types/${OIDC}`),
  one("GET", `/integrations/types/${OIDC}/configschemas/properties`),
  one("GET", "/integrations/credentials/types"),
  one("GET", `${deployments}/<deployment:0>/configurations`),
  one("POST", "/webdeployments/token/oauthcodegrantjwtexchange", {
    deploymentId: "<deployment:0>",
    oauth: { code: "<code>", redirectUri: "https://shop.example/" },
  }),
  one("POST", "/webdeployments/token/refresh", { refreshToken: "<refresh:0>" }, "nobody"),
  one("DELETE", "/webdeployments/token/revoke", undefined, "guest"),
  one("POST", "/integrations/credentials", {
    name: "b",
    type: { name: CREDENTIAL },
    credentialFields: fields,
  }),
  one("GET", "/integrations/credentials"),
  one("GET", "/integrations/credentials/listing"),
  one("GET", "/integrations/credentials/<credential:0>"),
  one("PUT", "/integrations/credentials/<credential:0>", {
    type: { name: CREDENTIAL },
    credentialFields: fields,
  }),
  one("DELETE", "/integrations/credentials/<credential:0>"),
  one("POST", "/integrations", { name: "another sign-in", integrationType: { id: OIDC } }),
  one("GET", integration),
  one("GET", `${integration}/config/current`),
  one("PUT", `${integration}/config/current`, {
    name: "one more sign-in",
    version: 1,
    properties: { discoveryUri: "<discovery>" },
    advanced: {},
    notes: "",
    credentials: {},
  }),
  one("PATCH", integration, { intendedState: "DISABLED" }),
  one("DELETE", integration),
  one("POST", configurations, wholeConfiguration),
  one("GET", configurations),
  one("GET", `${configurations}/<configuration:0>/versions/draft`),
  one("PUT", `${configurations}/<configuration:0>/versions/draft`, wholeConfiguration),
  one("POST", `${configurations}/<configuration:0>/versions/draft/publish`),
  one("GET", `${configurations}/<configuration:0>/versions`),
  one("GET", `${configurations}/<configuration:0>/versions/1`),
  one("POST", deployments, wholeDeployment),
  one("GET", deployments),
  one("GET", `${deployments}/<deployment:0>`),
  one("PUT", `${deployments}/<deployment:0>`, wholeDeployment),
  one("PUT", `${deployments}/<deployment:0>/identityresolution`, { resolveIdentities: true }),
  one("GET", `${deployments}/<deployment:0>/identityresolution`),
  one("DELETE", `${deployments}/<deployment:0>`),
  one("DELETE", `${configurations}/<configuration:0>`),
];

/** Every operation once, so that it is refused: by nobody, about an object that is not there. */
export const refusals: Step[] = describedOperations.map(({ method, template }) => ({
  caller: "nobody",
  method,
  path: template.replaceAll(/\{\w+\}/g, "00000000-0000-4000-8000-000000000000"),
  query: {},
  body: undefined,
}));

/** Requests that never reach an operation. */
export const oddities: Step[] = [
  one("GET", "/integrations/%zz"),
  one("GET", `/integrations/${"x".repeat(300)}`),
  one("PATCH", "/integrations"),
  one("GET", "/no/such/path"),
  one("POST", "/integrations", "{ no JSON"),
];
