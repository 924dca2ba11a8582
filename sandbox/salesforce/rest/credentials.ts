import type { FastifyInstance, FastifyRequest } from "fastify";
import { consumerOf, isExpired, rotateIn, stage } from "../consumers.ts";
import { childOf, componentsOf, findComponent } from "../metadata/components.ts";
import type { Org } from "../org.ts";
import { sameId } from "../recordId.ts";
import type { Component, Consumer, Permission, StagedCredentials } from "../state.ts";
import { type Authenticate, type RestCaller, RestError, resourceNotFound } from "./restCall.ts";

const STAGING_SINCE = 65;
const CREDENTIALS_SINCE = 60;

interface Ids {
  appId: string;
  consumerId: string;
  stagedId: string;
}

/** The Connect REST resources of OAuth credentials, `/apps/oauth/...`: reading keys and secrets, rotating them. */
export function addCredentialsApi(rest: FastifyInstance, authenticate: Authenticate): void {
  const at = "/apps/oauth/credentials/:appId";
  rest.get("/apps/oauth/usage", async (request) => usage(authenticate(request), request));
  rest.get(at, async (request) => consumers(open(authenticate, request)));
  rest.get(`${at}/:consumerId`, async (request) => oneConsumer(open(authenticate, request), request));
  rest.get(`${at}/:consumerId/staged`, async (request) => stagedCollection(staging(authenticate, request)));
  rest.post(`${at}/:consumerId/staged`, async (request, reply) =>
    reply.code(201).send(stageNew(staging(authenticate, request))),
  );
  rest.patch(`${at}/:consumerId/staged/:stagedId`, async (request) =>
    command(staging(authenticate, request), request.body),
  );
  rest.delete(`${at}/:consumerId/staged/:stagedId`, async (request, reply) => {
    discard(staging(authenticate, request));
    return reply.code(204).send();
  });
}

/** A call on the credentials of one app that its caller may make. */
interface Call {
  caller: RestCaller;
  app: Component;
  consumer: Consumer | undefined;
  ids: Ids;
  /** Host-relative. */
  path: string;
}

function open(authenticate: Authenticate, request: FastifyRequest): Call {
  const caller = authenticate(request);
  if (caller.version < CREDENTIALS_SINCE) throw resourceNotFound();
  demandSecretAccess(caller);
  const ids = request.params as Ids;
  const app = componentsOf(caller.org, "ExternalClientApplication").find(({ id }) => sameId(id, ids.appId));
  if (app === undefined) throw resourceNotFound();
  const consumer = consumerOf(caller.org, app.fullName);
  const path = `/services/data/v${caller.version}.0/apps/oauth/credentials/${app.id}`;
  return { caller, app, consumer, ids, path };
}

function demandSecretAccess(caller: RestCaller) {
  const settings = findComponent(caller.org, "ExternalClientAppSettings", "ExternalClientApp");
  if (settings?.fields.enableClientSecretInRestApiAccess !== true) {
    const { status, errorCode } = caller.org.assumptions.secretRestAccessOff.chosen;
    throw new RestError(status, errorCode, "This feature is not currently enabled for this user.");
  }
  demand(caller, "ExternalClientAppDeveloper");
  demand(caller, "ViewClientSecret");
}

function demand({ user }: RestCaller, permission: Permission) {
  if (user.permissions.includes(permission)) return;
  throw new RestError(403, "INSUFFICIENT_ACCESS", `You don't have the permission ${permission}.`);
}

function consumerIn({ consumer, ids }: Call): Consumer {
  if (consumer && sameId(consumer.id, ids.consumerId)) return consumer;
  throw resourceNotFound();
}

function usage({ org, version }: RestCaller, request: FastifyRequest) {
  const { page = "0", pageSize = "100" } = request.query as { page?: string; pageSize?: string };
  const [index, size] = [Number(page), Number(pageSize)];
  const apps = componentsOf(org, "ExternalClientApplication").slice(index * size, (index + 1) * size);
  const url = (at: number) => `/services/data/v${version}.0/apps/oauth/usage?page=${at}&pageSize=${size}`;
  return {
    apps: apps.map(({ fullName, id, fields }) => ({
      developerName: fullName,
      identifier: id,
      label: fields.label ?? fullName,
    })),
    currentPageUrl: url(index),
    nextPageUrl: url(index + 1),
  };
}

function consumers(call: Call) {
  const { consumer, path } = call;
  return {
    consumers: consumer === undefined ? [] : [{ ...summary(call, consumer), key: consumer.key }],
    currentPageUrl: path,
    nextPageUrl: null,
  };
}

function oneConsumer(call: Call, request: FastifyRequest) {
  const consumer = consumerIn(call);
  const { part = "key" } = request.query as { part?: string };
  if (!["key", "secret", "keyandsecret"].includes(part)) {
    throw new RestError(400, "INVALID_API_INPUT", "part must be one of key, secret, keyandsecret");
  }
  const key = part.includes("key") ? { key: consumer.key } : {};
  const secret = part.includes("secret") ? { secret: consumer.secret } : {};
  return { ...summary(call, consumer), ...key, ...secret };
}

function summary({ caller, app, path }: Call, consumer: Consumer) {
  const url = `${path}/${consumer.id}`;
  const staging = caller.version >= STAGING_SINCE ? { stagedCredentialsUrl: `${url}/staged` } : {};
  return { id: consumer.id, name: consumerName(caller.org, app), url, ...staging };
}

function consumerName(org: Org, app: Component): string {
  return childOf(org, app.fullName, "ExtlClntAppGlobalOauthSettings")?.fullName ?? app.fullName;
}

function staging(authenticate: Authenticate, request: FastifyRequest): Call & { consumer: Consumer } {
  const call = open(authenticate, request);
  if (call.caller.version < STAGING_SINCE) throw resourceNotFound();
  return { ...call, consumer: consumerIn(call) };
}

function stagedCollection({ caller, consumer, path }: Call & { consumer: Consumer }) {
  const url = `${path}/${consumer.id}/staged`;
  const { staged } = consumer;
  if (staged === undefined && caller.org.assumptions.nothingStaged.chosen === "404") throw resourceNotFound();
  return { stagedCredentials: staged === undefined ? [] : [view(staged, url)], url };
}

function stageNew(call: Call & { consumer: Consumer }) {
  if (call.consumer.staged !== undefined) {
    throw new RestError(400, "INVALID_OPERATION", "Staged credentials exist already. Delete them first.");
  }
  const { org, user } = call.caller;
  stage(org, call.consumer, user.id);
  org.store.save();
  return stagedCollection(call);
}

function command(call: Call & { consumer: Consumer }, body: unknown) {
  const staged = stagedIn(call);
  if (typeof body === "string") throw new RestError(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.");
  if ((body as { command?: unknown } | null)?.command !== "rotate") {
    throw new RestError(400, "INVALID_API_INPUT", "command must be rotate");
  }
  if (staged.state !== "Active" || isExpired(staged)) {
    throw new RestError(400, "INVALID_OPERATION", "Only active staged credentials can be rotated.");
  }
  rotateIn(call.consumer, staged);
  call.caller.org.store.save();
  return view(stagedIn(call), `${call.path}/${call.consumer.id}/staged`);
}

function discard(call: Call & { consumer: Consumer }) {
  stagedIn(call);
  delete call.consumer.staged;
  call.caller.org.store.save();
}

function stagedIn({ consumer, ids }: Call & { consumer: Consumer }): StagedCredentials {
  if (consumer.staged && sameId(consumer.staged.id, ids.stagedId)) return consumer.staged;
  throw resourceNotFound();
}

function view(staged: StagedCredentials, collectionUrl: string) {
  const { createdAt, expiresAt, ...rest } = staged;
  return {
    ...rest,
    createdDate: createdAt,
    expirationDate: expiresAt,
    stagedCredentialsUrl: collectionUrl,
    state: isExpired(staged) ? "Expired" : staged.state,
    url: `${collectionUrl}/${staged.id}`,
  };
}
