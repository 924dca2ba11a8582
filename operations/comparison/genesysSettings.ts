import type { Models } from "purecloud-platform-client-v2";
import { CodedError } from "../../providers/errors.ts";
import * as answers from "../../providers/genesys/answers.ts";
import { listCredentials, readCredential as readSingle } from "../../providers/genesys/Credential.ts";
import type { GenesysApi, GenesysConnection } from "../../providers/genesys/connection.ts";
import { readDocuments } from "../../providers/genesys/Integration.ts";
import { listVersions, newestPublished } from "../../providers/genesys/MessengerConfiguration.ts";
import { readDeployment as readSettings } from "../../providers/genesys/MessengerDeployment.ts";
import { documentOrWhyNot, runtimeFile } from "../publicDocuments.ts";
import { flatten, type Reading } from "./flatten.ts";

type Document = Record<string, unknown>;
type Version = Models.WebDeploymentConfigurationVersion;

/** The credential; its fields come back empty, masked or without secrets. Undefined when it is gone. */
export async function readCredential(genesys: GenesysConnection, id: string): Promise<Document | undefined> {
  // Only the list has the dates.
  const [single, listed] = await Promise.all([readSingle(genesys, id), listCredentials(genesys)]);
  return single && { ...listed.find((credential) => credential.id === id), ...single };
}

/** The integration with its whole current configuration; undefined when it is gone. */
export async function readIntegration(genesys: GenesysConnection, id: string): Promise<Document | undefined> {
  const documents = await readDocuments(genesys, id);
  return documents && { ...documents.integration, config: documents.config };
}

/** The document that visitors are served, and how the draft and the newest version stand to it. */
export async function readConfiguration(
  genesys: GenesysConnection,
  id: string,
  pinned: string | undefined,
): Promise<Document | undefined> {
  const draft = await genesys.readUnlessGone(
    "read the draft of the messenger configuration",
    answers.version,
    (api) => api.webDeployments.getWebdeploymentsConfigurationVersionsDraft(id),
  );
  if (draft === undefined) return undefined;
  const newest = newestPublished((await listVersions(genesys, id)) ?? [])?.version;
  const version = pinned ?? newest;
  if (version === undefined) return { "newest version": "none: nothing is published" };
  const served = await genesys.readUnlessGone(
    `read version ${version} of the messenger configuration`,
    answers.publishedVersion,
    (api) => api.webDeployments.getWebdeploymentsConfigurationVersion(id, version),
  );
  return {
    ...(served ?? { "served version": "not readable: there is none of the number that the deployment pins" }),
    "newest version": newest,
    "draft differs in": served && changesIn(draft, served),
  };
}

/** Of the draft's own: its number and dates. */
const ofVersion = /^(version|status|selfUri|date\w+|(created|lastModified|published)User.*)$/;

/** As it is: what comes out are names of settings alone. */
const asItIs: Reading = { fingerprint: String, hide: String, normalise: String };

function changesIn(draft: Version, served: Version): string[] {
  const [inDraft, inServed] = [flatten(draft, asItIs), flatten(served, asItIs)];
  const paths = new Set([...inDraft.keys(), ...inServed.keys()]);
  return [...paths].filter(
    (path) => !ofVersion.test(path) && inDraft.get(path)?.raw !== inServed.get(path)?.raw,
  );
}

/** The deployment, how it resolves identities, and what its pages load. Undefined when it is gone. */
export async function readDeployment(genesys: GenesysConnection, id: string): Promise<Document | undefined> {
  const deployment = await readSettings(genesys, id);
  if (deployment === undefined) return undefined;
  const [identityResolution, config, domains] = await Promise.all([
    ifPermitted(genesys, "read the identity resolution", ({ webDeployments }) =>
      webDeployments.getWebdeploymentsDeploymentIdentityresolution(id),
    ),
    documentOrWhyNot(runtimeFile(genesys.apiUrl, id, "config.json")),
    documentOrWhyNot(runtimeFile(genesys.apiUrl, id, "domains.json")),
  ]);
  return { ...deployment, identityResolution, page: pageFiles(deployment, config, domains) };
}

/** Of the files that pages load, what is not in the other documents: whether they are up to date. */
function pageFiles(deployment: Models.WebDeployment, config: Document | string, domains: Document | string) {
  const { allowAllDomains = false, allowedDomains = [] } = deployment;
  const ofFile = typeof domains === "string" ? undefined : domains;
  const isSame =
    ofFile?.allowAllDomains === allowAllDomains &&
    JSON.stringify(ofFile.allowedDomains) === JSON.stringify(allowedDomains);
  return {
    config:
      typeof config === "string"
        ? config
        : {
            status: config.status,
            auth: config.auth,
            "is the deployment's version": yesOrNo(config.version === deployment.configuration?.version),
          },
    domains: typeof domains === "string" ? domains : { "are the deployment's": yesOrNo(isSame) },
  };
}

/** What few log-ins may read: its absence is shown, not thrown. */
async function ifPermitted(
  genesys: GenesysConnection,
  step: string,
  request: (api: GenesysApi) => Promise<object>,
): Promise<object | string> {
  try {
    return (await genesys.readUnlessGone(step, answers.document, request)) ?? "none";
  } catch (error) {
    const isRefused = error instanceof CodedError && error.code === "GENESYS_PERMISSION_MISSING";
    if (isRefused) return "not readable: the log-in lacks the permission";
    throw error;
  }
}

export function yesOrNo(is: boolean): string {
  return is ? "yes" : "no";
}
