import { expect } from "vitest";
import type { Row } from "../table.ts";
import { settles } from "./proofs.ts";

const components = [
  "ExternalClientApplication",
  "ExtlClntAppOauthSettings",
  "ExtlClntAppGlobalOauthSettings",
];

export const componentRefused: Row = {
  id: "R13",
  fault: "Salesforce refuses one component of the app",
  promise: "the error names the component; what was made is recorded, and completed by the next run",
  excepted: ({ member, operation }) =>
    member === "app" && operation === "create" ? undefined : "only the app is made of several components",
  async prove(cell, stage) {
    for (const [index, component] of components.entries()) {
      const attempt = stage.begin(cell);
      stage.way.interfere(({ operation, about }) =>
        operation === "createMetadata" && about === component
          ? { status: 200, contentType: "text/xml", body: refusal(component) }
          : undefined,
      );
      const error = await attempt.run(stage.way);
      expect(error?.message).toMatch(
        new RegExp(`^SALESFORCE_REQUEST_REFUSED: .*create ${component} .*INVALID_FIELD`, "s"),
      );
      expect(attempt.state.get(cell.member)?.incomplete).toBe(index > 0 ? true : undefined);
      await settles(attempt, stage);
    }
  },
};

function refusal(component: string): string {
  const result = `<result><errors><message>No ${component}.</message><statusCode>INVALID_FIELD</statusCode></errors><fullName>x</fullName><success>false</success></result>`;
  return `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><createMetadataResponse>${result}</createMetadataResponse></soapenv:Body></soapenv:Envelope>`;
}
