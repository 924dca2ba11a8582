import type { Answer, Call, Fault } from "../fault.ts";

/** What activates an object, by the kind that its answer shows. */
const ACTIVATIONS = [
  ["PATCH", /^\/api\/v2\/integrations\/[^/]+$/, "integrations"],
  ["POST", /^\/api\/v2\/webdeployments\/configurations$/, "configurations"],
  ["PUT", /^\/api\/v2\/webdeployments\/configurations\/[^/]+\/versions\/draft$/, "configurations"],
  ["POST", /^\/api\/v2\/webdeployments\/deployments$/, "deployments"],
  ["PUT", /^\/api\/v2\/webdeployments\/deployments\/[^/]+$/, "deployments"],
] as const;

export const activationError: Fault = {
  name: "activation-error",
  kind: "transport",
  seen: "An integration, a draft or a deployment begins to activate as usual, but ends in an error state.",
  vendors: ["genesys"],
  applies: (call) => kindOf(call) !== undefined,
  after: fail,
};

function kindOf({ method, path }: Call) {
  return ACTIVATIONS.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2];
}

/** The mark goes with the next write of the object, unless that is struck as well. */
function fail(answer: Answer, call: Call): Answer {
  const kind = kindOf(call);
  if (kind !== undefined && answer.status < 300) {
    const { id } = JSON.parse(answer.body) as { id: string };
    call.change("genesys", [kind, id, "activationFails"], true);
  }
  return answer;
}
