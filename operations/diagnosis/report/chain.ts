import type { OpenedSet } from "../../stack/messagingSet.ts";
import type { CheckResult, Culprit } from "../check.ts";

/** One part of the way that a sign-in takes. */
export interface Link {
  culprit: Culprit;
  title: string;
  /** What tells it from others: an id, a host. */
  name: string;
  state: "ok" | "broken" | "unknown";
  findings: readonly CheckResult[];
}

const titles: Readonly<Record<Exclude<Culprit, "log-ins">, string>> = {
  page: "web page",
  deployment: "messenger deployment",
  configuration: "messenger configuration",
  integration: "integration",
  credential: "credential",
  ECA: "External Client App",
};

/** From the web page to Salesforce, in the order in which a sign-in goes through them. */
export function chainOf({ set }: Pick<OpenedSet, "set">, checks: readonly CheckResult[]): Link[] {
  return (Object.keys(titles) as (keyof typeof titles)[]).map((culprit) => {
    const own = checks.filter(({ member }) => member === culprit);
    const findings = own.filter(({ status }) => status === "finding");
    const isUnknown = own.some(({ error, severity }) => error && severity !== "note");
    return {
      culprit,
      title: titles[culprit],
      name:
        culprit === "page"
          ? new URL(set.pageContract.redirectUri).host
          : (set.members[culprit]?.id ?? "missing"),
      state: findings.length > 0 ? "broken" : isUnknown ? "unknown" : "ok",
      findings,
    };
  });
}
