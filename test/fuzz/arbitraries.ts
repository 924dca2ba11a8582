import fc from "fast-check";
import { faults } from "../../sandbox/faults/index.ts";
import { type ChangeName, changes } from "./byHand.ts";
import type { Crash, FaultSwitch, History, Step } from "./history.ts";
import { memberNames, type Settings } from "./program.ts";

const settings: fc.Arbitrary<Settings> = fc.record(
  {
    developerName: fc.constantFrom("Shop_sign_in", "Renamed_sign_in"),
    label: fc.constantFrom("Shop sign-in", "Another label"),
    description: fc.constantFrom("", "Text for the console"),
    moreCallbackUrls: fc.constantFrom(
      [],
      ["https://second.example/signed-in"],
      ["https://a.example/x", "https://b.example/y"],
    ),
    scopes: fc.constantFrom(["openid", "refresh_token"], ["email", "openid", "refresh_token", "profile"]),
    pkceRequired: fc.boolean(),
    idTokenMinutes: fc.constantFrom(undefined, 5, 60),
    ipRelaxation: fc.constantFrom(undefined, "Enforce", "Bypass"),
    name: fc.constantFrom("Shop sign-in", "Another name"),
    credentialType: fc.constantFrom(undefined, "pureCloudOAuthClient"),
    refreshLifetime: fc.constantFrom(undefined, 86_400, 900),
    sessionUpgrade: fc.boolean(),
    languages: fc.constantFrom(undefined, ["en-us", "de"], ["de", "en-us"]),
    color: fc.constantFrom(undefined, "#0b5cab", "#ff0000"),
    allowedDomains: fc.constantFrom(["shop.example"], ["b.example", "shop.example"]),
  },
  { requiredKeys: [] },
);

/** Those with which a crash is made. */
const crashing = ["connection-reset", "lost-response"];

/** They show a run what is no longer so: more than one of them in a row defeats every second look. */
export const misleading = ["stale-reads", "lists-miss-newest", "lingering-delete"];

/** They take time: as little of it as does the same. */
const slow = ["slow-answer", "lingering-delete"];

const onTheWay = faults.filter(({ kind }) => kind === "transport").map(({ name }) => name);

const nth = fc.record({ nth: fc.integer({ min: 1, max: 40 }) });
const early = fc.record({ nth: fc.integer({ min: 1, max: 8 }) });
const often = fc.record({
  nth: fc.integer({ min: 1, max: 40 }),
  count: fc.integer({ min: 1, max: 4 }),
});
const byChance = fc.record({
  probability: fc.constantFrom(0.05, 0.2, 0.5),
  seed: fc.nat(1_000),
  count: fc.integer({ min: 1, max: 6 }),
});

function faultSwitch(names: readonly string[]): fc.Arbitrary<FaultSwitch> {
  return fc.constantFrom(...names).chain((name) => {
    const options = misleading.includes(name) ? fc.oneof(early, nth) : fc.oneof(nth, often, byChance);
    const milliseconds = slow.includes(name) ? { milliseconds: 10 } : {};
    return options.map((chosen) => ({ name, options: { ...chosen, ...milliseconds } }));
  });
}

const someFaults = (names: readonly string[]): fc.Arbitrary<FaultSwitch[]> =>
  fc
    .uniqueArray(faultSwitch(names), { maxLength: 3, selector: ({ name }) => name })
    .map((chosen) =>
      chosen.filter(({ name }, index) => !misleading.includes(name) || isFirstMisleading(chosen, index)),
    );

function isFirstMisleading(chosen: FaultSwitch[], index: number): boolean {
  return chosen.findIndex(({ name }) => misleading.includes(name)) === index;
}

const crash: fc.Arbitrary<Crash> = fc.record({
  when: fc.constantFrom("before", "after"),
  request: fc.integer({ min: 1, max: 45 }),
});

const troubles = fc.oneof(
  { weight: 2, arbitrary: fc.record({ faults: fc.constant<FaultSwitch[]>([]) }) },
  { weight: 3, arbitrary: fc.record({ faults: someFaults(onTheWay) }) },
  {
    weight: 3,
    arbitrary: fc.record({ faults: someFaults(onTheWay.filter((name) => !crashing.includes(name))), crash }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.record(
          { refresh: fc.boolean(), set: settings, replace: fc.constantFrom(...memberNames) },
          { requiredKeys: ["refresh", "set"] },
        ),
        troubles,
      )
      .map(([up, around]) => ({ do: "up" as const, ...up, ...around })),
  },
  { weight: 1, arbitrary: troubles.map((around) => ({ do: "refresh" as const, ...around })) },
  { weight: 1, arbitrary: troubles.map((around) => ({ do: "destroy" as const, ...around })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(...(Object.keys(changes) as ChangeName[]))
      .map((change) => ({ do: "by hand" as const, change })),
  },
);

/** Every life that a set may have. */
export const histories: fc.Arbitrary<History> = fc.record({
  foreignObjects: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
});
