import { fulfils, type Json, project } from "authenticated-messaging-providers/comparison.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

describe("fulfils", () => {
  it("holds for every value and itself", () => {
    fc.assert(fc.property(json, fc.boolean(), (value, asSet) => fulfils(value, value, asSet)));
  });

  it("ignores what the server adds to objects, at any depth", () => {
    const declared = { messenger: { enabled: true, styles: { primaryColor: "#fff" } } };
    const live = {
      messenger: { enabled: true, styles: { primaryColor: "#fff", font: "x" }, apps: {} },
      video: {},
    };
    expect(fulfils(live, declared, false)).toBe(true);
  });

  it("takes absent, empty text, empty list and empty object for the same", () => {
    for (const empty of [undefined, null, "", [], {}]) {
      for (const other of [undefined, null, "", [], {}]) expect(fulfils(empty, other, false)).toBe(true);
    }
    expect(fulfils("x", "", false)).toBe(false);
    expect(fulfils([], ["shop.example"], false)).toBe(false);
    expect(fulfils(undefined, false, false)).toBe(false);
  });

  it("compares sets without order, lists with order, and counts repetitions in both", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 }), (items) => {
        const turned = [...items].reverse();
        return fulfils(turned, items, true) && !fulfils(turned, items, false);
      }),
    );
    expect(fulfils(["a", "a"], ["a", "b"], true)).toBe(false);
    expect(fulfils(["a", "b", "b"], ["a", "b"], true)).toBe(false);
  });
});

describe("project", () => {
  it("gives back the declared value whenever the live one fulfils it, and what does not fulfil it never does", () => {
    fc.assert(
      fc.property(json, json, fc.boolean(), (live, declared, asSet) => {
        const seen = project(live, declared, asSet);
        if (fulfils(live, declared, asSet)) expect(seen).toEqual(declared);
        else expect(fulfils(seen, declared, asSet)).toBe(false);
      }),
    );
  });

  it("keeps a changed member and drops the server's additions", () => {
    expect(project({ a: 2, b: { c: 1, extra: 1 }, extra: 1 }, { a: 1, b: { c: 1 } }, false)).toEqual({
      a: 2,
      b: { c: 1 },
    });
  });
});
