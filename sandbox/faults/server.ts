import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { askedBy } from "../managementRequests.ts";
import type { Store } from "../store.ts";
import type { Answer, Call, Vendor } from "./fault.ts";
import { FaultError } from "./faultError.ts";
import type { Faults } from "./faults.ts";
import { breakConnection, intercept } from "./interception.ts";
import { withView } from "./views.ts";

const CONTROL = "/_sandbox/";

/**
 * Lets the faults strike the requests to a vendor, and switches them: `GET /_sandbox/faults` lists them,
 * `PUT /_sandbox/faults/{name}` with the options as JSON switches one on, `DELETE` of the same switches it off, and
 * `DELETE /_sandbox/faults` all. It does not matter at which vendor they are switched.
 */
export function addFaults(app: FastifyInstance, vendor: Vendor, store: Store<object>, faults: Faults): void {
  addSwitches(app, faults);
  app.addHook("preHandler", (request, reply, done) => {
    if (faults.idle || request.url.startsWith(CONTROL)) done();
    else strike(vendor, store, faults, request, reply, done);
  });
}

function addSwitches(app: FastifyInstance, faults: Faults): void {
  const path = `${CONTROL}faults`;
  type Named = { Params: { name: string } };
  app.get(path, async () => ({ faults: faults.list() }));
  app.delete(path, async (_request, reply) => {
    faults.allOff();
    return reply.code(204).send();
  });
  app.put<Named>(`${path}/:name`, async (request, reply) =>
    answered(reply, () => faults.on(request.params.name, request.body ?? {})),
  );
  app.delete<Named>(`${path}/:name`, async (request, reply) =>
    answered(reply, () => {
      faults.off(request.params.name);
      reply.code(204);
    }),
  );
}

function answered(reply: FastifyReply, work: () => unknown): FastifyReply {
  try {
    return reply.send(work());
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return reply.code(error.status).send({ error });
  }
}

function strike(
  vendor: Vendor,
  store: Store<object>,
  faults: Faults,
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  let view: object | undefined;
  let isOver = false;
  const call = {
    vendor,
    ...askedBy(request),
    request,
    see: (state: object) => {
      view = { ...store.state, ...view, ...state };
    },
    answer: (answer: Answer) => {
      isOver = true;
      reply.code(answer.status).headers(answer.headers).send(answer.body);
    },
    reset: () => {
      isOver = true;
      breakConnection(reply.raw);
    },
  } satisfies Partial<Call>;
  faults
    .strike(call, () => isOver)
    .then((alterations) => {
      if (alterations.length > 0) {
        intercept(reply.raw, async (answer) => {
          let altered = answer;
          for (const alter of alterations) altered = await alter(altered);
          return altered;
        });
      }
      if (isOver) return;
      if (view === undefined) done();
      else withView(store, view, done);
    })
    .catch(done);
}
