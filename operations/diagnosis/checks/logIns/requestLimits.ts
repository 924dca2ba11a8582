import { hasOutcome } from "../../../../providers/errors.ts";
import { type Check, found, ok } from "../../check.ts";
import { readErrors } from "./readErrors.ts";

export const requestLimits: Check = {
  id: "C2",
  title: "Request limits",
  severity: "warning",
  member: "log-ins",
  looks: "whether one read of each kind got an answer in spite of the vendors' limits",
  story: {
    symptom:
      "Commands take long, or stop with GENESYS_RATE_LIMIT, GENESYS_LOGIN_LIMIT or SALESFORCE_REQUEST_LIMIT.",
    cause:
      "Too many requests, by this or by other tools: Genesys limits those of a token and of log-ins in a minute, Salesforce those of an org in a day.",
    detection: "A refusal that stays until the deadline counts; one that passes does not.",
    source:
      "The vendors' limits pages; the vendor's Terraform provider (a log-in limit is answered with 400).",
  },
  fix: {
    byCode: "Wait and run the command again; give other tools an OAuth client of their own.",
    byHand: "Look at the API usage of the Salesforce org and at what else uses the Genesys client.",
  },
  async look({ live }) {
    const [limited] = (await readErrors(live)).filter((error) => hasOutcome(error, "rateLimited"));
    return limited ? found(limited.what, { ...limited.evidence, error: limited.code }) : ok();
  },
};
