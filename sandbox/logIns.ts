import { createHash } from "node:crypto";
import {
  genesysClient,
  genesysReadOnlyClient,
  salesforceAdmin,
  salesforceReadOnly,
  visitor,
} from "./accounts.ts";
import { recordId } from "./salesforce/recordId.ts";

const ofFirstOrg = { salesforceAdmin, salesforceReadOnly, visitor, genesysClient, genesysReadOnlyClient };

/** The log-ins of one org, by who has them. */
export type LogIns = {
  readonly [Who in keyof typeof ofFirstOrg]: { readonly [Field in keyof (typeof ofFirstOrg)[Who]]: string };
};

/** The org that a sandbox has when nothing is said; its log-ins are those of `accounts.ts`. */
export const firstOrg = "dev";

/** No org takes another one's log-ins: each has its name in all of them. */
export function logInsOf(org: string): LogIns {
  const own = Object.entries(ofFirstOrg).map(([who, logIn]) => [who, logInOf(org, logIn)]);
  return Object.fromEntries(own);
}

/** The same log-in in another org: `sandbox-visitor` becomes `sandbox-staging-visitor`. */
export function logInOf<Fields extends Record<string, string>>(
  org: string,
  logIn: Fields,
): { [Field in keyof Fields]: string } {
  if (org === firstOrg) return logIn;
  const own = Object.entries(logIn).map(([field, text]) => [
    field,
    text
      .replace(/^sandbox-/, `sandbox-${org}-`)
      .replace("@sandbox.", `@${org}.sandbox.`)
      .replace(salesforceOrgId(firstOrg).slice(0, 15), salesforceOrgId(org).slice(0, 15)),
  ]);
  return Object.fromEntries(own);
}

/** The id of a Salesforce org, 18 characters; always the same for the same name. */
export function salesforceOrgId(org: string): string {
  const number = org === firstOrg ? 1 : createHash("sha256").update(org).digest().readUInt32BE();
  return recordId("00D", number);
}
