import { componentsOf } from "../metadata/components.ts";
import { OAUTH_SCOPES, scopeTokens } from "../oauthScopes.ts";
import type { Org } from "../org.ts";
import { sameId } from "../recordId.ts";
import type { Component } from "../state.ts";
import { userFields } from "../userFields.ts";
import { type RestCaller, RestError, resourceNotFound } from "./restCall.ts";

type Row = Record<string, string | boolean | null>;

type Api = "rest" | "tooling";

/** One object that SOQL can read, where, and with which columns. */
interface Queryable {
  apis: readonly Api[];
  keyPrefix: string;
  columns: readonly string[];
  rows(org: Org): Row[];
}

const SCOPE_COLUMNS = Object.values(OAUTH_SCOPES).map((scope) => `OauthScopes${scope.toUpperCase()}`);

const OBJECTS: Record<string, Queryable> = {
  externalclientapplication: {
    apis: ["rest", "tooling"],
    keyPrefix: "0xI",
    columns: [
      "Id",
      "DeveloperName",
      "MasterLabel",
      "DistributionState",
      "OrgScopedExternalApp",
      "ContactEmail",
      "Description",
      "CreatedDate",
      "LastModifiedDate",
    ],
    rows: (org) => componentsOf(org, "ExternalClientApplication").map(appRow),
  },
  extlclntappoauthsettings: {
    apis: ["tooling"],
    keyPrefix: "0xO",
    columns: ["Id", "DeveloperName", "MasterLabel", ...SCOPE_COLUMNS],
    rows: (org) => componentsOf(org, "ExtlClntAppOauthSettings").map(scopesRow),
  },
  user: {
    apis: ["rest", "tooling"],
    keyPrefix: "005",
    columns: ["Id", "Username", "Name", "FirstName", "LastName", "Email", "IsActive", "Country"],
    rows: ({ store }) => store.state.users.map(userFields),
  },
  organization: {
    apis: ["rest", "tooling"],
    keyPrefix: "00D",
    columns: [
      "Id",
      "Name",
      "InstanceName",
      "IsSandbox",
      "OrganizationType",
      "TrialExpirationDate",
      "NamespacePrefix",
    ],
    rows: ({ store }) => [organizationRow(store.state.orgId)],
  },
};

const SOQL =
  /^select\s+(?<columns>[\w\s,]+?)\s+from\s+(?<object>\w+)(?:\s+where\s+(?<where>.+?))?(?:\s+limit\s+(?<limit>\d+))?\s*$/is;
const CONDITION = /^(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(true|false))$/is;

/** Answers the few shapes of SOQL that tools ask External Client Apps with: equality, AND, LIMIT. */
export function query({ org }: RestCaller, api: Api, soql: string) {
  const { type, object, columns, where, limit } = parse(api, soql);
  if (columns.includes("Description") && org.assumptions.descriptionInQueries.chosen === "refused")
    throw noSuchColumn("Description");
  const rows = object
    .rows(org)
    .filter((row) => where.every(([name, value]) => equals(name, row[name] ?? null, value)))
    .slice(0, limit);
  return {
    totalSize: rows.length,
    done: true,
    records: rows.map((row) => view(type, columns, row)),
  };
}

/** What `columns=true` asks for instead of records: what the query selects. */
export function queryColumns(api: Api, soql: string) {
  const { type, object, columns } = parse(api, soql);
  return {
    columnMetadata: columns.map((name) => describeColumn(name)),
    entityName: type,
    groupBy: false,
    idSelected: columns.includes("Id"),
    keyPrefix: object.keyPrefix,
  };
}

function describeColumn(name: string) {
  const booleanType = /^(Is[A-Z]|OauthScopes)/.test(name);
  return {
    aggregate: false,
    apexType: name === "Id" ? "Id" : booleanType ? "Boolean" : "String",
    booleanType,
    columnName: name,
    custom: false,
    displayName: name,
    foreignKeyName: null,
    insertable: false,
    joinColumns: [],
    numberType: false,
    textType: !booleanType,
    updatable: false,
  };
}

function parse(api: Api, soql: string) {
  const parts = soql.trim().match(SOQL)?.groups;
  if (parts === undefined) throw new RestError(400, "MALFORMED_QUERY", `unexpected token in: ${soql}`);
  const { object: type = "", columns = "", where, limit } = parts;
  const object = queryable(type, api);
  if (object === undefined) {
    throw new RestError(400, "INVALID_TYPE", `sObject type '${type}' is not supported.`);
  }
  return {
    type,
    object,
    columns: columns.split(",").map((name) => column(object, name.trim())),
    where: conditions(object, where),
    limit: limit === undefined ? undefined : Number(limit),
  };
}

/** One record with all that can be read of it. */
export function record({ org }: RestCaller, type: string, id: string) {
  const object = queryable(type, "rest");
  const row = object?.rows(org).find((candidate) => sameId(String(candidate.Id), id));
  if (object === undefined || row === undefined) throw resourceNotFound();
  return view(type, object.columns, row);
}

function queryable(type: string, api: Api): Queryable | undefined {
  const object = OBJECTS[type.toLowerCase()];
  return object?.apis.includes(api) ? object : undefined;
}

function column({ columns }: Queryable, name: string): string {
  const found = columns.find((known) => known.toLowerCase() === name.toLowerCase());
  if (found) return found;
  throw noSuchColumn(name);
}

function noSuchColumn(name: string): RestError {
  return new RestError(400, "INVALID_FIELD", `No such column '${name}' on entity.`);
}

function conditions(object: Queryable, where: string | undefined): [string, string][] {
  if (where === undefined) return [];
  return where.split(/\s+and\s+/i).map((condition) => {
    const [, name = "", quoted, bare] = condition.trim().match(CONDITION) ?? [];
    const value = quoted?.replace(/\\(.)/g, "$1") ?? bare;
    if (value === undefined) throw new RestError(400, "MALFORMED_QUERY", `unexpected token: ${condition}`);
    return [column(object, name), value];
  });
}

/** Text compares without regard to case, ids in either of their lengths. */
function equals(name: string, actual: string | boolean | null, wanted: string): boolean {
  if (name === "Id") return sameId(String(actual), wanted);
  return String(actual).toLowerCase() === wanted.toLowerCase();
}

function view(type: string, columns: readonly string[], row: Row) {
  return { attributes: { type }, ...Object.fromEntries(columns.map((name) => [name, row[name] ?? null])) };
}

function appRow({ fields, fullName, ...app }: Component): Row {
  return {
    Id: app.id,
    DeveloperName: fullName,
    MasterLabel: String(fields.label ?? fullName),
    DistributionState: String(fields.distributionState),
    OrgScopedExternalApp: String(fields.orgScopedExternalApp),
    ContactEmail: fields.contactEmail === undefined ? null : String(fields.contactEmail),
    Description: fields.description === undefined ? null : String(fields.description),
    CreatedDate: app.createdAt,
    LastModifiedDate: app.modifiedAt,
  };
}

function scopesRow({ fields, fullName, id }: Component): Row {
  const selected = scopeTokens(fields.commaSeparatedOauthScopes).map((token) => OAUTH_SCOPES[token]);
  const scopes = Object.values(OAUTH_SCOPES).map((scope) => [
    `OauthScopes${scope.toUpperCase()}`,
    selected.includes(scope),
  ]);
  return {
    Id: id,
    DeveloperName: fullName,
    MasterLabel: String(fields.label ?? fullName),
    ...Object.fromEntries(scopes),
  };
}

function organizationRow(orgId: string): Row {
  return {
    Id: orgId,
    Name: "Authenticated Messaging Sandbox",
    InstanceName: "SANDBOX",
    IsSandbox: true,
    OrganizationType: "Developer Edition",
    TrialExpirationDate: null,
    NamespacePrefix: null,
  };
}
