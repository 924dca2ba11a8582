import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Org } from "./org.ts";
import { apiGrant, OAuthError } from "./tokens.ts";

/** The OAuth endpoints of the org. */
export function addOAuthApi(app: FastifyInstance, org: Org): void {
  app.register(async (oauth) => {
    oauth.setErrorHandler(answerError);
    oauth.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "buffer" },
      (_request, body, done) => done(null, body),
    );
    oauth.post<{ Body: Buffer | undefined }>("/services/oauth2/token", async (request) => {
      const form = new URLSearchParams(request.body?.toString());
      const grant = apiGrant(form.get("grant_type") ?? undefined);
      if (grant) return grant(org, form, request.headers.authorization);
      throw new OAuthError("unsupported_grant_type", "grant type not supported");
    });
  });
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  if (!(error instanceof OAuthError)) throw error;
  return reply.code(400).send({ error: error.error, error_description: error.message });
}
