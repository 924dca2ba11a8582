import { randomBytes } from "node:crypto";
import { publishedVersion } from "./configurations.ts";
import { deploymentStatus } from "./deployments.ts";
import { ApiError, badRequest } from "./errors.ts";
import { authenticateGuest, issueGuestToken } from "./guestTokens.ts";
import { reportedState } from "./integrations.ts";
import {
  discover,
  type Provider,
  type ProviderTokens,
  requestTokens,
  SignInFailure,
  type StoredClient,
  verifyIdToken,
} from "./openIdClient.ts";
import {
  after,
  type Call,
  type Document,
  found,
  type GuestSession,
  isPast,
  now,
  type Operations,
  type Org,
  type StoredDeployment,
  type StoredIntegration,
} from "./org.ts";

/** Guest tokens live 15 minutes, or as long as the provider's access token if that is less (vendor text). */
const TOKEN_SECONDS = 900;
/** Refresh tokens live 24 hours unless the integration says otherwise (vendor text). */
const REFRESH_SECONDS = 86_400;

interface ExchangeBody {
  deploymentId: string;
  oauth?: {
    code?: string;
    idToken?: string;
    redirectUri?: string;
    nonce?: string;
    maxAge?: number;
    codeVerifier?: string;
    iss?: string;
  };
}

/** What the web page of a visitor calls: exchange of a code for a guest token, its refresh, its revocation. */
export function guestOperations(org: Org): Operations {
  return {
    postWebdeploymentsTokenOauthcodegrantjwtexchange: (call) =>
      opaquely(org, call, () => exchange(org, call.body as unknown as ExchangeBody)),
    postWebdeploymentsTokenRefresh: (call) =>
      opaquely(org, call, () => refresh(org, call.body as { refreshToken: string; deploymentId?: string })),
    deleteWebdeploymentsTokenRevoke: ({ authorization }) => revoke(org, authorization),
  };
}

/** Whatever went wrong, the visitor gets one and the same answer; the reason goes to the ledger. */
async function opaquely(
  org: Org,
  { body, contextId }: Call,
  signIn: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await signIn();
  } catch (error) {
    if (!(error instanceof SignInFailure)) throw error;
    const deploymentId = String(body.deploymentId);
    const { reason, message: text } = error;
    const faults = org.faults?.names ?? [];
    org.ledger.add({ contextId, at: now(), deploymentId, reason, text, faults });
    const token = randomBytes(16).toString("hex");
    const message = `Failed to identify user for token: ${token} deploymentId: ${deploymentId}`;
    throw new ApiError(401, "unauthorized", message);
  }
}

/** The whole chain, from the deployment of the page to the identity the provider vouches for. */
async function exchange(org: Org, { deploymentId, oauth = {} }: ExchangeBody): Promise<Document> {
  const deployment = activeDeployment(org, deploymentId);
  const integration = activeIntegration(org, authenticationIntegration(org, deployment));
  const client = storedClient(org, integration);
  const provider = await discover(org, discoveryUrl(org, integration));
  checkIss(org, provider, oauth.iss);
  const tokens = oauth.idToken
    ? implicitTokens(org, integration, oauth.idToken)
    : await requestTokens(org, provider, client, codeGrant(org, integration, oauth));
  const { sub } = await verifyIdToken(org, provider, client, idTokenOf(tokens), oauth);
  refuseByFault(org, deployment, integration, client, sub);
  return signedIn(org, integration, { deploymentId, subject: sub }, tokens);
}

function activeDeployment(org: Org, id: string): StoredDeployment {
  const deployment = found(org.store.state.deployments, id);
  if (!deployment) throw new SignInFailure("deployment_unknown", `There is no deployment ${id}.`);
  const status = deploymentStatus(deployment);
  if (status === "Active") return deployment;
  throw new SignInFailure("deployment_not_active", `Deployment ${id} is ${status}.`);
}

function authenticationIntegration(org: Org, { configuration: { id, version } }: StoredDeployment): string {
  const configuration = found(org.store.state.configurations, id);
  const published = configuration && publishedVersion(configuration, version);
  if (!published) {
    const text = `Version ${version} of configuration ${id} is pinned and not there.`;
    throw new SignInFailure("configuration_version_missing", text);
  }
  const settings = published.document.authenticationSettings as
    | { enabled: boolean; integrationId: string }
    | undefined;
  if (settings?.enabled) return settings.integrationId;
  const text = `Version ${version} of configuration ${id} has authentication off.`;
  throw new SignInFailure("authentication_off", text);
}

function activeIntegration(org: Org, id: string): StoredIntegration {
  const integration = found(org.store.state.integrations, id);
  if (!integration) throw new SignInFailure("integration_unknown", `There is no integration ${id}.`);
  if (integration.typeId !== org.assumptions.oidcTypeId.chosen) {
    const text = `Integration ${id} is of type ${integration.typeId}.`;
    throw new SignInFailure("integration_wrong_type", text);
  }
  const state = reportedState(org, integration);
  if (state === "ACTIVE") return integration;
  throw new SignInFailure("integration_not_active", `Integration ${id} is ${state}.`);
}

function storedClient(org: Org, { id, config }: StoredIntegration): StoredClient {
  const { credentialKey, clientIdField, clientSecretField } = org.assumptions;
  const fields = found(org.store.state.credentials, config.credentials[credentialKey.chosen] ?? "")?.fields;
  const clientId = fields?.[clientIdField.chosen];
  const secret = fields?.[clientSecretField.chosen];
  if (clientId && secret) return { id: clientId, secret };
  throw new SignInFailure("credential_missing", `Integration ${id} has no client id and secret.`);
}

function discoveryUrl(org: Org, { id, config }: StoredIntegration): string {
  const url = config.properties[org.assumptions.discoveryUrlProperty.chosen];
  if (typeof url === "string" && URL.canParse(url)) return url;
  throw new SignInFailure("discovery_url_missing", `Integration ${id} has no usable discovery URL.`);
}

/** RFC 9207: a provider that names itself in the authorization response must be the one that was meant. */
function checkIss(org: Org, provider: Provider, iss: string | undefined): void {
  if (iss !== undefined && iss !== provider.issuer) {
    throw new SignInFailure("iss_mismatch", `The exchange names ${iss}, the provider is ${provider.issuer}.`);
  }
  const required = provider.authorization_response_iss_parameter_supported === true;
  if (iss === undefined && required && org.assumptions.missingIss.chosen === "refused") {
    throw new SignInFailure("iss_missing", `${provider.issuer} sends iss, the exchange did not pass it on.`);
  }
}

function implicitTokens(org: Org, integration: StoredIntegration, idToken: string): ProviderTokens {
  if (isImplicit(org, integration)) return { id_token: idToken };
  const text = `Integration ${integration.id} does not support the implicit flow.`;
  throw new SignInFailure("implicit_flow_off", text);
}

function isImplicit(org: Org, { config }: StoredIntegration): boolean {
  const supported = config.properties[org.assumptions.implicitFlowProperty.chosen];
  return String(supported).toLowerCase() === "true";
}

function codeGrant(
  org: Org,
  integration: StoredIntegration,
  { code, redirectUri, codeVerifier }: NonNullable<ExchangeBody["oauth"]>,
) {
  if (isImplicit(org, integration) && org.assumptions.codeWithImplicitFlow.chosen === "refused") {
    throw new SignInFailure(
      "implicit_flow_on",
      `Integration ${integration.id} expects ID tokens, not codes.`,
    );
  }
  if (!code) throw new SignInFailure("code_missing", "The exchange has neither a code nor an ID token.");
  if (redirectUri === undefined) {
    const detail = { errorCode: "required.field.missing", fieldName: "oauth.redirectUri" };
    throw badRequest("oauth.redirectUri is required with a code.", [detail]);
  }
  return {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
  };
}

function idTokenOf({ id_token }: ProviderTokens): string {
  if (id_token) return id_token;
  const text = "The token endpoint gave no ID token: the scope openid was probably not asked for.";
  throw new SignInFailure("id_token_missing", text);
}

/** Nothing that the vendor could name is wrong, but the sandbox may have been told to fail all the same. */
function refuseByFault(
  org: Org,
  deployment: StoredDeployment,
  integration: StoredIntegration,
  { id: clientId }: StoredClient,
  subject: string,
): void {
  const refusal = org.faults?.refusal({
    deployment: deployment.id,
    configuration: deployment.configuration.id,
    integration: integration.id,
    credential: integration.config.credentials[org.assumptions.credentialKey.chosen] ?? "",
    clientId,
    subject,
  });
  if (refusal !== undefined) throw new SignInFailure("refused_by_fault", refusal);
}

/** A guest token, and a refresh token when the provider gave one. */
async function signedIn(
  org: Org,
  integration: StoredIntegration,
  guest: { deploymentId: string; subject: string },
  tokens: ProviderTokens,
): Promise<Document> {
  const seconds = tokens.expires_in ?? TOKEN_SECONDS;
  const jwt = await issueGuestToken(org, guest, Math.min(TOKEN_SECONDS, seconds));
  if (!tokens.refresh_token) return { jwt };
  const refreshSeconds = integration.config.properties[org.assumptions.maxRefreshLifetimeProperty.chosen];
  const at = now();
  const session: GuestSession = {
    ...guest,
    integrationId: integration.id,
    refreshToken: randomBytes(32).toString("base64url"),
    expiresAt: after(at, Number(refreshSeconds ?? REFRESH_SECONDS) * 1000),
    providerAccessExpiresAt: after(at, seconds * 1000),
    providerRefreshToken: tokens.refresh_token,
  };
  org.store.state.guestSessions[session.refreshToken] = session;
  return { jwt, refreshToken: session.refreshToken };
}

/** A new guest token; once the provider's access token is over, only if the provider renews it. */
async function refresh(
  org: Org,
  { refreshToken, deploymentId }: { refreshToken: string; deploymentId?: string },
): Promise<Document> {
  const session = found(org.store.state.guestSessions, refreshToken);
  if (!session || (deploymentId !== undefined && deploymentId !== session.deploymentId)) {
    throw new SignInFailure("refresh_token_unknown", "There is no session for this refresh token.");
  }
  if (isPast(session.expiresAt)) {
    throw new SignInFailure("refresh_token_expired", `The refresh token expired at ${session.expiresAt}.`);
  }
  activeDeployment(org, session.deploymentId);
  if (isPast(session.providerAccessExpiresAt)) await renewAtProvider(org, session);
  const left = (Date.parse(session.providerAccessExpiresAt) - Date.now()) / 1000;
  return { jwt: await issueGuestToken(org, session, Math.max(1, Math.min(TOKEN_SECONDS, left))) };
}

async function renewAtProvider(org: Org, session: GuestSession): Promise<void> {
  const integration = activeIntegration(org, session.integrationId);
  const provider = await discover(org, discoveryUrl(org, integration));
  const tokens = await requestTokens(org, provider, storedClient(org, integration), {
    grant_type: "refresh_token",
    refresh_token: session.providerRefreshToken,
  });
  session.providerAccessExpiresAt = after(now(), (tokens.expires_in ?? TOKEN_SECONDS) * 1000);
  session.providerRefreshToken = tokens.refresh_token ?? session.providerRefreshToken;
}

/** Ends the visitor's sessions at this deployment and the token itself. */
async function revoke(org: Org, authorization: string | undefined): Promise<void> {
  const { deploymentId, subject, tokenId } = await authenticateGuest(org, authorization);
  const { guestSessions, revokedGuestTokens } = org.store.state;
  revokedGuestTokens.push(tokenId);
  for (const [token, session] of Object.entries(guestSessions)) {
    if (session.deploymentId === deploymentId && session.subject === subject) delete guestSessions[token];
  }
}
