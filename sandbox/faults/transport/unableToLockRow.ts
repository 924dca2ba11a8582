import { child, parseRequest, response, texts } from "../../salesforce/metadata/soap.ts";
import type { Call, Fault } from "../fault.ts";

const error = {
  message: "unable to obtain exclusive access to this record",
  statusCode: "UNABLE_TO_LOCK_ROW",
};

export const unableToLockRow: Fault = {
  name: "unable-to-lock-row",
  kind: "transport",
  seen: "Somebody else is changing the same External Client App: Salesforce saves none of the components.",
  vendors: ["salesforce"],
  member: "ECA",
  applies: ({ operation = "" }) => /^(create|update|upsert|delete)Metadata$/.test(operation),
  before: (call) => {
    const results = namesIn(call).map((fullName) => ({ errors: error, fullName, success: false }));
    const body = response(call.operation ?? "", results);
    call.answer({ status: 200, headers: { "content-type": "text/xml; charset=utf-8" }, body });
  },
};

function namesIn({ request }: Call): string[] {
  const { body } = parseRequest(String(request.body));
  return [...texts(body, "fullNames"), ...child(body, "metadata").flatMap((node) => texts(node, "fullName"))];
}
