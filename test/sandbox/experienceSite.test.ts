import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { signIn } from "../../operations/signIn/signIn.ts";
import { visitor } from "../../sandbox/accounts.ts";
import { choose } from "../../sandbox/assumption.ts";
import { assumptions } from "../../sandbox/assumptions.ts";
import { sitePath } from "../../sandbox/salesforce/loginHost.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import { createSet, pageContractOf } from "../providers/wholeSet.ts";
import { Browser } from "./browser.ts";
import {
  authorizeUrl,
  codeOf,
  LOOPBACK,
  openIdClient,
  redeem,
  signIn as signInAt,
  tokensOf,
} from "./openIdClient.ts";
import { createApp, startOrg } from "./salesforceOrg.ts";

type Choices = Parameters<typeof choose<typeof assumptions.salesforce>>[1];

/** An org with one app, and a strict client of the org and of its site. */
async function startClients(choices: Choices = {}) {
  const org = await startOrg({ assumptions: choices });
  const { clientId, clientSecret } = await createApp(org);
  return {
    org,
    ofOrg: { org, ...(await openIdClient(org, clientId, clientSecret)) },
    ofSite: { org, ...(await openIdClient(org, clientId, clientSecret, sitePath)) },
  };
}

/** A whole set whose visitors sign in at the site, and the reason of the last refused exchange. */
async function startSet(choices: Choices = {}) {
  const salesforce = choose(assumptions.salesforce, choices);
  const { sandbox, connections } = await startOrgs({ assumptions: { salesforce } });
  const site = sandbox.salesforceUrl + sitePath;
  const set = await createSet(connections, { loginHost: site });
  const reason = () => sandbox.ledger.entries.at(-1)?.reason;
  return { set, site, orgUrl: sandbox.salesforceUrl, contract: pageContractOf(set), reason };
}

test("the site is an issuer of its own, with its own endpoints", async () => {
  const { org, ofSite, ofOrg } = await startClients();
  const site = org.url + sitePath;
  expect(ofSite.server).toMatchObject({
    issuer: site,
    authorization_endpoint: `${site}/services/oauth2/authorize`,
    token_endpoint: `${site}/services/oauth2/token`,
    userinfo_endpoint: `${site}/services/oauth2/userinfo`,
    jwks_uri: `${site}/id/keys`,
  });
  expect(ofOrg.server.issuer).toBe(org.url);
  expect(Object.keys(ofSite.server)).toEqual(Object.keys(ofOrg.server));
});

test("a strict client signs in through the site, and its tokens are the site's", async () => {
  const { org, ofSite } = await startClients();
  const site = org.url + sitePath;
  const tokens = await tokensOf(ofSite);
  const subject = tokens.claims?.sub ?? "";
  expect(tokens.claims?.iss).toBe(site);
  expect(subject).toMatch(new RegExp(`^${site}/id/00D\\w{15}/005\\w{15}$`));
  expect(tokens).toMatchObject({
    id: subject,
    instance_url: org.url,
    sfdc_community_url: site,
    sfdc_community_id: expect.stringMatching(/^0DB\w{15}$/),
  });

  const { server, client } = ofSite;
  const info = await oauth.userInfoRequest(server, client, tokens.access_token, LOOPBACK);
  expect(await oauth.processUserInfoResponse(server, client, subject, info)).toMatchObject({
    preferred_username: visitor.username,
  });
  const secret = oauth.ClientSecretPost(ofSite.clientSecret);
  const refreshed = await oauth.refreshTokenGrantRequest(
    server,
    client,
    secret,
    tokens.refresh_token ?? "",
    LOOPBACK,
  );
  const fresh = await oauth.processRefreshTokenResponse(server, client, refreshed);
  expect(oauth.getValidatedIdTokenClaims(fresh)).toMatchObject({ iss: site, sub: subject });
});

test("whoever is logged in at the site is not so at the org", async () => {
  const { ofSite, ofOrg } = await startClients();
  const browser = new Browser();
  await signInAt(ofSite, {}, browser);
  const again = await browser.visit(await authorizeUrl(ofSite, { prompt: "none" }));
  expect(again.url).toContain("code=");
  const elsewhere = await browser.visit(await authorizeUrl(ofOrg, { prompt: "none" }));
  expect(elsewhere.url).toContain("error=login_required");
});

test.each(["redeemed", "refused"] as const)("a code of the site is %s at the org", async (fate) => {
  const { ofSite, ofOrg, org } = await startClients({ codeOfOtherHost: fate });
  const code = codeOf(await signInAt(ofSite));
  const { status, body } = await redeem({ ...ofOrg, verifier: ofSite.verifier }, { code });
  if (fate === "refused") expect([status, body.error]).toEqual([400, "invalid_grant"]);
  else {
    const claims = JSON.parse(Buffer.from(body.id_token?.split(".")[1] ?? "", "base64url").toString());
    expect(claims.iss).toBe(org.url + sitePath);
  }
});

test("visitors of a set sign in through the site", async () => {
  const { set, site, contract } = await startSet();
  expect(contract).toMatchObject({ issuer: site, authorizeUrl: `${site}/services/oauth2/authorize` });
  expect(set.integration.inputs().discoveryUrl).toBe(`${site}/.well-known/openid-configuration`);
  expect((await signIn(contract, visitor)).subject).toContain(`${site}/id/`);
});

test.each([
  ["by default the ID token is from another issuer than the integration's", {}, "id_token_issuer"],
  ["if no host redeems another's codes", { codeOfOtherHost: "refused" }, "code_refused"],
] as const)("a page that signs in at the org is refused: %s", async (_case, choices, expected) => {
  const { contract, orgUrl, reason } = await startSet(choices);
  const wrong = {
    ...contract,
    issuer: orgUrl,
    discoveryUrl: `${orgUrl}/.well-known/openid-configuration`,
    authorizeUrl: `${orgUrl}/services/oauth2/authorize`,
  };
  await expect(signIn(wrong, visitor)).rejects.toMatchObject({ code: "SIGN_IN_EXCHANGE_REFUSED" });
  expect(reason()).toBe(expected);
});

test("if the site's document names the org as issuer, the exchange is refused for that", async () => {
  const { contract, reason, orgUrl } = await startSet({ siteIssuer: "of the org" });
  expect(contract.issuer).toBe(orgUrl);
  const page = { ...contract, discoveryUrl: `${orgUrl}/.well-known/openid-configuration` };
  const authorizing = { ...page, authorizeUrl: `${orgUrl}/services/oauth2/authorize` };
  await expect(signIn(authorizing, visitor)).rejects.toMatchObject({ code: "SIGN_IN_EXCHANGE_REFUSED" });
  expect(reason()).toBe("discovery_issuer_mismatch");
});

test("if the site's sign-ins name people as the org does, both hosts say the same of a visitor", async () => {
  const { ofSite, ofOrg } = await startClients({ siteSubject: "of the org" });
  const [atSite, atOrg] = [await tokensOf(ofSite), await tokensOf(ofOrg)];
  expect(atSite.claims?.sub).toBe(atOrg.claims?.sub);
});
