import { afterAll, afterEach } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { genesysClient } from "../../sandbox/accounts.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { buildSet, deploymentActive, logIn, send } from "../sandbox/genesysOrg.ts";
import { connect, createApp } from "../sandbox/salesforceOrg.ts";

/** A sandbox as long as the test file runs, with a set whose page is the sandbox's own. Faults end with each test. */
export async function startSet() {
  const sandbox = await startSandbox({
    limits: { requestsPerMinute: Infinity, loginsPerMinute: Infinity },
  });
  afterAll(sandbox.stop);
  afterEach(() => sandbox.faults.allOff());
  const { salesforceUrl, genesysUrl, webPageUrl } = sandbox;
  const redirectUri = `${webPageUrl}/signed-in`;
  const app = await createApp(
    { api: connect(salesforceUrl), state: sandbox.salesforce.store.state },
    { callbackUrl: redirectUri, isPkceRequired: true },
  );
  const discoveryUrl = `${salesforceUrl}/.well-known/openid-configuration`;
  const { access_token: token } = (await logIn(genesysUrl, genesysClient)).body;
  const genesys = {
    api: (method: string, path: string, body?: unknown) =>
      send(`${genesysUrl}/api/v2${path}`, method, body, { authorization: `Bearer ${token}` }),
  };
  const ids = await buildSet(genesys, discoveryUrl, { id: app.clientId, secret: app.clientSecret });
  await genesys.api("PUT", `/webdeployments/deployments/${ids.deploymentId}`, {
    name: "site",
    allowedDomains: ["127.0.0.1"],
    configuration: { id: ids.configurationId, version: "1" },
  });
  await deploymentActive(genesys, ids.deploymentId);
  const contract: PageContract = {
    deploymentId: ids.deploymentId,
    genesysApiUrl: genesysUrl,
    clientId: app.clientId,
    discoveryUrl,
    issuer: salesforceUrl,
    authorizeUrl: `${salesforceUrl}/services/oauth2/authorize`,
    redirectUri,
    scopes: ["openid", "profile", "email", "refresh_token"],
    pkce: { required: true, method: "S256" },
  };
  await send(`${webPageUrl}/_sandbox/page-contract`, "PUT", contract);
  return { ...sandbox, ids, contract };
}
