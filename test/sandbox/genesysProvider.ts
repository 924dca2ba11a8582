import { createHash, randomUUID } from "node:crypto";
import fastify from "fastify";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { listen } from "../../sandbox/server.ts";

interface Grant {
  redirectUri: string;
  nonce?: string;
  codeChallenge?: string;
  /** Put into the ID token over what is right. */
  claims?: Record<string, unknown>;
  /** Left out of the token answer. */
  without?: "id_token" | "refresh_token";
  /** Signed with a key that the JWKS does not have. */
  forged?: boolean;
  algorithm?: "RS256" | "ES256";
}

/** Parts of the provider that a test may put wrong. */
interface Settings {
  discovery: Record<string, unknown>;
  keyIds: "right" | "wrong";
  accessTokenSeconds: number;
}

/** A small OpenID provider on loopback whose every answer a test can bend. */
export async function startProvider() {
  const client = { id: "the-client", secret: "s3cret:with%reserved" };
  const keys = { RS256: await generateKeyPair("RS256"), ES256: await generateKeyPair("ES256") };
  const forger = await generateKeyPair("RS256");
  const grants = new Map<string, Grant>();
  const settings: Settings = { discovery: {}, keyIds: "right", accessTokenSeconds: 3600 };
  const used: { authorization: string[] } = { authorization: [] };
  const app = fastify();
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, text, done) => done(null, new URLSearchParams(String(text))),
  );

  app.get("/.well-known/openid-configuration", async () => ({
    issuer: server.url,
    authorization_endpoint: `${server.url}/authorize`,
    token_endpoint: `${server.url}/token`,
    jwks_uri: `${server.url}/jwks`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
    ...settings.discovery,
  }));
  app.get("/elsewhere/openid-configuration", (_request, reply) =>
    reply.redirect("/.well-known/openid-configuration"),
  );
  app.get("/page.html", (_request, reply) => reply.type("text/html").send("<h1>Log in</h1>"));
  app.get("/jwks", async () => ({
    keys: [
      {
        ...(await exportJWK(keys.RS256.publicKey)),
        kid: settings.keyIds === "right" ? "rs" : "other",
        alg: "RS256",
      },
      { ...(await exportJWK(keys.ES256.publicKey)), kid: "es", alg: "ES256" },
    ],
  }));
  app.post("/token", async (request, reply) => {
    const form = request.body as URLSearchParams;
    used.authorization.push(request.headers.authorization === undefined ? "post" : "basic");
    if (!isClient(request.headers.authorization, form))
      return reply.code(401).send({ error: "invalid_client" });
    if (form.get("grant_type") === "refresh_token") {
      if (form.get("refresh_token") !== "provider-refresh")
        return reply.code(400).send({ error: "invalid_grant" });
      return { access_token: "a", token_type: "Bearer", expires_in: settings.accessTokenSeconds };
    }
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    if (!grant || !isRedeemable(grant, form)) return reply.code(400).send({ error: "invalid_grant" });
    return {
      access_token: "a",
      token_type: "Bearer",
      expires_in: settings.accessTokenSeconds,
      ...(grant.without !== "id_token" && { id_token: await idToken(grant) }),
      ...(grant.without !== "refresh_token" && { refresh_token: "provider-refresh" }),
    };
  });
  const server = await listen(app, 0);

  function isClient(authorization: string | undefined, form: URLSearchParams): boolean {
    if (authorization === undefined) {
      return form.get("client_id") === client.id && form.get("client_secret") === client.secret;
    }
    const encoded = `${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`;
    return authorization === `Basic ${Buffer.from(encoded).toString("base64")}`;
  }

  function isRedeemable({ redirectUri, codeChallenge }: Grant, form: URLSearchParams): boolean {
    const verifier = form.get("code_verifier");
    const challenge = verifier && createHash("sha256").update(verifier).digest("base64url");
    return form.get("redirect_uri") === redirectUri && (challenge ?? undefined) === codeChallenge;
  }

  function idToken({ nonce, claims = {}, forged, algorithm = "RS256" }: Grant): Promise<string> {
    const at = Math.floor(Date.now() / 1000);
    const right = { iss: server.url, aud: client.id, sub: "visitor", iat: at, exp: at + 300, nonce };
    return new SignJWT({ ...right, ...claims })
      .setProtectedHeader({ alg: algorithm, kid: algorithm === "RS256" ? "rs" : "es" })
      .sign((forged ? forger : keys[algorithm]).privateKey);
  }

  return {
    url: server.url,
    discoveryUrl: `${server.url}/.well-known/openid-configuration`,
    client,
    settings,
    used,
    idToken,
    /** What the visitor's browser brings back from a sign-in. */
    code(grant: Grant): string {
      const code = randomUUID();
      grants.set(code, grant);
      return code;
    },
    stop: server.stop,
  };
}

export type TestProvider = Awaited<ReturnType<typeof startProvider>>;
