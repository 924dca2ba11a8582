import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { deployResult } from "../metadata/deployResult.ts";
import { cancelDeploy, deployOptions, findDeploy, startDeploy } from "../metadata/deploys.ts";
import { Fault } from "../metadata/metadataType.ts";
import type { Deploy } from "../state.ts";
import { type Authenticate, type RestCaller, RestError } from "./restCall.ts";

/** The most that the sandbox takes in one request. */
const MOST_BYTES = 100 * 1024 * 1024;

/** `/metadata/deployRequest`: deploys by REST. They are the same deploys as by SOAP. */
export function addDeployRequests(rest: FastifyInstance, authenticate: Authenticate): void {
  rest.addContentTypeParser("multipart/form-data", { parseAs: "buffer", bodyLimit: MOST_BYTES }, keepBody);
  const path = "/metadata/deployRequest";
  rest.post(path, async (request, reply) => start(deployer(authenticate, request), request, reply));
  rest.get(`${path}/:id`, async (request) => status(deployer(authenticate, request), request));
  rest.patch(`${path}/:id`, async (request, reply) =>
    cancel(deployer(authenticate, request), request, reply),
  );
}

function keepBody(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, body?: unknown) => void,
) {
  done(null, body);
}

function deployer(authenticate: Authenticate, request: FastifyRequest): RestCaller {
  const caller = authenticate(request);
  if (caller.user.permissions.includes("ModifyMetadata")) return caller;
  throw new RestError(403, "INSUFFICIENT_ACCESS", "You don't have the permission ModifyMetadata.");
}

async function start(caller: RestCaller, request: FastifyRequest, reply: FastifyReply) {
  const form = await parseForm(request);
  const [file, content] = [form.get("file"), form.get("entity_content")];
  if (!(file instanceof Blob) || content === null) {
    throw new RestError(400, "INVALID_MULTIPART_REQUEST", "The parts file and entity_content are required.");
  }
  const told = parseOptions(content instanceof Blob ? await content.text() : content);
  const zip = Buffer.from(await file.arrayBuffer()).toString("base64");
  const deploy = startDeploy(
    caller,
    zip,
    deployOptions((name) => told[name]),
  );
  return reply.code(201).send({ ...view(caller, deploy, false), validatedDeployRequestId: null });
}

async function parseForm(request: FastifyRequest): Promise<FormData> {
  const contentType = request.headers["content-type"] ?? "";
  if (!(request.body instanceof Buffer)) {
    throw new RestError(415, "UNSUPPORTED_MEDIA_TYPE", "Send multipart/form-data.");
  }
  const body = new Response(new Uint8Array(request.body), { headers: { "content-type": contentType } });
  return body.formData().catch(() => {
    throw new RestError(
      400,
      "INVALID_MULTIPART_REQUEST",
      "The request is not well-formed multipart/form-data.",
    );
  });
}

function parseOptions(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json).deployOptions ?? {};
  } catch (error) {
    throw new RestError(400, "JSON_PARSER_ERROR", (error as Error).message);
  }
}

function status(caller: RestCaller, request: FastifyRequest) {
  const { includeDetails } = request.query as { includeDetails?: string };
  return view(caller, deployOf(caller, request), includeDetails === "true");
}

async function cancel(caller: RestCaller, request: FastifyRequest, reply: FastifyReply) {
  const deploy = deployOf(caller, request);
  const asked = (request.body as { deployResult?: { status?: unknown } } | null)?.deployResult?.status;
  if (asked !== "Canceling") {
    throw new RestError(400, "INVALID_INPUT", 'Send {"deployResult": {"status": "Canceling"}}.');
  }
  told(() => cancelDeploy(caller, deploy));
  return reply.code(202).send(view(caller, deploy, false));
}

function deployOf({ org }: RestCaller, request: FastifyRequest): Deploy {
  return told(() => findDeploy(org, (request.params as { id: string }).id));
}

/** What is a fault by SOAP is an error by REST, of the same code. */
function told<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const errorCode = error.code.replace(/^sf:/, "");
    throw new RestError(
      errorCode === "INVALID_CROSS_REFERENCE_KEY" ? 404 : 400,
      errorCode,
      error.message.replace(`${errorCode}: `, ""),
    );
  }
}

function view({ org, version }: RestCaller, deploy: Deploy, includeDetails: boolean) {
  return {
    id: deploy.id,
    url: `${org.url}/services/data/v${version}.0/metadata/deployRequest/${deploy.id}`,
    deployResult: deployResult(org, deploy, includeDetails),
    deployOptions: deploy.options,
  };
}
