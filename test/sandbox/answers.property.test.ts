import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { diagnose } from "../../operations/diagnosis/diagnose.ts";
import { signIn } from "../../operations/signIn/signIn.ts";
import { genesysClient, genesysReadOnlyClient, visitor } from "../../sandbox/accounts.ts";
import type { Choices } from "../../sandbox/assumption.ts";
import { type GenesysAssumptions, genesysAssumptions } from "../../sandbox/assumptions.ts";
import { fastDelays } from "../../sandbox/delays.ts";
import type { GenesysState } from "../../sandbox/genesys/org.ts";
import { connectionsTo } from "../connections.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import {
  createSet,
  openedSetOf,
  pageContractOf,
  refreshSet,
  removeSet,
  updateSet,
} from "../providers/wholeSet.ts";
import {
  answerFaults,
  describedOperations,
  type Exchanged,
  operationOf,
  requestFaults,
} from "./apiDescription.ts";
import { type Caller, journey, oddities, refusals, type Step, steps } from "./apiSteps.ts";
import { buildSet, logIn, startOrg, type TestOrg } from "./genesysOrg.ts";
import { startProvider, type TestProvider } from "./genesysProvider.ts";
import { startRecorder } from "./recorder.ts";

const redirectUri = "https://shop.example/";

/** The steps and the set that they begin with know these by name. */
const spelledInSteps = ["oidcTypeId", "discoveryUrlProperty", "credentialKey", "firstConfigVersion"];

/** The last alternative of every other assumption. */
const otherChoices = Object.fromEntries(
  Object.entries(genesysAssumptions).flatMap(([name, { alternatives, chosen }]) => {
    const other = (alternatives as readonly unknown[]).findLast((alternative) => alternative !== chosen);
    return other === undefined || spelledInSteps.includes(name) ? [] : [[name, other]];
  }),
) as Choices<GenesysAssumptions>;

describe.each([
  ["as assumed", {}],
  ["under all other assumptions", otherChoices],
])("whatever is asked, %s", (_name, choices) => {
  const delays = {
    ...fastDelays,
    integrationActivationMs: 0,
    draftActivationMs: 0,
    deploymentActivationMs: 0,
  };
  let org: TestOrg;
  let provider: TestProvider;
  /** Bearer tokens by who asks. */
  let tokens: Partial<Record<Caller, string>>;
  /** The org with one set in it. */
  let beginning: string;
  const answered = new Map<string, Set<number>>();

  beforeAll(async () => {
    [org, provider] = await Promise.all([startOrg({ choices, delays }), startProvider()]);
    await buildSet(org, provider.discoveryUrl, provider.client);
    const readOnly = await logIn(org.url, genesysReadOnlyClient);
    const admin = await logIn(org.url, genesysClient);
    tokens = { admin: admin.body.access_token, readOnly: readOnly.body.access_token, stranger: "unheard-of" };
    beginning = JSON.stringify(org.store.state);
  });
  afterAll(() => Promise.all([org.stop(), provider.stop()]));

  test("every answer is one that the description has, and never a 500", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(0, 60_000), async (asked, activationMs) => {
        Object.assign(org.store.state, JSON.parse(beginning));
        delays.integrationActivationMs =
          delays.draftActivationMs =
          delays.deploymentActivationMs =
            activationMs;
        const known = new Known(org.store.state, provider);
        for (const step of asked) {
          const exchanged = await ask(step, known);
          known.learn(exchanged.answer);
          count(exchanged);
          const { method, path, status } = exchanged;
          expect([`${method} ${path}`, answerFaults(exchanged)]).toEqual([`${method} ${path}`, []]);
          expect(status).toBeLessThan(500);
        }
      }),
      {
        examples: [
          [journey, 0],
          [refusals, 0],
          [oddities, 0],
        ],
        numRuns: 80,
      },
    );
    const operations = describedOperations.map(({ operationId }) => operationId);
    expect(operations).toHaveLength(36);
    const without = (fits: (status: number) => boolean) =>
      operations.filter((id) => ![...(answered.get(id) ?? [])].some(fits));
    expect(without((status) => status < 300)).toEqual([]);
    expect(without((status) => status >= 400)).toEqual([]);
    const statuses = new Set([...answered.values()].flatMap((seen) => [...seen]));
    expect([...statuses]).toEqual(expect.arrayContaining([200, 204, 400, 401, 403, 404]));
  }, 60_000);

  async function ask({ caller, method, path, query, body }: Step, known: Known): Promise<Exchanged> {
    const token = caller === "guest" ? known.jwt : tokens[caller];
    const parameters = new URLSearchParams(known.filledIn(query) as Record<string, string>);
    const target = known.filledIn(path) as string;
    const whole = parameters.size === 0 ? target : `${target}?${parameters}`;
    const sent = known.filledIn(body);
    const response = await fetch(`${org.url}${whole}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent !== undefined && { "content-type": "application/json" }),
      },
      body: typeof sent === "string" ? sent : JSON.stringify(sent),
    });
    const text = await response.text();
    return {
      method,
      path: whole,
      body: sent,
      status: response.status,
      answer: text === "" ? undefined : JSON.parse(text),
    };
  }

  function count({ method, path, status }: Exchanged): void {
    const id = operationOf(method, path)?.operationId ?? "not described";
    answered.set(id, (answered.get(id) ?? new Set()).add(status));
  }
});

/** What stands behind the marks of the steps by now: objects, what earlier answers named, and what a sign-in needs. */
class Known {
  readonly #state: GenesysState;
  readonly #provider: TestProvider;
  readonly #uris: string[] = ["/api/v2/integrations"];
  readonly #refreshTokens: string[] = [];
  jwt: string | undefined;

  constructor(state: GenesysState, provider: TestProvider) {
    this.#state = state;
    this.#provider = provider;
  }

  learn(answer: unknown): void {
    JSON.stringify(answer ?? null, (key, value) => {
      if (typeof value !== "string") return value;
      if (/^(self|next|previous|first|last)Uri$/.test(key) && value.startsWith("/")) this.#uris.push(value);
      if (key === "refreshToken") this.#refreshTokens.push(value);
      if (key === "jwt") this.jwt = value;
      return value;
    });
  }

  /** The value with every mark in it replaced. */
  filledIn(value: unknown): unknown {
    if (value === undefined) return undefined;
    const fill = (text: string) =>
      text.replaceAll(/<(\w+)(?::(\d+))?>/g, (mark, kind, n) => this.#meant(kind, Number(n)) ?? mark);
    return JSON.parse(JSON.stringify(value), (_key, part) => (typeof part === "string" ? fill(part) : part));
  }

  #meant(kind: string, n: number): string | undefined {
    const { credentials, integrations, configurations, deployments } = this.#state;
    const { client, discoveryUrl } = this.#provider;
    // The newest first: what a sequence has just made is what it goes on with.
    const among = (values: readonly string[]) => values.at(-1 - (n % Math.max(1, values.length)));
    const meanings: Record<string, () => string | undefined> = {
      credential: () => among(Object.keys(credentials)),
      integration: () => among(Object.keys(integrations)),
      configuration: () => among(Object.keys(configurations)),
      deployment: () => among(Object.keys(deployments)),
      uri: () => among(this.#uris),
      refresh: () => among(this.#refreshTokens),
      code: () => this.#provider.code({ redirectUri }),
      discovery: () => discoveryUrl,
      client: () => client.id,
      secret: () => client.secret,
    };
    return meanings[kind]?.();
  }
}

test("every request of life cycles, of a sign-in and of a diagnosis is one that the description has", async () => {
  const { sandbox } = await startOrgs();
  const { url, exchanged } = await startRecorder(sandbox.genesysUrl);
  const connections = connectionsTo({ ...sandbox, genesysUrl: url });
  const set = await createSet(connections);
  expect(await refreshSet(set)).toEqual({});
  await signIn(pageContractOf(set), visitor);
  expect((await diagnose(openedSetOf(set, connections), { visitor })).findings).toEqual([]);
  await updateSet(set);
  expect(await refreshSet(set)).toEqual({});
  await removeSet(set);
  expect(Object.values(await refreshSet(set))).toEqual(Array(5).fill(["gone"]));

  const described = exchanged.filter(({ path }) => path.startsWith("/api/v2/"));
  const others = exchanged.filter((one) => !described.includes(one)).map(({ path }) => path);
  expect(others).toEqual(["/oauth/token", expect.stringMatching(/^\/webdeployments\/v1\/.*\/config\.json$/)]);
  const faulty = described.map((one) => ({
    request: `${one.method} ${one.path}`,
    faults: requestFaults(one),
  }));
  expect(faulty.filter(({ faults }) => faults.length > 0)).toEqual([]);
  const methods = new Set(described.map(({ method }) => method));
  expect([...methods].toSorted()).toEqual(["DELETE", "GET", "PATCH", "POST", "PUT"]);
  expect(described.flatMap(answerFaults)).toEqual([]);
});
