import { randomUUID } from "node:crypto";
import { publishedVersion, versionAnswer } from "./configurations.ts";
import { badRequest, type Detail } from "./errors.ts";
import {
  after,
  type Call,
  checkName,
  type Document,
  existing,
  found,
  isPast,
  now,
  type Operations,
  type Org,
  type StoredDeployment,
} from "./org.ts";
import { cursorPage } from "./pages.ts";

const PATH = "/api/v2/webdeployments/deployments";
const SIZES = { usual: 300, largest: 300 };
/** The profile of supported content that every org has. */
const DEFAULT_SUPPORTED_CONTENT = "00000000-0000-4000-8000-00000000c0de";

/** Messenger deployments: each serves one pinned version of a configuration to the pages of some domains. */
export function deploymentOperations(org: Org): Operations {
  const all = () => Object.values(org.store.state.deployments);
  const one = ({ params }: Call) =>
    existing(org.store.state.deployments, "deployment", params.deploymentId ?? "");

  return {
    getWebdeploymentsDeployments: ({ query }) => {
      const expanded = (query.expand as string[] | undefined)?.includes("Configuration") ?? false;
      const shown = all().map((deployment) => listed(org, deployment, expanded));
      return cursorPage(shown, ({ id }) => String(id), query, PATH, SIZES);
    },
    postWebdeploymentsDeployments: ({ body }) => {
      const written = fromBody(org, body);
      checkName(
        org,
        "deployment",
        written.name,
        all().map(({ name }) => name),
      );
      const dateCreated = now();
      const deployment: StoredDeployment = {
        id: randomUUID(),
        ...written,
        intendedStatus: written.intendedStatus ?? "Active",
        dateCreated,
        dateModified: dateCreated,
        pendingUntil: after(dateCreated, org.delays.deploymentActivationMs),
        identityResolution: { resolveIdentities: false },
      };
      org.store.state.deployments[deployment.id] = deployment;
      return answer(org, deployment);
    },
    getWebdeploymentsDeployment: (call) => answer(org, one(call)),
    putWebdeploymentsDeployment: (call) => answer(org, replace(org, one(call), call.body)),
    deleteWebdeploymentsDeployment: (call) => {
      delete org.store.state.deployments[one(call).id];
    },
    getWebdeploymentsDeploymentConfigurations: (call) => {
      const deployment = one(call);
      return { configurationVersion: pinned(org, deployment), deployment: answer(org, deployment) };
    },
    getWebdeploymentsDeploymentIdentityresolution: (call) => identityResolution(one(call)),
    putWebdeploymentsDeploymentIdentityresolution: (call) => {
      const deployment = one(call);
      deployment.identityResolution = call.body;
      return identityResolution(deployment);
    },
  };
}

/** The status a deployment has now, computed from when it was written. */
export function deploymentStatus(deployment: StoredDeployment): "Pending" | "Active" | "Inactive" | "Error" {
  if (deployment.intendedStatus === "Inactive") return "Inactive";
  if (!isPast(deployment.pendingUntil)) return "Pending";
  return deployment.activationFails ? "Error" : "Active";
}

type Body = Pick<
  StoredDeployment,
  "name" | "description" | "flow" | "supportedContent" | "pushIntegrations"
> &
  Pick<StoredDeployment, "configuration"> &
  Partial<Pick<StoredDeployment, "allowAllDomains" | "allowedDomains">> & { status?: string };

function fromBody(org: Org, body: Document) {
  const { status, configuration, flow, supportedContent, ...rest } = body as Body;
  const written = {
    ...rest,
    allowAllDomains: rest.allowAllDomains ?? false,
    allowedDomains: rest.allowedDomains ?? [],
    configuration: { id: configuration.id, version: configuration.version },
    ...(flow && { flow: { id: flow.id } }),
    ...contentOf(org, supportedContent),
    // The other states are the server's own.
    intendedStatus:
      status === "Active" || status === "Inactive" ? (status as "Active" | "Inactive") : undefined,
  };
  if (written.name.length < 1) throw invalid("name", "must not be empty");
  checkDomains(org, written);
  checkPin(org, written.configuration);
  return written;
}

function contentOf(org: Org, given: { id: string } | undefined): { supportedContent?: { id: string } } {
  if (given) return { supportedContent: { id: given.id } };
  if (!org.assumptions.defaultSupportedContent.chosen) return {};
  return { supportedContent: { id: DEFAULT_SUPPORTED_CONTENT } };
}

function checkDomains(
  org: Org,
  { allowAllDomains, allowedDomains }: { allowAllDomains: boolean; allowedDomains: string[] },
): void {
  if (allowAllDomains && allowedDomains.length > 0) {
    throw invalid("allowedDomains", "must be empty when all domains are allowed");
  }
  const refused = org.assumptions.emptyDomainList.chosen === "refused";
  if (!allowAllDomains && allowedDomains.length === 0 && refused) {
    throw invalid("allowedDomains", "must not be empty unless all domains are allowed");
  }
}

function checkPin(org: Org, { id, version }: StoredDeployment["configuration"]): void {
  if (org.assumptions.unpublishedPin.chosen === "allowed") return;
  const configuration = found(org.store.state.configurations, id);
  if (!configuration) throw invalid("configuration.id", "is not a configuration of this org", id);
  if (!publishedVersion(configuration, version)) {
    throw invalid("configuration.version", `${version} is not a published version`, id);
  }
}

function invalid(fieldName: string, rule: string, entityId?: string) {
  const detail: Detail = { errorCode: "invalid.value", fieldName, ...(entityId && { entityId }) };
  return badRequest(`${fieldName} ${rule}.`, [detail]);
}

/** A full replace: what is not in the body is gone afterwards. */
function replace(org: Org, deployment: StoredDeployment, body: Document): StoredDeployment {
  const written = fromBody(org, body);
  const { id, dateCreated, dateModified, identityResolution } = deployment;
  const others = Object.values(org.store.state.deployments).filter((other) => other.id !== id);
  checkName(
    org,
    "deployment",
    written.name,
    others.map(({ name }) => name),
  );
  const kept =
    org.assumptions.omittedDeploymentStatus.chosen === "kept" ? deployment.intendedStatus : "Active";
  const at = now(dateModified);
  const pending = org.assumptions.deploymentAfterPut.chosen === "pending";
  const replaced: StoredDeployment = {
    id,
    ...written,
    intendedStatus: written.intendedStatus ?? kept,
    dateCreated,
    dateModified: at,
    pendingUntil: pending ? after(at, org.delays.deploymentActivationMs) : deployment.pendingUntil,
    identityResolution,
  };
  org.store.state.deployments[id] = replaced;
  return replaced;
}

function answer(org: Org, deployment: StoredDeployment): Document {
  const {
    pendingUntil: _,
    intendedStatus: __,
    identityResolution: ___,
    activationFails: ____,
    configuration,
    ...shown
  } = deployment;
  return {
    ...shown,
    configuration: {
      ...configuration,
      selfUri: `/api/v2/webdeployments/configurations/${configuration.id}/versions/${configuration.version}`,
    },
    status: deploymentStatus(deployment),
    snippet: snippet(org, deployment.id),
    selfUri: `${PATH}/${deployment.id}`,
  };
}

function listed(org: Org, deployment: StoredDeployment, expanded: boolean): Document {
  const { id, version } = deployment.configuration;
  const configuration = found(org.store.state.configurations, id);
  const reference = { id, version, name: String(configuration?.draft.name ?? "") };
  const whole = expanded && configuration && publishedVersion(configuration, version);
  return {
    ...answer(org, deployment),
    configuration: whole ? versionAnswer(configuration, version) : reference,
  };
}

function pinned(org: Org, { configuration: { id, version } }: StoredDeployment): Document {
  return versionAnswer(existing(org.store.state.configurations, "configuration", id), version);
}

function identityResolution({ id, identityResolution: stored }: StoredDeployment): Document {
  return { ...stored, selfUri: `${PATH}/${id}/identityresolution` };
}

/** What a page embeds; its shape is that of public examples, with the sandbox's own host. */
function snippet(org: Org, deploymentId: string): string {
  return `<script type="text/javascript" charset="utf-8">
  (function (g, e, n, es, ys) {
    g['_genesysJs'] = e;
    g[e] = g[e] || function () {
      (g[e].q = g[e].q || []).push(arguments)
    };
    g[e].t = 1 * new Date();
    g[e].c = es;
    ys = document.createElement('script'); ys.async = 1; ys.src = n; ys.charset = 'utf-8'; document.head.appendChild(ys);
  })(window, 'Genesys', '${org.url}/genesys-bootstrap/genesys.min.js', {
    environment: 'sandbox',
    deploymentId: '${deploymentId}'
  });
</script>`;
}
