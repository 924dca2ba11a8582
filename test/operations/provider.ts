import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { onTestFinished } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { listen } from "../../sandbox/server.ts";

/** An answer: a page, a path to be redirected to, or the callback with its parameters changed. */
type Route = string | Record<string, string | undefined>;

/**
 * A provider that answers its paths as a test says, and sends the visitor back from any other. On the same host
 * Genesys answers exchanges with `tokens`, if given, and refuses everything else.
 */
export async function startProvider(routes: Record<string, Route>, tokens?: object) {
  const received = new Map<string, Record<string, string>>();
  const app = fastify();
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  app.get("/.well-known/openid-configuration", async () => ({
    issuer: server.url,
    authorization_endpoint: `${server.url}/authorize`,
  }));
  app.post("/api/v2/webdeployments/token/oauthcodegrantjwtexchange", (_request, reply) =>
    reply
      .header("access-control-allow-origin", "*")
      .code(tokens ? 200 : 401)
      .send(tokens),
  );
  app.all("/*", (request, reply) => answer(request, reply));
  const server = await listen(app, 0);
  onTestFinished(server.stop);

  let state = "";
  function answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const [path = ""] = request.url.split("?");
    if (path.startsWith("/api/")) return reply.code(401).send();
    const sent = (request.method === "GET" ? request.query : request.body) as Record<string, string>;
    received.set(path, sent);
    state = sent.state ?? state;
    const route = routes[path] ?? {};
    if (typeof route === "object") return reply.redirect(callback({ code: "the-code", state, ...route }));
    return route.startsWith("/") ? reply.redirect(route) : reply.type("text/html").send(route);
  }

  const contract: PageContract = {
    deploymentId: "7a1c8f0e-0000-4000-8000-000000000001",
    genesysApiUrl: server.url,
    clientId: "client",
    discoveryUrl: `${server.url}/.well-known/openid-configuration`,
    issuer: server.url,
    authorizeUrl: `${server.url}/authorize`,
    redirectUri: "https://shop.example/signed-in",
    scopes: ["openid", "refresh_token"],
    pkce: { required: true, method: "S256" },
  };
  const callback = (parameters: Record<string, string | undefined>) => {
    const url = new URL(contract.redirectUri);
    for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
    return url.href;
  };
  return { contract, received: (path: string) => received.get(path) };
}
