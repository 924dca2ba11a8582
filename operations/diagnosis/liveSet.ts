import type { AuthorizationServer } from "oauth4webapi";
import { hasOutcome } from "../../providers/errors.ts";
import { document as anyDocument } from "../../providers/genesys/answers.ts";
import { listCredentials, readCredential } from "../../providers/genesys/Credential.ts";
import { listIntegrations, readDocuments } from "../../providers/genesys/Integration.ts";
import { listConfigurations, listVersions } from "../../providers/genesys/MessengerConfiguration.ts";
import { listDeployments, readDeployment } from "../../providers/genesys/MessengerDeployment.ts";
import {
  consumer as consumerShape,
  consumers as consumersShape,
} from "../../providers/salesforce/answers.ts";
import { readCredentials } from "../../providers/salesforce/consumer.ts";
import { readComponents } from "../../providers/salesforce/ExternalClientApp.ts";
import { textFrom } from "../../providers/salesforce/metadata.ts";
import { fetchDocument, type PublicDocument, runtimeFile } from "../publicDocuments.ts";
import { deployedClient } from "../signIn/deployedClient.ts";
import { memberOf, type OpenedSet } from "../stack/messagingSet.ts";
import { probeClient } from "./clientProbe.ts";

export type LiveSet = ReturnType<typeof liveSetOf>;

/**
 * What both vendors serve now of a set. Nothing is read before it is asked for, and nothing twice: all checks share
 * the answers. What is gone reads as undefined; everything else that is no answer throws `VendorError`.
 */
export function liveSetOf({ set, connections }: OpenedSet) {
  const genesys = () => connections.genesys();
  const salesforce = () => connections.salesforce();
  const app = () => memberOf(set, "ECA");
  const integration = () => memberOf(set, "integration");
  const configuration = () => memberOf(set, "configuration");
  const deployment = () => memberOf(set, "deployment");
  const documents = new Map<string, Promise<PublicDocument>>();
  const document = (url: string) => {
    const begun = documents.get(url) ?? fetchDocument(url);
    documents.set(url, begun);
    return begun;
  };
  const discovery = once(() => document(set.pageContract.discoveryUrl));
  const credentialsPath = () => String(app().outputs.appId);

  return {
    /** The metadata components of the External Client App. */
    app: once(async () => readComponents(salesforce(), app().id, textFrom(app().outputs.policiesName))),
    /** The OAuth consumers that belong to the app. */
    consumers: once(async () => {
      const listed = await readCredentials(salesforce(), consumersShape, credentialsPath());
      return listed.consumers ?? [];
    }),
    /** The present consumer secret; undefined when the consumer is gone or the answer has none. */
    consumerSecret: once(async () => {
      const path = `${credentialsPath()}/${app().outputs.consumerId}?part=keyandsecret`;
      const consumer = readCredentials(salesforce(), consumerShape, path);
      return (await unlessGone(consumer))?.secret ?? undefined;
    }),
    credentials: once(async () => listCredentials(genesys())),
    /** The credential by itself: with those of its fields that the org shows. */
    credential: once(async () => readCredential(genesys(), memberOf(set, "credential").id)),
    integrations: once(async () => listIntegrations(genesys(), String(integration().outputs.typeId))),
    /** The integration and its configuration, which are two documents. */
    integration: once(async () => readDocuments(genesys(), integration().id)),
    configurations: once(async () => listConfigurations(genesys())),
    /** All versions of the configuration, the draft among them. */
    versions: once(async () => listVersions(genesys(), configuration().id)),
    deployments: once(async () => listDeployments(genesys())),
    deployment: once(async () => readDeployment(genesys(), deployment().id)),
    /** How the deployment maps visitors to contacts; a permission of its own is needed. */
    identityResolution: once(async () =>
      genesys().read("read the deployment's identity resolution", anyDocument, ({ webDeployments }) =>
        webDeployments.getWebdeploymentsDeploymentIdentityresolution(deployment().id),
      ),
    ),
    /** What browsers load from the vendor's CDN. */
    runtimeConfig: once(() =>
      document(runtimeFile(set.pageContract.genesysApiUrl, set.pageContract.deploymentId, "config.json")),
    ),
    /** A public JSON document. */
    document,
    /** The discovery document that the page contract names. */
    discovery,
    /** The keys with which the identity provider signs ID tokens. */
    keys: once(async () => document(String((await discovery()).body?.jwks_uri))),
    /** Whether the token endpoint knows the deployed client; undefined when the discovery document does not name it. */
    client: once(async () => {
      const provider = providerIn(await discovery());
      return provider && probeClient(set.pageContract, provider, deployedClient(set));
    }),
    /** Where the log-ins of the stack lead to at Genesys. */
    genesysApiUrl: () => genesys().apiUrl,
  };
}

function providerIn({ body }: PublicDocument): AuthorizationServer | undefined {
  const { issuer, token_endpoint } = body ?? {};
  const isNamed = typeof issuer === "string" && URL.canParse(String(token_endpoint));
  return isNamed ? { ...body, issuer } : undefined;
}

async function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (hasOutcome(error, "notFound")) return undefined;
    throw error;
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= read();
    return begun;
  };
}
