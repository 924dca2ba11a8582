import { randomUUID } from "node:crypto";
import { badRequest, inUse } from "./errors.ts";
import {
  type Call,
  checkName,
  type Document,
  existing,
  now,
  type Operations,
  type Org,
  type StoredCredential,
} from "./org.ts";
import { cursorPage, numberedPage } from "./pages.ts";
import { type CredentialType, credentialTypes } from "./types.ts";

const PATH = "/api/v2/integrations/credentials";

/** Credentials of integrations: written, listed, but not read back. */
export function credentialOperations(org: Org): Operations {
  const all = () => Object.values(org.store.state.credentials);
  const one = ({ params }: Call) =>
    existing(org.store.state.credentials, "credential", params.credentialId ?? "");

  return {
    getIntegrationsCredentials: ({ query }) => numberedPage(all().map(info), query, PATH),
    getIntegrationsCredentialsListing: ({ query }) =>
      cursorPage(all().map(info), ({ id }) => id, query, `${PATH}/listing`, { usual: 25, largest: 200 }),
    getIntegrationsCredential: (call) => {
      const credential = one(call);
      const { createdDate: _, modifiedDate: __, ...read } = info(credential);
      return { ...read, ...fieldsOnRead(org, credential) };
    },
    postIntegrationsCredentials: ({ body }) => {
      const written = fromBody(org, body);
      checkName(
        org,
        "credential",
        written.name,
        all().map(({ name }) => name),
      );
      const createdDate = now();
      const credential = { id: randomUUID(), ...written, createdDate, modifiedDate: createdDate };
      org.store.state.credentials[credential.id] = credential;
      return info(credential);
    },
    putIntegrationsCredential: (call) => {
      const credential = one(call);
      const written = fromBody(org, call.body);
      if (isWrite(org, credential, written)) credential.modifiedDate = now(credential.modifiedDate);
      return info(Object.assign(credential, written));
    },
    deleteIntegrationsCredential: (call) => {
      const { id } = one(call);
      const used = Object.values(org.store.state.integrations).some(({ config }) =>
        Object.values(config.credentials).includes(id),
      );
      if (used && org.assumptions.deleteUsedCredential.chosen === "refused") throw inUse("credential", id);
      delete org.store.state.credentials[id];
    },
  };
}

/** What listings and integrations show of a credential. */
export function info({ id, name, type, createdDate, modifiedDate }: StoredCredential) {
  return { id, name, type: { id: type, name: type }, createdDate, modifiedDate, selfUri: `${PATH}/${id}` };
}

function fromBody(org: Org, body: Document): Pick<StoredCredential, "name" | "type" | "fields"> {
  const {
    name = "",
    type,
    credentialFields: fields = {},
  } = body as {
    name?: string;
    type: { name?: string };
    credentialFields?: Record<string, string>;
  };
  const known = credentialTypes(org).find((candidate) => candidate.name === type.name);
  if (!known) {
    const detail = { errorCode: "invalid.value", fieldName: "type.name" };
    throw badRequest(`There is no credential type "${type.name ?? ""}".`, [detail]);
  }
  if (org.assumptions.credentialFieldsChecked.chosen) checkFields(known, fields);
  return { name, type: known.name, fields };
}

function checkFields(type: CredentialType, fields: Record<string, string>): void {
  const missing = type.required.filter((field) => !fields[field]);
  const open = type.displayOrder.length === 0;
  const unknown = Object.keys(fields).filter((field) => !open && !type.displayOrder.includes(field));
  const details = [
    ...missing.map((fieldName) => ({ errorCode: "required.field.missing", fieldName })),
    ...unknown.map((fieldName) => ({ errorCode: "invalid.value", fieldName })),
  ];
  if (details.length === 0) return;
  const wrong = [
    ...missing.map((field) => `${field} is missing`),
    ...unknown.map((field) => `${field} is unknown`),
  ];
  throw badRequest(`The fields do not fit credential type ${type.name}: ${wrong.join(", ")}.`, details);
}

function isWrite(org: Org, before: StoredCredential, written: Document): boolean {
  if (org.assumptions.credentialModifiedDate.chosen === "everyPut") return true;
  const { name, type, fields } = before;
  return JSON.stringify({ name, type, fields }) !== JSON.stringify(written);
}

function fieldsOnRead(org: Org, { fields }: StoredCredential): Document {
  const secret = org.assumptions.clientSecretField.chosen;
  const entries = Object.entries(fields);
  switch (org.assumptions.credentialFieldsOnRead.chosen) {
    case "empty":
      return { credentialFields: {} };
    case "masked":
      return { credentialFields: Object.fromEntries(entries.map(([field]) => [field, "********"])) };
    case "withoutSecrets":
      return { credentialFields: Object.fromEntries(entries.filter(([field]) => field !== secret)) };
    case "absent":
      return {};
  }
}
