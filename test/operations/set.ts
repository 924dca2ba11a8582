import { onTestFinished } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { buildSet, startOrg as startGenesysOrg } from "../sandbox/genesysOrg.ts";
import { createApp, startOrg as startSalesforceOrg } from "../sandbox/salesforceOrg.ts";

const redirectUri = "https://shop.example/signed-in";

/** A whole set in both vendors' sandboxes that lives as long as the test, and its page contract. */
export async function startSet(
  options: { scopes?: string; secretAtGenesys?: string; salesforceSettings?: object } = {},
) {
  const salesforce = await startSalesforceOrg();
  const genesys = await startGenesysOrg();
  onTestFinished(genesys.stop);
  const app = await createApp(
    salesforce,
    { callbackUrl: redirectUri, isPkceRequired: true, ...options.salesforceSettings },
    options.scopes,
  );
  const discoveryUrl = `${salesforce.url}/.well-known/openid-configuration`;
  const { deploymentId } = await buildSet(genesys, discoveryUrl, {
    id: app.clientId,
    secret: options.secretAtGenesys ?? app.clientSecret,
  });
  const contract: PageContract = {
    deploymentId,
    genesysApiUrl: genesys.url,
    clientId: app.clientId,
    discoveryUrl,
    issuer: salesforce.url,
    authorizeUrl: `${salesforce.url}/services/oauth2/authorize`,
    redirectUri,
    scopes: ["openid", "profile", "email", "refresh_token"],
    pkce: { required: true, method: "S256" },
  };
  return { contract, salesforce, genesys };
}
