import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Directory } from "../identityProvider/directory.ts";
import {
  createIdentityProvider,
  discoveryDocument,
  type IdentityProvider,
  PATHS,
} from "../identityProvider/identityProvider.ts";
import { loginPage } from "../identityProvider/pages.ts";
import { artifactsIn } from "./artifacts.ts";
import { claimsOf, directoryOf } from "./directory.ts";
import { type LoginHost, loginHost, loginPaths } from "./loginHost.ts";
import { OAUTH_SCOPES } from "./oauthScopes.ts";
import { type Org, sessionUser, tokenPrefix } from "./org.ts";
import { sameId } from "./recordId.ts";
import type { User } from "./state.ts";
import { apiGrant, OAuthError } from "./tokens.ts";

const WRONG_PASSWORD =
  "Please check your username and password. If you still can't log in, contact your Salesforce administrator.";

/** The OAuth and OpenID Connect endpoints of every login host, for tools and for the users of External Client Apps. */
export function addOAuthApi(app: FastifyInstance, org: Org): void {
  for (const prefix of loginPaths) {
    // Where the org listens is not known before the server does.
    const host = lazy(() => loginHost(org, prefix));
    const directory = lazy(() => directoryOf(org, host()));
    const provider = lazy(() => identityProviderOf(org, host(), prefix, directory()));
    app.register(async (oauth) => addLoginHost(oauth, { org, host, directory, provider }), { prefix });
  }
}

function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface Endpoints {
  org: Org;
  host(): LoginHost;
  directory(): Directory;
  provider(): IdentityProvider;
}

function addLoginHost(oauth: FastifyInstance, endpoints: Endpoints) {
  const { host, provider } = endpoints;
  oauth.setErrorHandler(answerError);
  oauth.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    (_request, body, done) => done(null, body),
  );
  oauth.get("/.well-known/openid-configuration", async () =>
    discoveryDocument(host().issuer, host().url, Object.values(OAUTH_SCOPES)),
  );
  addTokenEndpoints(oauth, endpoints);
  addLogIn(oauth, endpoints);
  for (const path of [PATHS.authorize, `${PATHS.authorize}/:uid`, PATHS.keys]) {
    oauth.get(path, (request, reply) => passOn(provider(), request, reply));
  }
  for (const path of [PATHS.introspect, `${PATHS.logout}/confirm`]) {
    oauth.post(path, (request, reply) => passOn(provider(), request, reply));
  }
}

function identityProviderOf(org: Org, { issuer }: LoginHost, basePath: string, directory: Directory) {
  const { assumptions, store } = org;
  return createIdentityProvider({
    issuer,
    basePath,
    redeemsForOthers: assumptions.codeOfOtherHost.chosen === "redeemed",
    directory,
    scopes: Object.values(OAUTH_SCOPES),
    artifacts: artifactsIn(store),
    signingKeys: store.state.signingKeys,
    cookieKeys: store.state.cookieKeys,
    accessTokenPrefix: tokenPrefix(org),
    codeLifetimeSeconds: assumptions.codeLifetimeSeconds.chosen,
    accessRefusedError: assumptions.accessRefusedError.chosen,
    badUserinfoToken: assumptions.badUserinfoToken.chosen,
    reading: {
      missingChallengeMethod: assumptions.missingChallengeMethod.chosen,
      omittedScope: assumptions.omittedScope.chosen,
    },
  });
}

function addTokenEndpoints(oauth: FastifyInstance, { org, provider }: Endpoints) {
  oauth.post(PATHS.token, async (request, reply) => {
    const form = formOf(request);
    const grant = apiGrant(form.get("grant_type") ?? undefined);
    if (grant) return grant(org, form, request.headers.authorization);
    return passOn(provider(), request, reply);
  });
  oauth.post(PATHS.revoke, async (request, reply) => {
    const token = formOf(request).get("token") ?? "";
    if (!endSession(org, token) && !(await provider().revoke(token))) {
      throw new OAuthError("unsupported_token_type", "this token type is not supported");
    }
    return reply.code(200).send();
  });
  oauth.route({
    method: ["GET", "POST"],
    url: PATHS.userinfo,
    handler: async (request, reply) => {
      const user = apiUser(org, request);
      return user ? claimsOf(org, user) : passOn(provider(), request, reply);
    },
  });
  oauth.get<{ Params: { userId: string } }>("/id/:orgId/:userId", async (request, reply) => {
    const user = apiUser(org, request);
    if (user !== undefined && sameId(user.id, request.params.userId)) return identityOf(org, user);
    const { status, body } = org.assumptions.badUserinfoToken.chosen;
    return reply.code(status).send(body);
  });
}

function addLogIn(oauth: FastifyInstance, { directory, host, provider }: Endpoints) {
  const path = `${PATHS.login}/:uid`;
  oauth.get(path, async (request, reply) => {
    const hint = await loginHint(provider(), request, reply);
    return reply.type("text/html; charset=utf-8").send(loginPage(host().siteId ? "site" : "org", hint));
  });
  oauth.post(path, async (request, reply) => {
    const form = formOf(request);
    const username = form.get("username") ?? "";
    const subject = directory().logIn(username, form.get("password") ?? "");
    await loginHint(provider(), request, reply);
    if (subject === undefined) {
      return reply
        .type("text/html; charset=utf-8")
        .send(loginPage(host().siteId ? "site" : "org", username, WRONG_PASSWORD));
    }
    reply.hijack();
    await provider().finishLogin(request.raw, reply.raw, subject);
    return reply;
  });
}

async function loginHint(provider: IdentityProvider, request: FastifyRequest, reply: FastifyReply) {
  return provider.loginHint(request.raw, reply.raw).catch((cause: unknown) => {
    throw new OAuthError("invalid_request", "the login page has expired, start again", { cause });
  });
}

async function passOn(provider: IdentityProvider, request: FastifyRequest, reply: FastifyReply) {
  reply.hijack();
  await provider.handle(request.raw, reply.raw, request.body instanceof Buffer ? request.body : undefined);
  return reply;
}

/** The user of an API session. */
function apiUser(org: Org, request: FastifyRequest) {
  return sessionUser(org, request.headers.authorization?.replace(/^(Bearer|OAuth) /i, ""));
}

/** What an identity URL answers: the claims of userinfo under older names. */
function identityOf(org: Org, user: User) {
  const { sub, user_id, organization_id, name, nickname, email } = claimsOf(org, user);
  const { firstName: first_name, lastName: last_name, username } = user;
  const names = { username, nick_name: nickname, display_name: name, first_name, last_name };
  return { id: sub, asserted_user: true, user_id, organization_id, ...names, email, active: user.isActive };
}

function formOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(request.body instanceof Buffer ? request.body.toString() : "");
}

/** Ends an API session; `false` when the token is not one. */
function endSession(org: Org, accessToken: string): boolean {
  const { state } = org.store;
  const others = state.sessions.filter((session) => session.accessToken !== accessToken);
  const found = others.length < state.sessions.length;
  state.sessions = others;
  if (found) org.store.save();
  return found;
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  if (!(error instanceof OAuthError)) throw error;
  return reply.code(400).send({ error: error.error, error_description: error.message });
}
