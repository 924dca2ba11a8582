import { providersByType } from "authenticated-messaging-providers/kinds.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logIns, sets, startVendors } from "../engine/vendors.ts";
import { type Bag, type Host, HostError, type HostName, hostNames, startHost } from "./host.ts";
import { inputsOf, kinds, owner, typeOf, unknown } from "./kinds.ts";

/**
 * Both hosts answer the same, word by word, whatever they are asked. What only our own gives is tested elsewhere, and is
 * not compared here: marks on secrets (`shown` takes them off), the parts of a difference and what stays as it is, the
 * outputs that a preview foresees (the stock host is never asked), unknown values within a property, import, and what
 * ends a call early.
 */
const runs = Number(process.env.TEST_PROPERTY_RUNS ?? 36);
/** A life from creation to deletion takes tenths of a second. */
const lives = Math.ceil(runs / 6);
/** Each step of a life is within its own time limit. */
const timeLimitMs = 20_000 + lives * 5_000;

/** Each host has vendors of its own, so that they do not meet in one object. */
async function startSide(name: HostName) {
  const vendors = await startVendors();
  const config = {
    "contract:salesforceInstanceUrl": vendors.salesforceUrl,
    "contract:genesysRegion": "us-east-1",
    "contract:genesysGatewayUrl": vendors.genesysUrl,
  };
  const host = await startHost(name, config, logIns);
  return { host, vendors, tell: teller(vendors) };
}

const sides = await Promise.all(hostNames.map(startSide));

/** What an answer says, with a number for each name that a vendor made up, in the order in which they appear. */
function teller(vendors: { salesforceUrl: string; genesysUrl: string }) {
  const names = new Map<string, string>();
  const named = (kind: string) => (id: string) => {
    if (!names.has(id)) names.set(id, `<${kind} ${names.size}>`);
    return names.get(id) as string;
  };
  return (answer: unknown): unknown =>
    JSON.parse(
      JSON.stringify(answer, (name, value) =>
        ["consumerKey", "consumerSecret", "appId", "consumerId", "policiesName"].includes(name) && value
          ? named(name)(String(value))
          : value,
      )
        .replaceAll(vendors.salesforceUrl, "<Salesforce>")
        .replaceAll(vendors.genesysUrl, "<Genesys>")
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<date>")
        .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, (id) =>
          // What the test itself made up is the same on both sides.
          id === unknown || id.startsWith("11111111-") ? id : named("id")(id),
        ),
    );
}

/** The answer, or the error with all that it records. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return (await call) ?? "done";
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { refused: error.message, recorded: error.partial };
  }
}

/** What is read; of what is gone the stock host hands back the line that loads its code. */
async function seen(host: Host, id: string, known: Bag): Promise<unknown> {
  const answer = (await outcome(host.read(id, known))) as Bag;
  return answer.id === "" ? "gone" : answer;
}

/** Both hosts go through the same calls; every answer must be the same. */
async function expectSame(go: (host: Host) => AsyncGenerator<unknown>): Promise<void> {
  const answers = await Promise.all(
    sides.map(async ({ host, tell }) => {
      const told: unknown[] = [];
      for await (const answer of go(host)) told.push(tell(answer));
      return told;
    }),
  );
  expect(answers[1]).toEqual(answers[0]);
}

const nonsense = fc.oneof(
  fc.constantFrom<unknown>(null, 0, -1, 1e300, true, false, "", " ", unknown, [], {}, [null], {
    a: { b: [] },
  }),
  fc.constantFrom(
    "x".repeat(300),
    "[managed by pulumi: x]",
    "\u0000",
    "ö👩‍💻\u2028",
    "https://",
    "11111111-",
  ),
  fc.jsonValue({ stringUnit: "binary" }),
);

/** Values that make sense for some input. */
const sense: Record<string, fc.Arbitrary<unknown>> = {
  owner: fc.constantFrom(owner, "contract/test/other"),
  label: fc.constantFrom("One", "Two"),
  name: fc.constantFrom("One", "Two"),
  description: fc.constantFrom("", "Text"),
  developerName: fc.constantFrom("Contract_app", "Contract_other"),
  callbackUrls: fc.constantFrom(["https://a.example/x"], ["https://b.example/y", "https://a.example/x"]),
  scopes: fc.constantFrom(["openid"], ["profile", "openid"], ["profile"]),
  pkceRequired: fc.boolean(),
  idToken: fc.constantFrom({ validityInMinutes: 5 }, { audience: "https://a.example" }, {}),
  policies: fc.constantFrom({ ipRelaxation: "Bypass" }, { permittedUsers: "AllSelfAuthorized" }),
  clientSecret: fc.constantFrom("contract-secret", "another-secret"),
  languages: fc.constantFrom(["en-us"], ["de", "en-us"]),
  sessionUpgrade: fc.boolean(),
  messenger: fc.constantFrom({ enabled: true, styles: { primaryColor: "#000000" } }, { enabled: false }),
  status: fc.constantFrom("Active", "Inactive"),
  allowedDomains: fc.constantFrom([], ["a.example"], ["b.example", "a.example"]),
  allowAllDomains: fc.boolean(),
  enabled: fc.boolean(),
};

/** A key that makes a JavaScript object another one cannot be sent: not by these tests either. */
function isSendable(value: unknown): boolean {
  return !JSON.stringify(value).includes("__proto__");
}

const namesOf: Record<string, string[]> = Object.fromEntries(
  [...providersByType({} as never)].map(([type, { inputNames }]) => [type, [...inputNames]]),
);

/** Inputs of a kind in which a few make sense and a few do not. */
function someInputs(kind: string, oddity: number): fc.Arbitrary<Bag> {
  const names = namesOf[typeOf(String(inputsOf(kind).__provider))] ?? [];
  const change = fc.constantFrom(...names).chain((name) => {
    const value = fc.oneof(
      { weight: 4, arbitrary: sense[name] ?? fc.constant(inputsOf(kind)[name]) },
      { weight: oddity, arbitrary: nonsense },
    );
    return value.map((chosen) => [name, chosen]);
  });
  return fc
    .array(change, { maxLength: 4 })
    .map((changes) => inputsOf(kind, Object.fromEntries(changes.filter(([, value]) => value !== undefined))))
    .filter(isSendable);
}

const kind = fc.constantFrom(...kinds);

describe("both hosts answer the same", () => {
  test("check and diff, of inputs good and bad", async () => {
    const cases = kind.chain((name) => fc.tuple(someInputs(name, 2), someInputs(name, 2)));
    await fc.assert(
      fc.asyncProperty(cases, ([olds, news]) =>
        expectSame(async function* (host) {
          const { inputs, failures } = await host.check(news, olds);
          yield { inputs, failures };
          yield await host.diff("id", olds, news);
          yield await host.diff("id", inputs, news);
          yield await host.diff("id", { ...olds, __declared: Object.keys(olds) }, inputs);
        }),
      ),
      { numRuns: runs },
    );
  });

  test(
    "create, read, update and delete, of what was checked and of what was not",
    async () => {
      const cases = kind.chain((name) => fc.tuple(someInputs(name, 1), someInputs(name, 1), fc.boolean()));
      await fc.assert(
        fc.asyncProperty(cases, async ([first, second, isChecked]) => {
          const whole = async (host: Host, news: Bag) => (isChecked ? (await host.check(news)).inputs : news);
          await expectSame(async function* (host) {
            const made = (await outcome(host.create(await whole(host, first)))) as Bag;
            yield made;
            const { id, properties } = made.recorded ?? made;
            if (!id) return;
            yield await seen(host, id, properties);
            const changed = (await outcome(host.update(id, properties, await whole(host, second)))) as Bag;
            yield changed;
            const known = changed.refused ? (changed.recorded?.properties ?? properties) : changed;
            yield await seen(host, id, known);
            yield await host.diff(id, known, second);
            yield await outcome(host.delete(id, known));
            yield await seen(host, id, known);
            yield await outcome(host.update(id, known, await whole(host, first)));
            yield await outcome(host.delete(id, known));
          });
          for (const { vendors } of sides) expect(await vendors.objects()).toEqual(sets(0));
        }),
        // What a failing life leaves behind would mislead the search for a smaller one.
        { numRuns: lives, endOnFailure: true },
      );
    },
    timeLimitMs,
  );
});
