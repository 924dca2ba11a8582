import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, test } from "vitest";
import { type Bag, startHost, urnOf } from "./host.ts";
import { inputsOf } from "./kinds.ts";

/** What `preview --diff` shows: each part that differs, with its place and kind. The stock host tells only that there is one. */
const host = await startHost("own host", {}, {});

type Answer = InstanceType<typeof provider.DiffResponse>;
const kinds = provider.PropertyDiff.Kind;

async function differences(olds: Bag, news: Bag): Promise<Record<string, string>> {
  const request = new provider.DiffRequest().setUrn(urnOf(news)).setId("id");
  request.setOlds(Struct.fromJavaScript(olds)).setNews(Struct.fromJavaScript(news));
  const answer = await host.call<Answer>("diff", request);
  const nameOf = (kind: number) => Object.entries(kinds).find(([, number]) => number === kind)?.[0] ?? "";
  const parts: Record<string, string> = {};
  answer.getDetaileddiffMap().forEach((difference, path) => {
    parts[path] = nameOf(difference.getKind());
  });
  return parts;
}

const anyId = "22222222-2222-4333-8444-555555555555";

describe("every kind of difference, of each member", () => {
  test.each<[kind: string, live: Bag, declared: Bag, expected: Record<string, string>]>([
    ["externalClientApp", { idToken: undefined }, { idToken: { validityInMinutes: 5 } }, { idToken: "ADD" }],
    [
      "externalClientApp",
      { label: "By hand", callbackUrls: ["https://a.example/x"] },
      {},
      { label: "UPDATE", callbackUrls: "UPDATE" },
    ],
    ["externalClientApp", { description: "By hand" }, {}, { description: "DELETE" }],
    ["externalClientApp", { developerName: "Another" }, {}, { developerName: "UPDATE_REPLACE" }],
    ["credential", { clientId: undefined }, {}, { clientId: "ADD" }],
    ["credential", { name: "By hand" }, {}, { name: "UPDATE" }],
    ["credential", { type: "other" }, { type: "some" }, { type: "UPDATE_REPLACE" }],
    ["credential", { type: undefined }, { type: "some" }, { type: "ADD_REPLACE" }],
    ["integration", { notes: "" }, { notes: "Text" }, { notes: "ADD" }],
    [
      "integration",
      { enabled: false, credentialId: anyId },
      {},
      { enabled: "UPDATE", credentialId: "UPDATE" },
    ],
    ["integration", { notes: "By hand" }, {}, { notes: "DELETE" }],
    ["integration", { type: "other" }, { type: "some" }, { type: "UPDATE_REPLACE" }],
    [
      "messengerConfiguration",
      { messenger: { enabled: true, styles: {} } },
      { messenger: { enabled: true, styles: { primaryColor: "#000000" } } },
      { "messenger.styles.primaryColor": "ADD" },
    ],
    ["messengerConfiguration", { languages: ["fr"] }, {}, { languages: "UPDATE" }],
    ["messengerConfiguration", { description: "By hand" }, {}, { description: "DELETE" }],
    ["messengerDeployment", { flowId: undefined }, { flowId: anyId }, { flowId: "ADD" }],
    [
      "messengerDeployment",
      { status: "Inactive", configurationVersion: "7" },
      {},
      { status: "UPDATE", configurationVersion: "UPDATE" },
    ],
    ["messengerDeployment", { description: "By hand" }, {}, { description: "DELETE" }],
  ])("%s: %j where %j is declared", async (kind, live, declared, expected) => {
    const { inputs } = await host.check(inputsOf(kind, declared));
    const recorded = JSON.parse(JSON.stringify({ ...inputs, reportedState: "ACTIVE", ...live }));
    expect(await differences(recorded, inputs)).toEqual(expected);
  });
});
