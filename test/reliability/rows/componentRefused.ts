import { expect } from "vitest";
import type { Row } from "../table.ts";
import { settles } from "./proofs.ts";

const components = [
  "ExternalClientApplication",
  "ExtlClntAppOauthSettings",
  "ExtlClntAppGlobalOauthSettings",
  "ExtlClntAppOauthConfigurablePolicies",
];

export const componentRefused: Row = {
  id: "R13",
  fault: "Salesforce refuses to make or to change one component of the app, each of the four in turn",
  promise:
    "the error names the component; the app is recorded with what was made and written, and completed by the next run",
  excepted({ member, operation }) {
    if (member !== "app") return "only the app is made of several components";
    return operation === "create" || operation === "update" ? undefined : "it writes no component";
  },
  async prove(cell, stage) {
    for (const [index, component] of components.entries()) {
      const attempt = stage.begin(cell);
      let refused = "";
      stage.way.interfere(({ operation = "", about }) => {
        if (!/^(create|update)Metadata$/.test(operation) || about !== component) return undefined;
        refused = operation.replace("Metadata", "");
        return { status: 200, contentType: "text/xml", body: refusal(operation, component) };
      });
      const error = await attempt.run(stage.way);
      // Salesforce itself makes the policies, together with the OAuth settings.
      const isMade = cell.operation === "create" && !component.endsWith("Policies");
      expect(refused).toBe(isMade ? "create" : "update");
      expect(error?.message).toMatch(
        new RegExp(`^SALESFORCE_REQUEST_REFUSED: .*${refused} ${component} .*INVALID_FIELD`, "s"),
      );
      const isThere = index > 0 || cell.operation === "update";
      expect(attempt.state.get(cell.member)?.incomplete).toBe(isThere ? true : undefined);
      await settles(attempt, stage);
    }
  },
};

function refusal(operation: string, component: string): string {
  const result = `<result><errors><message>No ${component}.</message><statusCode>INVALID_FIELD</statusCode></errors><fullName>x</fullName><success>false</success></result>`;
  return `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><${operation}Response>${result}</${operation}Response></soapenv:Body></soapenv:Envelope>`;
}
