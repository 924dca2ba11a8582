import { describe, expect, test } from "vitest";
import { hostNames, startHost } from "./host.ts";
import { inputsOf, kinds, leastInputs, unknown } from "./kinds.ts";

// Neither vendor is there: checking and comparing ask nobody.
const hosts = await Promise.all(hostNames.map((name) => startHost(name, {}, {})));

describe.each(hosts)("check by the $name", (host) => {
  test.each(kinds)(
    "the least inputs of %s are enough, and stay as they are when checked again",
    async (kind) => {
      const { inputs, failures } = await host.check(inputsOf(kind));
      expect(failures).toEqual([]);
      expect(inputs).toMatchObject(inputsOf(kind));
      expect(await host.check(inputs, inputs)).toEqual({ inputs, failures: [] });
    },
  );

  test.each(kinds)("every input of %s may be unknown yet", async (kind) => {
    const names = Object.keys(leastInputs[kind] ?? {});
    const news = inputsOf(kind, Object.fromEntries(names.map((name) => [name, unknown])));
    const { inputs, failures } = await host.check(news);
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject(news);
  });

  test("a part of a list may be unknown too", async () => {
    const news = inputsOf("externalClientApp", { callbackUrls: ["https://shop.example/cb", unknown] });
    expect((await host.check(news)).failures).toEqual([]);
  });

  test("defaults become inputs", async () => {
    const { inputs } = await host.check(inputsOf("externalClientApp"));
    expect(inputs).toMatchObject({
      scopes: ["openid", "profile", "email", "refresh_token"],
      pkceRequired: true,
      secretRequired: true,
    });
  });

  test.each([
    ["externalClientApp", { callbackUrls: ["http://shop.example/cb"] }, "callbackUrls.0", "https"],
    ["externalClientApp", { developerName: "with-dash" }, "developerName", "underscores"],
    ["externalClientApp", { label: "x".repeat(81) }, "label", "80 characters"],
    ["externalClientApp", { contactEmail: "nobody" }, "contactEmail", "e-mail"],
    ["externalClientApp", { scopes: ["profile"] }, "scopes", "openid"],
    ["credential", { clientSecret: "" }, "clientSecret", "empty"],
    ["credential", { name: "x".repeat(101) }, "name", "100 characters"],
    ["integration", { discoveryUrl: "nowhere" }, "discoveryUrl", "URL"],
    ["messengerConfiguration", { languages: [] }, "languages", "at least one"],
    [
      "messengerDeployment",
      { allowedDomains: ["https://shop.example"] },
      "allowedDomains.0",
      "bare host name",
    ],
    ["messengerDeployment", { allowedDomains: [] }, "allowedDomains", "allowAllDomains"],
    ["messengerDeployment", { configurationVersion: "draft" }, "configurationVersion", "number"],
  ])("%s with %j names the property and the rule", async (kind, changes, property, rule) => {
    const { failures } = await host.check(inputsOf(kind, changes));
    expect(failures).toEqual([{ property, reason: expect.stringContaining(rule) }]);
  });
});

describe.each(hosts)("diff by the $name", (host) => {
  test.each(kinds)("what is as declared is no change of %s", async (kind) => {
    const { inputs } = await host.check(inputsOf(kind));
    const olds = { ...inputs, draftChanges: {}, reportedState: "ACTIVE", status: "Active" };
    expect(await host.diff("id", olds, inputs)).toEqual({ changes: false, replaces: [] });
  });

  test.each([
    ["externalClientApp", "label", []],
    ["externalClientApp", "developerName", ["developerName"]],
    ["credential", "clientSecret", []],
    ["credential", "type", ["type"]],
    ["integration", "credentialId", []],
    ["integration", "type", ["type"]],
    ["messengerConfiguration", "integrationId", []],
    ["messengerDeployment", "configurationId", []],
  ])("%s: %s, another one or not known yet, is a change that replaces %j", async (kind, name, replaces) => {
    const { inputs } = await host.check(inputsOf(kind));
    for (const value of ["another", unknown]) {
      expect(
        await host.diff("id", { ...inputs, reportedState: "ACTIVE" }, { ...inputs, [name]: value }),
      ).toEqual({
        changes: true,
        replaces,
      });
    }
  });

  test("what the server adds, and the order of sets, is no change", async () => {
    const { inputs } = await host.check(
      inputsOf("messengerDeployment", { allowedDomains: ["a.example", "b.example"] }),
    );
    const olds = {
      ...inputs,
      allowedDomains: ["b.example", "a.example"],
      snippet: "<script>",
      status: "Active",
    };
    expect((await host.diff("id", olds, inputs)).changes).toBe(false);
  });

  test.each([
    ["integration", { reportedState: "ERROR" }],
    ["messengerConfiguration", { draftChanges: { languages: ["fr"] } }],
    ["messengerDeployment", { status: "Error" }],
  ])("%s reported with %j is a change", async (kind, live) => {
    const { inputs } = await host.check(inputsOf(kind));
    expect(await host.diff("id", { ...inputs, ...live }, inputs)).toEqual({ changes: true, replaces: [] });
  });

  test("a literal of an earlier version in the state is a change, so that an update rewrites it", async () => {
    const { inputs } = await host.check(inputsOf("credential"));
    const olds = { ...inputs, __provider: `${inputs.__provider} // earlier` };
    expect(await host.diff("id", olds, inputs)).toEqual({ changes: true, replaces: [] });
  });
});
