import { IncomingMessage, type ServerResponse } from "node:http";
import type { JWK } from "jose";
import {
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from "oidc-provider";
import { adapterFactory, issuerOf } from "./adapter.ts";
import {
  type Reading,
  salesforceError,
  salesforceRedirect,
  salesforceTokenAnswer,
  standardAuthorizeRequest,
} from "./dialect.ts";
import type { Artifacts, Directory } from "./directory.ts";
import { errorPage } from "./pages.ts";

/** Salesforce's paths. */
export const PATHS = {
  authorize: "/services/oauth2/authorize",
  introspect: "/services/oauth2/introspect",
  keys: "/id/keys",
  login: "/login",
  logout: "/services/oauth2/logout",
  register: "/services/oauth2/register",
  revoke: "/services/oauth2/revoke",
  token: "/services/oauth2/token",
  userinfo: "/services/oauth2/userinfo",
} as const;

const HOUR = 3600;

export interface IdentityProviderOptions {
  /** What it calls itself, without a trailing slash. */
  issuer: string;
  /** Before each of its paths; empty, or beginning with a slash. */
  basePath: string;
  /** Codes and refresh tokens of another issuer with the same artifacts: redeemed, with that issuer in the ID token? */
  redeemsForOthers: boolean;
  directory: Directory;
  /** All OAuth scopes that exist, whether or not an app may ask for them. */
  scopes: string[];
  artifacts: Artifacts;
  /** Private keys; the first one signs. */
  signingKeys: JWK[];
  cookieKeys: string[];
  /** What access tokens begin with. */
  accessTokenPrefix: string;
  codeLifetimeSeconds: number;
  /** The error of an authorize request by a user or an app that a policy keeps out. */
  accessRefusedError: string;
  badUserinfoToken: { status: number; body: string };
  reading: Reading;
}

/** The authorization server of an org, a real OpenID provider that speaks Salesforce's dialect. */
export interface IdentityProvider {
  /** Answers a request whose body, if it has one, was read already and is given. */
  handle(request: IncomingMessage, response: ServerResponse, body?: Buffer): Promise<void>;
  /** Who tries to log in, by the cookie of the authorize request; rejects when there is none. */
  loginHint(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** Sends the browser on after a successful log-in. */
  finishLogin(request: IncomingMessage, response: ServerResponse, subject: string): Promise<void>;
  /** Revokes an access or refresh token with all that was granted along with it; `false` when it is unknown. */
  revoke(token: string): Promise<boolean>;
}

export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const provider = new Provider(options.issuer, configuration(options));
  beginAccessTokensWith(provider, options.accessTokenPrefix);
  speakSalesforce(provider, options);
  const callback = provider.callback();
  return {
    handle: (request, response, body) => callback(body ? withBody(request, body) : request, response),
    loginHint: async (request, response) => {
      const { params } = await provider.interactionDetails(request, response);
      return typeof params.login_hint === "string" ? params.login_hint : "";
    },
    finishLogin: (request, response, subject) =>
      provider.interactionFinished(request, response, { login: { accountId: subject } }),
    revoke: (token) => revoke(provider, token),
  };
}

function configuration(options: IdentityProviderOptions): Configuration {
  const { directory, basePath } = options;
  const application = (clientId: string) => directory.application(clientId);
  return {
    adapter: adapterFactory(options),
    jwks: { keys: options.signingKeys },
    // Where people are logged in at one address they are not at another.
    cookies: { keys: options.cookieKeys, names: { session: `_session${basePath.replaceAll("/", ".")}` } },
    scopes: options.scopes,
    claims: CLAIMS_BY_SCOPE,
    responseTypes: ["code"],
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: () => false,
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        allowedPolicy: (_context, client, token) =>
          token.clientId === client.clientId || application(client.clientId)?.mayIntrospectAllTokens === true,
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
    },
    routes: {
      authorization: basePath + PATHS.authorize,
      end_session: basePath + PATHS.logout,
      introspection: basePath + PATHS.introspect,
      jwks: basePath + PATHS.keys,
      token: basePath + PATHS.token,
      userinfo: basePath + PATHS.userinfo,
    },
    pkce: { required: (_context, client) => application(client.clientId)?.isPkceRequired === true },
    findAccount: (context, subject) => findAccount(options, context, subject),
    loadExistingGrant: grantEverything,
    expiresWithSession: async () => false,
    issueRefreshToken: async (_context, client, code) =>
      code.scopes.has("refresh_token") && refreshTokenSeconds(directory, client.clientId) > 0,
    rotateRefreshToken: ({ oidc }) =>
      application(oidc.client?.clientId ?? "")?.isRefreshTokenRotationEnabled === true,
    interactions: {
      url: (_context, interaction) => `${basePath}${PATHS.login}/${interaction.uid}`,
      policy: loginPolicy(options),
    },
    renderError: (context, out, error) => {
      const told = salesforceError(out.error, out.error_description, detailOf(error));
      context.status = 400;
      context.type = "html";
      context.body = errorPage(told.error, told.error_description);
    },
    ttl: {
      AccessToken: 2 * HOUR,
      AuthorizationCode: options.codeLifetimeSeconds,
      Grant: 10 * 365 * 24 * HOUR,
      IdToken: (_context, _token, client) => application(client.clientId)?.idTokenSeconds ?? 120,
      Interaction: HOUR,
      RefreshToken: (_context, _token, client) => refreshTokenSeconds(directory, client.clientId),
      Session: 2 * HOUR,
    },
  };
}

/** Which claims of userinfo, and of an ID token with standard claims, come by which scope. */
const PERSONAL_CLAIMS = {
  address: ["address"],
  email: ["email", "email_verified"],
  phone: ["phone_number", "phone_number_verified"],
  profile: [
    "name",
    "given_name",
    "family_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "zoneinfo",
    "locale",
    "updated_at",
    "active",
    "user_type",
  ],
};
const CLAIMS_BY_SCOPE = {
  ...PERSONAL_CLAIMS,
  id: Object.values(PERSONAL_CLAIMS).flat(),
  openid: ["sub", "user_id", "organization_id"],
};

/**
 * What the discovery document of Salesforce lists; PKCE and `iss` in redirects are absent there too.
 * @param url where its endpoints are, without a trailing slash
 */
export function discoveryDocument(issuer: string, url: string, scopes: string[]) {
  return {
    issuer,
    authorization_endpoint: url + PATHS.authorize,
    token_endpoint: url + PATHS.token,
    revocation_endpoint: url + PATHS.revoke,
    userinfo_endpoint: url + PATHS.userinfo,
    jwks_uri: url + PATHS.keys,
    registration_endpoint: url + PATHS.register,
    introspection_endpoint: url + PATHS.introspect,
    scopes_supported: scopes,
    response_types_supported: ["code", "token", "token id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    display_values_supported: ["page", "popup", "touch"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic", "private_key_jwt"],
    claims_supported: [...CLAIMS_BY_SCOPE.openid, ...CLAIMS_BY_SCOPE.id],
  };
}

/** Anyone the directory knows and the client's policies admit. */
function findAccount({ directory }: IdentityProviderOptions, context: KoaContextWithOIDC, subject: string) {
  const all = directory.claims(subject);
  const application = directory.application(context.oidc.client?.clientId ?? "");
  const redeems = context.oidc.route === "token";
  if (all === undefined || (redeems && application?.refusal(subject) !== undefined)) return undefined;
  return {
    accountId: subject,
    claims: async (use: string) =>
      use === "userinfo" || application?.idTokenHasStandardClaims ? all : { sub: all.sub },
  };
}

/** Users authorize their own apps: whatever was asked for, and passed the policy, is granted. */
async function grantEverything({ oidc }: KoaContextWithOIDC) {
  const { account, client, provider, params } = oidc;
  const grant = new provider.Grant({ accountId: account?.accountId ?? "", clientId: client?.clientId ?? "" });
  grant.addOIDCScope(String(params?.scope ?? ""));
  await grant.save();
  return grant;
}

/** Asks for a log-in, and refuses what the app's settings and policies do not allow. */
function loginPolicy({ directory, accessRefusedError }: IdentityProviderOptions) {
  const policy = interactionPolicy.base();
  const refuse = new interactionPolicy.Check(
    "refused",
    "the app refuses the request",
    async ({ oidc, query }) => {
      const application = directory.application(oidc.client?.clientId ?? "");
      // The library has dropped scopes that do not exist from its parameters, but not from the query.
      const asked = String(query.scope ?? oidc.params?.scope ?? "").split(" ");
      const excess = asked.find((scope) => scope !== "" && !application?.scopes.has(scope));
      if (excess !== undefined) throw new errors.InvalidScope("the requested scope is invalid", excess);
      const refusal = application?.refusal(oidc.session?.accountId);
      if (refusal !== undefined) throw new errors.CustomOIDCProviderError(accessRefusedError, refusal);
      return interactionPolicy.Check.NO_NEED_TO_PROMPT;
    },
  );
  policy.get("login")?.checks.add(refuse, 0);
  return policy;
}

function refreshTokenSeconds(directory: Directory, clientId: string): number {
  return directory.application(clientId)?.refreshTokenSeconds ?? 0;
}

/** The library has no setting for the looks of opaque tokens. */
function beginAccessTokensWith(provider: Provider, prefix: string) {
  const prototype = provider.AccessToken.prototype as unknown as { generateTokenId(): string };
  const generate = prototype.generateTokenId;
  prototype.generateTokenId = function prefixed() {
    return prefix + generate.call(this);
  };
}

/** Requests come in, and answers go out, in Salesforce's dialect. */
function speakSalesforce(provider: Provider, options: IdentityProviderOptions) {
  const { directory, issuer, basePath, reading } = options;
  provider.use(async (context, next) => {
    if (context.path === basePath + PATHS.authorize) {
      context.query = standardAuthorizeRequest(context.query, directory, reading);
    }
    await next();
    const location = context.response.get("location");
    if (location) context.set("location", salesforceRedirect(location, issuer));
    if (context.status === 200) await answer(context as KoaContextWithOIDC, options);
  });
  provider.on("grant.error", answerError);
  provider.on("introspection.error", answerError);
  provider.on("userinfo.error", (context) => {
    context.status = options.badUserinfoToken.status;
    context.body = options.badUserinfoToken.body;
  });
}

async function answer(context: KoaContextWithOIDC, options: IdentityProviderOptions) {
  if (context.path === options.basePath + PATHS.token) await answerToken(context, options);
  if (context.path === options.basePath + PATHS.introspect) addUsername(context, options.directory);
}

async function answerToken(context: KoaContextWithOIDC, options: IdentityProviderOptions) {
  const { client, account, params, entities } = context.oidc;
  const { directory, artifacts, issuer } = options;
  const application = directory.application(client?.clientId ?? "");
  const [signingKey] = options.signingKeys;
  if (application === undefined || signingKey === undefined)
    throw new Error("The client or the key is gone.");
  const standard = { ...(context.body as object), subject: account?.accountId };
  context.body = await salesforceTokenAnswer(
    standard,
    directory,
    application,
    { signingKey, issuer: issuerOf(artifacts, entities.Grant?.jti) ?? issuer },
    params?.refresh_token,
  );
}

function addUsername(context: KoaContextWithOIDC, directory: Directory) {
  const { sub, ...answer } = context.body as Record<string, unknown>;
  if (typeof sub !== "string") return;
  context.body = { ...answer, sub, username: directory.claims(sub)?.preferred_username };
}

/** Salesforce answers every refused token request with 400, a wrong secret included. */
function answerError(context: KoaContextWithOIDC, error: errors.OIDCProviderError) {
  context.status = 400;
  context.remove("www-authenticate");
  context.body = salesforceError(error.error, error.error_description, detailOf(error));
}

function detailOf(error: Error): string {
  return (error as { error_detail?: string }).error_detail ?? "";
}

async function revoke(provider: Provider, token: string): Promise<boolean> {
  const found = (await provider.RefreshToken.find(token)) ?? (await provider.AccessToken.find(token));
  if (found === undefined) return false;
  await found.destroy();
  const { grantId } = found;
  if (grantId !== undefined) {
    await provider.RefreshToken.revokeByGrantId(grantId);
    await provider.AccessToken.revokeByGrantId(grantId);
  }
  return true;
}

/** The same request with its body to be read once more. */
function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  const { method, url, headers, httpVersion } = request;
  Object.assign(copy, { method, url, headers, httpVersion, complete: true });
  copy.push(body);
  copy.push(null);
  return copy;
}
