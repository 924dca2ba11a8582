import type { FastifyInstance } from "fastify";
import { countApiCall } from "../apiUsage.ts";
import { type Org, sessionUser } from "../org.ts";
import { isSupportedVersion } from "../versions.ts";
import { demand } from "./calls.ts";
import { COMPONENT_CALLS } from "./componentCalls.ts";
import { runDueDeploys } from "./deploys.ts";
import { Fault, SchemaError, sfFault } from "./metadataType.ts";
import { faultResponse, parseRequest, response } from "./soap.ts";
import { TRANSFER_CALLS } from "./transferCalls.ts";

/** Salesforce takes 50 MB by SOAP. */
const MOST_BYTES = 50 * 1024 * 1024;

/**
 * The SOAP Metadata API, `POST /services/Soap/m/{version}`. Every request to the org first finds the deploys done
 * whose time has come.
 */
export function addMetadataApi(app: FastifyInstance, org: Org): void {
  app.addHook("onRequest", async () => runDueDeploys(org));
  const anyXml = { parseAs: "string", bodyLimit: MOST_BYTES } as const;
  app.addContentTypeParser("text/xml", anyXml, (_request, body, done) => done(null, body));
  app.post<{ Params: { version: string }; Body: unknown }>(
    "/services/Soap/m/:version",
    async (request, reply) => {
      reply.type("text/xml; charset=utf-8");
      try {
        return answer(org, request.params.version, String(request.body ?? ""));
      } catch (error) {
        if (error instanceof Fault) return reply.code(500).send(faultResponse(error));
        if (!(error instanceof SchemaError)) throw error;
        const fault = new Fault(org.assumptions.schemaFaultCode.chosen, error.message);
        return reply.code(500).send(faultResponse(fault));
      }
    },
  );
}

function answer(org: Org, version: string, xml: string): string {
  const { sessionId, operation, ...request } = parseRequest(xml);
  const user = sessionUser(org, sessionId);
  if (!isSupportedVersion(version))
    throw sfFault("UNSUPPORTED_API_VERSION", `Invalid Api version: ${version}`);
  if (user === undefined) {
    throw sfFault(
      "INVALID_SESSION_ID",
      "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash",
    );
  }
  if (!countApiCall(org)) throw sfFault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
  const run = COMPONENT_CALLS[operation] ?? TRANSFER_CALLS[operation];
  if (run === undefined) throw new SchemaError(`No operation available for request {${operation}}`);
  const call = { org, user, version: Number(version), ...request };
  demand(call, "ModifyMetadata");
  return response(operation, run(call));
}
