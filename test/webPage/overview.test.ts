import { expect, test } from "vitest";
import type { PageContract } from "../../components/pageContract.ts";
import { genesysAssumptions } from "../../sandbox/assumptions.ts";
import { fastDelays } from "../../sandbox/delays.ts";
import type { GenesysState } from "../../sandbox/genesys/org.ts";
import { chainsOf, type MemberView } from "../../sandbox/overview/members.ts";
import type { SalesforceState } from "../../sandbox/salesforce/state.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { startSet } from "../operations/set.ts";

/** What is switched on is so at once: a set is looked at right after it was made. */
const delays = { ...fastDelays, integrationActivationMs: 0, draftActivationMs: 0, deploymentActivationMs: 0 };

type States = { genesys: GenesysState; salesforce: SalesforceState; contract: PageContract };

const whole = [
  "page: leads to its app",
  "deployment: Active, by deployment id",
  "configuration: published once, by version 1",
  "integration: ACTIVE, by integration id",
  "credential: stored, by credential id",
  "ECA: enabled, by client id and secret",
];

const only = <Kind>(objects: Record<string, Kind>): Kind => Object.values(objects)[0] as Kind;

test.each<[string, (states: States) => void, string[][]]>([
  ["whole", () => {}, [whole]],
  [
    "with the page contract of another deployment",
    ({ contract }) => Object.assign(contract, { deploymentId: "other" }),
    [
      ["! page: does not lead to its app", "! deployment: missing, by deployment id"],
      ["deployment: Active", ...whole.slice(2)],
    ],
  ],
  [
    "with the client id of another app in the page contract",
    ({ contract }) => Object.assign(contract, { clientId: "other" }),
    [["! page: does not lead to its app", ...whole.slice(1)]],
  ],
  [
    "pinned to a version that is not there",
    ({ genesys }) => Object.assign(only(genesys.deployments).configuration, { version: "7" }),
    [
      [
        "! page: does not lead to its app",
        whole[1] ?? "",
        "! configuration: version not there, by version 7",
      ],
      ["integration: ACTIVE", ...whole.slice(4)],
    ],
  ],
  [
    "with sign-in off",
    ({ genesys }) =>
      Object.assign(only(genesys.configurations).published[0]?.document ?? {}, {
        authenticationSettings: { enabled: false },
      }),
    [
      ["! page: does not lead to its app", whole[1] ?? "", "! configuration: sign-in off, by version 1"],
      ["integration: ACTIVE", ...whole.slice(4)],
    ],
  ],
  [
    "without its credential",
    ({ genesys }) => Object.assign(genesys, { credentials: {} }),
    [
      [
        "! page: does not lead to its app",
        ...whole.slice(1, 3),
        "! integration: ERROR, by integration id",
        "! credential: missing, by credential id",
      ],
      ["ECA: enabled"],
    ],
  ],
  [
    "with another client secret at Genesys",
    ({ genesys }) => Object.assign(only(genesys.credentials).fields, { clientSecret: "other" }),
    [[...whole.slice(0, 5), "ECA: enabled, by client secret differs"]],
  ],
  [
    "whose app lost its OAuth settings",
    ({ salesforce }) => Object.assign(salesforce, { consumers: [] }),
    [
      ["! page: does not lead to its app", ...whole.slice(1, 5), "! ECA: missing, by client id"],
      ["! ECA: without OAuth settings"],
    ],
  ],
])("a set %s is shown as what it is", async (_name, breakIt, expected) => {
  const { contract, genesys, salesforce } = await startSet();
  const states = { genesys: genesys.store.state, salesforce: salesforce.state, contract };
  breakIt(states);
  const { ledger, store, url } = genesys;
  const org = { clients: [], store, delays, assumptions: genesysAssumptions, ledger, url };
  const chains = chainsOf({ genesys: org, salesforce: states.salesforce }, contract);
  expect(chains.map((chain) => chain.map(inWords))).toEqual(expected);
});

test("the overview of an empty sandbox has orgs, and neither members nor requests", async () => {
  const { webPageUrl, salesforceUrl, genesysUrl, stop } = await startSandbox();
  try {
    const overview = await (await fetch(`${webPageUrl}/_sandbox/overview`)).json();
    expect(overview).toMatchObject({
      orgs: [
        { url: salesforceUrl, objects: { apps: 0, users: 3 } },
        { url: genesysUrl, objects: { credentials: 0, integrations: 0, configurations: 0, deployments: 0 } },
      ],
      chains: [],
      requests: [],
    });
    const page = await fetch(`${webPageUrl}/sandbox`);
    expect(page.headers.get("content-security-policy")).toContain("connect-src 'self';");
  } finally {
    await stop();
  }
});

/** `! ` when it is not as it should be. */
function inWords({ kind, state, ok, link }: MemberView): string {
  return `${ok ? "" : "! "}${kind}: ${state}${link ? `, by ${link.text}` : ""}`;
}
