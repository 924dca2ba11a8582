import type { AuthorizationServer } from "oauth4webapi";
import { describe, expect, test } from "vitest";
import type { Send } from "../../operations/http.ts";
import { authorizeRequest } from "../../operations/signIn/authorizeRequest.ts";
import { checkIdToken } from "../../operations/signIn/idToken.ts";
import { redeem, revoke } from "../../operations/signIn/tokenEndpoint.ts";
import { startProvider } from "./provider.ts";

const client = { clientId: "client", clientSecret: "canary-secret" };
const tokens = { access_token: "access", refresh_token: "refresh" };

describe("a token endpoint that is unlike Salesforce's", () => {
  test("success without an access token", async () => {
    const code = await redeemable();
    await expect(redeem(code, client, answering(200, { scope: "openid" }))).rejects.toThrow(
      /SIGN_IN_REDEMPTION_ODD: [\s\S]*lacks access_token/,
    );
  });

  test("a page, as of a machine on the way, which is no answer", async () => {
    const send: Send = async (url, init) => ({
      ...(await answering(200, {})(url, init)),
      text: "Maintenance",
    });
    await expect(redeem(await redeemable(), client, send)).rejects.toThrow(/SIGN_IN_UNAVAILABLE: /);
  });

  test("no secret wanted", async () => {
    const code = await redeemable({ token_endpoint_auth_methods_supported: ["private_key_jwt"] });
    await expect(redeem(code, client, answering(200, tokens))).rejects.toThrow(
      /SIGN_IN_CLIENT_METHOD_UNSUPPORTED: [\s\S]*offered private_key_jwt/,
    );
  });

  test("an error that repeats the secret", async () => {
    const code = await redeemable();
    const refusal = { error: "invalid_client", error_description: `no: ${client.clientSecret}` };
    const redeeming = redeem(code, client, answering(400, refusal));
    await expect(redeeming).rejects.toThrow(/SIGN_IN_REDEMPTION_REFUSED: [\s\S]*no: \[redacted\]/);
  });

  test("the secret by post where basic is not offered", async () => {
    const code = await redeemable({ token_endpoint_auth_methods_supported: ["client_secret_post"] });
    let sent = new URLSearchParams();
    const send: Send = (url, init) => {
      sent = init?.body as URLSearchParams;
      return answering(200, tokens)(url, init);
    };
    expect(await redeem(code, client, send)).toEqual(tokens);
    expect(sent.get("client_secret")).toBe(client.clientSecret);
  });

  test("a revocation that is refused", async () => {
    const { provider } = await redeemable();
    const refusal = answering(400, { error: "unsupported_token_type" });
    await expect(revoke(provider, client, tokens, refusal)).rejects.toThrow(
      /SIGN_IN_DIRECT_REVOKE_REFUSED: Salesforce did not take the refresh token/,
    );
  });

  test("no place to revoke at", async () => {
    const { provider } = await redeemable({ revocation_endpoint: undefined });
    await expect(revoke(provider, client, tokens, answering(200, {}))).rejects.toThrow(
      /SIGN_IN_DIRECT_REVOKE_REFUSED: [\s\S]*revocation_endpoint none/,
    );
  });
});

describe("an ID token", () => {
  test("that is missing, opaque, or cannot be checked for want of keys", async () => {
    const { provider } = await redeemable();
    const check = (idToken: string | undefined, keys: object) =>
      checkIdToken(idToken, { provider, clientId: "client", nonce: "n" }, answering(200, keys));
    await expect(check(undefined, { keys: [] })).rejects.toThrow(/SIGN_IN_ID_TOKEN_MISSING/);
    await expect(check("opaque", { keys: [] })).rejects.toThrow(/SIGN_IN_ID_TOKEN_ODD: [\s\S]*flaw token/);
    await expect(check("opaque", { fault: 1 })).rejects.toThrow(/SIGN_IN_ID_TOKEN_ODD: [\s\S]*flaw key/);
  });
});

async function redeemable(more: Partial<AuthorizationServer> = {}) {
  const { contract } = await startProvider({});
  const request = await authorizeRequest(contract);
  const { issuer } = contract;
  const provider: AuthorizationServer = {
    issuer,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/keys`,
    ...more,
  };
  const callback = new URL(`${contract.redirectUri}?code=c&state=${request.state}`);
  return { provider, request, callback, secrets: [] };
}

function answering(status: number, body: object): Send {
  return async (url) => ({
    url: new URL(url),
    status,
    headers: new Headers({ "content-type": "application/json" }),
    text: JSON.stringify(body),
  });
}
