import { randomUUID } from "node:crypto";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { GenesysAssumptions } from "../assumptions.ts";
import type { Delays } from "../delays.ts";
import type { Faults } from "../faults/faults.ts";
import { addFaults } from "../faults/server.ts";
import type { Ledger } from "../ledger.ts";
import { firstOrg } from "../logIns.ts";
import type { RequestLog } from "../requestLog.ts";
import {
  addControlPaths,
  addOrgs,
  answerWhenSaved,
  listen,
  type OrgAddress,
  type RunningServer,
} from "../server.ts";
import { addStaleReads } from "../staleReads.ts";
import type { Store } from "../store.ts";
import { oauthClientsOf } from "./clients.ts";
import { configurationOperations } from "./configurations.ts";
import { credentialOperations } from "./credentials.ts";
import { deploymentOperations } from "./deployments.ts";
import { describedOperations, type Operation } from "./description.ts";
import { ApiError, errorBody } from "./errors.ts";
import { guestOperations } from "./guests.ts";
import { integrationOperations } from "./integrations.ts";
import { type Limits, RateLimit, vendorLimits } from "./limits.ts";
import { addLogin, authenticate, authorize } from "./login.ts";
import type { GenesysState, Operations, Org } from "./org.ts";
import { addPreflight, addRuntimeFiles, admitPage, GUEST_OPERATIONS } from "./pageAccess.ts";
import { typeOperations } from "./types.ts";

/** `request.bytes.max` of the vendor's public limits. */
const BODY_LIMIT = 512_000;

export interface GenesysOptions {
  /** Name of the org; `dev`, unless given. */
  org?: string;
  /** 0 takes a free one. */
  port: number;
  store: Store<GenesysState>;
  delays: Delays;
  assumptions: GenesysAssumptions;
  log: RequestLog;
  ledger: Ledger;
  /** None, unless given. */
  faults?: Faults;
  /** All orgs in this process, for the control paths; none, unless given. */
  orgs?: () => readonly OrgAddress[];
  /** The vendor's, unless given. */
  limits?: Limits;
}

/** Starts one Genesys Cloud org on loopback: login host, Platform API and CDN files on one port. */
export async function startGenesys(options: GenesysOptions): Promise<RunningServer> {
  const { store, delays, assumptions, log, ledger, faults, limits = vendorLimits(assumptions) } = options;
  const name = options.org ?? firstOrg;
  const clients = oauthClientsOf(name);
  const org: Org = { clients, store, delays, assumptions, ledger, faults, url: "" };
  const requestLimit = new RateLimit(limits.requestsPerMinute);
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    genReqId: () => randomUUID(),
    frameworkErrors: (error, request, reply) => answerNoAddress(error, request, reply as FastifyReply),
  });

  acceptBodies(app);
  answerErrors(app);
  answerWhenSaved(app, store);
  addControlPaths(app, { vendor: "genesys", org: name }, log, () => countObjects(store.state));
  addOrgs(app, options.orgs ?? (() => []));
  addStaleReads(app, store, delays);
  if (faults) addFaults(app, "genesys", store, faults);
  addLogin(app, org, new RateLimit(limits.loginsPerMinute));
  addOrganization(app, org, requestLimit);
  addRuntimeFiles(app, org);
  addOperations(app, org, requestLimit);

  const server = await listen(app, options.port);
  org.url = server.url;
  return server;
}

function countObjects({ credentials, integrations, configurations, deployments }: GenesysState) {
  const count = (objects: object) => Object.keys(objects).length;
  return {
    credentials: count(credentials),
    integrations: count(integrations),
    configurations: count(configurations),
    deployments: count(deployments),
  };
}

/** JSON, where nothing at all counts as no body, and the form of the login. */
function acceptBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? undefined : JSON.parse(String(text)));
    } catch {
      done(new ApiError(400, "bad.request", "The request could not be understood: the body is not JSON."));
    }
  });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, text, done) => done(null, text),
  );
}

/** Every answer carries the correlation id, every error the vendor's error body with the same id. */
function answerErrors(app: FastifyInstance): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(correlation(request.id));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new ApiError(
      404,
      "not.found",
      `There is no ${request.method} ${request.url.split("?", 1)[0]}.`,
    );
    reply.code(404).send(errorBody(error, request.id));
  });
  app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
    const answered = error instanceof ApiError ? error : apiErrorFor(error);
    reply.code(answered.status).send(errorBody(answered, request.id));
  });
}

/** An address that is none comes past all hooks and handlers. */
function answerNoAddress(error: FastifyError, { id }: FastifyRequest, reply: FastifyReply): void {
  reply
    .headers(correlation(id))
    .code(400)
    .send(errorBody(apiErrorFor(error), id));
}

const correlation = (id: string) => ({ "inin-correlation-id": id, "genesys-correlation-id": id });

function apiErrorFor(error: FastifyError): ApiError {
  const status = error.statusCode ?? 500;
  if (status === 415) return new ApiError(415, "unsupported.media.type", error.message);
  if (status < 500) return new ApiError(status, "bad.request", error.message);
  // A fault of the sandbox, not of the vendor: say so where its developer looks.
  console.error("Genesys sandbox:", error);
  return new ApiError(500, "internal.server.error", error.message);
}

/** Paths outside the description that CX as Code asks for when it starts. */
function addOrganization(app: FastifyInstance, org: Org, limit: RateLimit): void {
  app.get("/api/v2/organizations/me", async (request, reply) => {
    admitClient(org, request, reply, limit);
    return {
      id: "00000000-0000-4000-8000-000000000001",
      name: "Sandbox",
      defaultLanguage: "en-us",
      defaultCountryCode: "DE",
      domain: "sandbox",
      state: "active",
      selfUri: "/api/v2/organizations/me",
    };
  });
  app.get("/api/v2/authorization/products", async (request, reply) => {
    admitClient(org, request, reply, limit);
    return { total: 1, entities: [{ id: "purecloud" }] };
  });
}

function addOperations(app: FastifyInstance, org: Org, limit: RateLimit): void {
  const implementations: Operations = {
    ...typeOperations(org),
    ...credentialOperations(org),
    ...integrationOperations(org),
    ...configurationOperations(org),
    ...deploymentOperations(org),
    ...guestOperations(org),
  };
  const ignoreUnknown = org.assumptions.unknownBodyProperties.chosen === "ignored";
  for (const operation of describedOperations({ ignoreUnknown })) {
    const implementation = implementations[operation.id];
    if (!implementation) throw new Error(`${operation.id} is described but not implemented.`);
    addOperation(app, org, limit, operation, implementation);
  }
}

function addOperation(
  app: FastifyInstance,
  org: Org,
  limit: RateLimit,
  operation: Operation,
  implementation: Operations[string],
): void {
  const isGuest = GUEST_OPERATIONS.includes(operation.id);
  const needsToken =
    !isGuest || (operation.method === "GET" && !org.assumptions.guestReadWithoutToken.chosen);
  if (isGuest) addPreflight(app, org, operation.route, [operation.method]);
  app.route({
    method: operation.method,
    url: operation.route,
    handler: async (request, reply) => {
      if (isGuest) admitPage(org, request, reply);
      if (needsToken) authorize(admitClient(org, request, reply, limit), operation.permissions);
      const { authorization, origin } = request.headers;
      const checked = operation.checkRequest(request);
      const answer = await implementation({ ...checked, contextId: request.id, authorization, origin });
      if (operation.method !== "GET") org.store.save();
      const fault = operation.faultOf(answer);
      if (fault !== undefined) throw new Error(fault);
      return reply.code(operation.successStatus).send(answer);
    },
  });
}

/** The client behind the request's token, counted against the rate limit. */
function admitClient(org: Org, request: FastifyRequest, reply: FastifyReply, limit: RateLimit) {
  const { client, token } = authenticate(org, request.headers.authorization);
  const seconds = limit.secondsToWait(token);
  if (seconds === undefined) return client;
  reply.header("retry-after", seconds);
  const message = `Rate limit exceeded the maximum [${limit.allowed}] requests within [60] seconds`;
  throw new ApiError(429, "too.many.requests", message);
}
