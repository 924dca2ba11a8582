import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { decodeJwt } from "jose";
import { publishedVersion } from "./configurations.ts";
import { deploymentStatus } from "./deployments.ts";
import { ApiError, errorBody } from "./errors.ts";
import { bearerToken } from "./login.ts";
import { type Document, found, type Org, type StoredDeployment } from "./org.ts";

/** Operations that a web page calls from the browser, without an API token. */
export const GUEST_OPERATIONS: readonly string[] = [
  "getWebdeploymentsDeploymentConfigurations",
  "postWebdeploymentsTokenOauthcodegrantjwtexchange",
  "postWebdeploymentsTokenRefresh",
  "deleteWebdeploymentsTokenRevoke",
];

/** Answers the browser's preflight of a guest operation: allowed when some deployment allows the page. */
export function addPreflight(
  app: FastifyInstance,
  org: Org,
  route: string,
  methods: readonly string[],
): void {
  app.options(route, async (request, reply) => {
    const { origin } = request.headers;
    const allowed = Object.values(org.store.state.deployments).some((deployment) =>
      allows(deployment, origin),
    );
    if (allowed) {
      allow(reply, origin ?? "");
      reply.header("access-control-allow-methods", methods.join(", "));
      reply.header("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "");
    }
    return reply.code(204).send();
  });
}

/**
 * Lets the page read the answer when its deployment allows the page's host. By assumption another page is not
 * refused: the browser just does not show it the answer.
 */
export function admitPage(org: Org, request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  const deployment = found(org.store.state.deployments, deploymentIdOf(request));
  if (deployment && allows(deployment, origin)) {
    allow(reply, origin);
  } else if (org.assumptions.foreignOrigin.chosen === "refused") {
    throw new ApiError(403, "not.authorized", `${origin} is not among the allowed domains.`);
  }
}

/** Files for the browser, as the vendor's CDN has them: `config.json` and `domains.json` of a deployment. */
export function addRuntimeFiles(app: FastifyInstance, org: Org): void {
  const cached = new Map<string, { file: Document; until: number }>();
  const serveCached = (request: FastifyRequest, reply: FastifyReply, content: RuntimeFile) => {
    const key = request.url.split("?", 1)[0] ?? "";
    const known = cached.get(key);
    if (known && performance.now() < known.until) return known.file;
    const deployment = found(org.store.state.deployments, deploymentIdOf(request));
    const file = deployment && content(org, deployment);
    if (file) cached.set(key, { file, until: performance.now() + org.delays.cdnCacheMs });
    else cached.delete(key);
    return file ?? forbidden(request, reply);
  };
  const path = "/webdeployments/v1/deployments/:deploymentId";
  for (const [name, content] of Object.entries({ config: runtimeConfig, domains: runtimeDomains })) {
    app.get(`${path}/${name}.json`, async (request, reply) => {
      reply.header("access-control-allow-origin", "*");
      return serveCached(request, reply, content);
    });
  }
}

type RuntimeFile = (org: Org, deployment: StoredDeployment) => Document | undefined;

/** The CDN says 403, not 404, for what it does not have. */
function forbidden(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(403).send(errorBody(new ApiError(403, "forbidden", "Access Denied"), request.id));
}

function runtimeConfig(org: Org, deployment: StoredDeployment): Document | undefined {
  const { id, version } = deployment.configuration;
  const configuration = found(org.store.state.configurations, id);
  const published = configuration && publishedVersion(configuration, version);
  const status = deploymentStatus(deployment);
  const hidden = status === "Pending" && org.assumptions.runtimeFilesWhilePending.chosen === "forbidden";
  if (!published || hidden) return undefined;
  const { name: _, description: __, authenticationSettings, ...document } = published.document;
  const settings = authenticationSettings as { enabled: boolean; allowSessionUpgrade?: boolean } | undefined;
  return {
    ...document,
    id: deployment.id,
    version,
    status: status === "Active" ? "Active" : "Inactive",
    apiEndpoint: org.url,
    auth: {
      enabled: settings?.enabled ?? false,
      allowSessionUpgrade: settings?.allowSessionUpgrade ?? false,
    },
  };
}

function runtimeDomains(_org: Org, { allowAllDomains, allowedDomains }: StoredDeployment): Document {
  return { allowAllDomains, allowedDomains };
}

/** An entry is a bare host name; it matches itself and what lies below it, ignoring case, scheme and port. */
function allows({ allowAllDomains, allowedDomains }: StoredDeployment, origin: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const host = new URL(origin).hostname.toLowerCase();
  const matches = (domain: string) => host === domain || host.endsWith(`.${domain}`);
  return allowAllDomains || allowedDomains.map((domain) => domain.toLowerCase()).some(matches);
}

function allow(reply: FastifyReply, origin: string): void {
  reply.header("access-control-allow-origin", origin);
  reply.header("vary", "Origin");
}

/** From the path, the body, or the guest token, whichever the operation has. */
function deploymentIdOf(request: FastifyRequest): string {
  const { deploymentId: inPath } = request.params as { deploymentId?: string };
  const { deploymentId: inBody } = (request.body ?? {}) as { deploymentId?: string };
  return inPath ?? inBody ?? deploymentIdInToken(request.headers.authorization) ?? "";
}

/** Not verified here: the operation itself does that. */
function deploymentIdInToken(authorization: string | undefined): string | undefined {
  try {
    return String(decodeJwt(bearerToken(authorization) ?? "").deploymentId);
  } catch {
    return undefined;
  }
}
