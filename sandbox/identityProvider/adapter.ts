import { type Adapter, type AdapterFactory, type AdapterPayload, Provider } from "oidc-provider";
import type { Application, Artifacts, Directory } from "./directory.ts";

interface Keeping {
  directory: Directory;
  artifacts: Artifacts;
  issuer: string;
  /** Whether codes and refresh tokens of other issuers with the same artifacts are found. */
  redeemsForOthers: boolean;
}

/** Clients come from the directory; everything else that oidc-provider remembers goes to the artifacts. */
export function adapterFactory(keeping: Keeping): AdapterFactory {
  return (model) => (model === "Client" ? clientAdapter(keeping.directory) : artifactAdapter(model, keeping));
}

/** The issuer at which somebody signed in; it stands in the grant, to which codes and tokens refer. */
export function issuerOf(artifacts: Artifacts, grantId: unknown): string | undefined {
  const issuer = artifacts.get(`Grant:${grantId}`)?.issuer;
  return typeof issuer === "string" ? issuer : undefined;
}

function clientAdapter(directory: Directory): Adapter {
  return {
    ...readOnly,
    find: async (clientId) => {
      const application = directory.application(clientId);
      return application && clientMetadata(application);
    },
  };
}

/** Clients are made and deleted by the Metadata API, never by the authorization server. */
const readOnly: Adapter = {
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  upsert: unsupported,
  consume: unsupported,
  destroy: unsupported,
  revokeByGrantId: unsupported,
};

async function unsupported(): Promise<never> {
  throw new Error("The authorization server does not change its clients.");
}

function clientMetadata(application: Application): AdapterPayload {
  return {
    client_id: application.clientId,
    client_secret: application.clientSecret,
    redirect_uris: application.redirectUris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: mayOmitSecret(application) ? "none" : "client_secret_post",
  };
}

/** Salesforce asks for the secret per grant, and takes none where it is optional; a secret sent is checked. */
function mayOmitSecret({ isSecretOptional }: Application): boolean {
  const context = Provider.ctx;
  const { client_secret, grant_type } = context?.oidc.params ?? {};
  if (client_secret !== undefined || context?.headers.authorization !== undefined) return false;
  if (grant_type === "refresh_token") return isSecretOptional.refresh_token;
  return isSecretOptional.authorization_code;
}

const REDEEMABLE = ["AuthorizationCode", "RefreshToken"];

function artifactAdapter(model: string, { artifacts, issuer, redeemsForOthers }: Keeping): Adapter {
  const key = (id: string) => `${model}:${id}`;
  const ofModel = () => artifacts.entries().filter(([found]) => found.startsWith(key("")));
  const isForeign = (payload: AdapterPayload) =>
    REDEEMABLE.includes(model) && (issuerOf(artifacts, payload.grantId) ?? issuer) !== issuer;
  return {
    find: async (id) => {
      const payload = artifacts.get(key(id));
      return payload && (redeemsForOthers || !isForeign(payload)) ? payload : undefined;
    },
    findByUid: async (uid) => ofModel().find(([, payload]) => payload.uid === uid)?.[1],
    findByUserCode: async (userCode) => ofModel().find(([, payload]) => payload.userCode === userCode)?.[1],
    upsert: (id, payload, expiresIn = 0) =>
      artifacts.set(key(id), model === "Grant" ? { ...payload, issuer } : { ...payload }, expiresIn),
    destroy: (id) => artifacts.delete(key(id)),
    consume: async (id) => {
      const payload = artifacts.get(key(id));
      const now = Math.floor(Date.now() / 1000);
      const remaining = Number(payload?.exp ?? now) - now;
      await artifacts.set(key(id), { ...payload, consumed: now }, remaining);
    },
    revokeByGrantId: async (grantId) => {
      const ofGrant = ofModel().filter(([, payload]) => payload.grantId === grantId);
      await Promise.all(ofGrant.map(([found]) => artifacts.delete(found)));
    },
  };
}
