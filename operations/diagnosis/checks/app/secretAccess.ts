import { CodedError } from "../../../../providers/errors.ts";
import { type Check, found, ok } from "../../check.ts";

export const secretAccess: Check = {
  id: "D2",
  title: "Consumer secret over REST",
  severity: "warning",
  member: "log-ins",
  looks: "whether Salesforce gives the consumer secret to the stack's log-in",
  story: {
    symptom: "pulumi up stops with SALESFORCE_SECRET_HIDDEN or SALESFORCE_PERMISSION_MISSING.",
    cause:
      "The org's switch for consumer secrets over REST is off, or the user lacks the permission to see them.",
    detection: "The secret is asked for, as every up and refresh does.",
    source: "Salesforce's documentation of Connect REST OAuth credentials.",
  },
  fix: {
    byCode: "Nothing: it is a setting of the org and of the user.",
    byHand:
      "Setup, External Client App Settings: allow access to consumer secrets via REST API. Give the user View Client Secret and the permission for External Client Apps.",
  },
  follows: ["A22"],
  async look({ live }) {
    try {
      const secret = await live.consumerSecret();
      return secret === undefined ? found("Salesforce answers without the consumer secret.") : ok();
    } catch (error) {
      if (!isKeptBack(error)) throw error;
      return found(error.what, error.evidence);
    }
  },
};

function isKeptBack(error: unknown): error is CodedError {
  const codes = ["SALESFORCE_SECRET_HIDDEN", "SALESFORCE_PERMISSION_MISSING"];
  return error instanceof CodedError && codes.includes(error.code);
}
