import { type Answer, bothVendors, type Fault } from "../fault.ts";
import { withJson } from "../vendorAnswers.ts";

const NAME = "newInThisRelease";

export const unknownFields: Fault = {
  name: "unknown-fields",
  kind: "transport",
  seen: "The vendor has a new release: its answers have a field that nobody knew.",
  vendors: bothVendors,
  after: (answer) => withElement(withJson(answer, withField)),
};

/** In the object itself and, in a list, in its entries. */
function withField(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withField);
  if (typeof body !== "object" || body === null) return body;
  const { entities, records } = body as { entities?: unknown; records?: unknown };
  return {
    ...body,
    ...(entities !== undefined && { entities: withField(entities) }),
    ...(records !== undefined && { records: withField(records) }),
    [NAME]: { enabled: true },
  };
}

/** In each record and in each result of the Metadata API, in front of all others. */
function withElement(answer: Answer): Answer {
  if (answer.status >= 300 || !String(answer.headers["content-type"]).startsWith("text/xml")) return answer;
  const body = answer.body.replaceAll(
    /<(?:records|result)(?: xsi:type="\w+")?>/g,
    (tag) => `${tag}<${NAME}>true</${NAME}>`,
  );
  return { ...answer, body };
}
