import type { OpenedSet } from "../../stack/messagingSet.ts";
import type { CheckResult, Culprit } from "../check.ts";

/**
 * `worse`: it works, but not as well as it could. `unknown`: something could not be looked at. `unseen`: nothing of it
 * was looked at.
 */
export type LinkState = "ok" | "broken" | "worse" | "unknown" | "unseen";

/** One part of the way that a sign-in takes. */
export interface Link {
  culprit: Culprit;
  title: string;
  /** What tells it from others: an id, a host. */
  name: string;
  state: LinkState;
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
    return {
      culprit,
      title: titles[culprit],
      name:
        culprit === "page"
          ? new URL(set.pageContract.redirectUri).host
          : (set.members[culprit]?.id ?? "missing"),
      state: stateOf(own),
      findings,
    };
  });
}

function stateOf(checks: readonly CheckResult[]): LinkState {
  const found = checks.filter(({ status }) => status === "finding");
  if (found.some(({ severity }) => severity === "critical")) return "broken";
  if (found.length > 0) return "worse";
  if (checks.some(({ error, severity }) => error && severity !== "note")) return "unknown";
  return checks.some(({ status }) => status === "ok") ? "ok" : "unseen";
}
