import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { genesysClient, genesysReadOnlyClient } from "../../sandbox/accounts.ts";
import { fastDelays } from "../../sandbox/delays.ts";
import { describedOperations } from "../../sandbox/genesys/description.ts";
import { emptyOrg } from "../../sandbox/genesys/org.ts";
import { openStore } from "../../sandbox/store.ts";
import {
  type Answer,
  activeDraft,
  CREDENTIAL,
  credentialBody,
  deploymentActive,
  draftActive,
  eventually,
  logIn,
  OIDC,
  type OrgOptions,
  publish,
  send,
  startOrg,
  type TestOrg,
} from "./genesysOrg.ts";

const NOBODY = "00000000-0000-4000-8000-000000000000";

let org: TestOrg;
beforeAll(async () => {
  org = await startOrg();
});
afterAll(() => org.stop());

/** Runs `body` against an org of its own. */
async function inOrg<Value>(options: OrgOptions, body: (org: TestOrg) => Promise<Value>): Promise<Value> {
  const own = await startOrg(options);
  try {
    return await body(own);
  } finally {
    await own.stop();
  }
}

const newIntegration = async (where = org) =>
  (await where.api("POST", "/integrations", { integrationType: { id: OIDC } })).body;

const newCredential = async (where = org, name = "c") =>
  (await where.api("POST", "/integrations/credentials", credentialBody(name))).body;

const config = (more: object = {}) => ({
  name: "sign-in",
  version: 1,
  properties: { discoveryUri: "https://idp.example/.well-known/openid-configuration" },
  advanced: {},
  notes: "",
  credentials: {},
  ...more,
});

const fields = ({ body }: Answer) => body.details.map((detail: { fieldName: string }) => detail.fieldName);

describe("log in", () => {
  test("gives a bearer token with its life", async () => {
    const { status, body } = await logIn(org.url, genesysClient);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: expect.any(String), token_type: "bearer", expires_in: 86_400 });
  });

  test("that is over after expires_in is refused", () =>
    inOrg({ choices: { accessTokenSeconds: 0 } }, async ({ api }) => {
      expect((await api("GET", "/integrations")).body.code).toBe("credentials.expired");
    }));

  test.each([
    ["unknown client", { clientId: "nobody", clientSecret: "x" }, 400, "invalid_client", "client not found"],
    ["wrong secret", { ...genesysClient, clientSecret: "x" }, 401, "invalid_client", "authentication failed"],
  ])("%s", async (_name, client, status, error, description) => {
    const answer = await logIn(org.url, client);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error, description, error_description: description });
  });

  test("another grant", async () => {
    const answer = await logIn(org.url, genesysClient, "password");
    expect([answer.status, answer.body.error]).toEqual([400, "unsupported_grant_type"]);
  });

  test("one too many answers 400, not 429", () =>
    inOrg({ limits: { requestsPerMinute: 300, loginsPerMinute: 1 } }, async ({ url }) => {
      const { status, body } = await logIn(url, genesysClient);
      expect(status).toBe(400);
      expect(body.error).toBe("invalid_request");
      expect(body.error_description).toMatch(/^rate limit exceeded;/);
    }));
});

describe("who may do what", () => {
  const get = (headers: Record<string, string>) =>
    send(`${org.url}/api/v2/integrations`, "GET", undefined, headers);

  test("no token, or one nobody gave out: 401", async () => {
    const without = await get({});
    expect([without.status, without.body.code]).toEqual([401, "authentication.required"]);
    const wrong = await get({ authorization: "Bearer nonsense" });
    expect([wrong.status, wrong.body.code]).toEqual([401, "bad.credentials"]);
  });

  test("an expired token: 401", () => {
    const store = openStore(undefined, emptyOrg);
    return inOrg({ store }, async ({ api, token }) => {
      Object.assign(store.state.accessTokens[token] ?? {}, { expiresAt: new Date(0).toISOString() });
      expect((await api("GET", "/integrations")).body).toMatchObject({
        status: 401,
        code: "credentials.expired",
      });
    });
  });

  test("a client that may only read: 403 names what is missing", async () => {
    const { body } = await logIn(org.url, genesysReadOnlyClient);
    const api = (method: string, path: string, sent?: object) =>
      send(`${org.url}/api/v2${path}`, method, sent, { authorization: `Bearer ${body.access_token}` });
    for (const path of ["/integrations", "/webdeployments/configurations", "/webdeployments/deployments"]) {
      expect((await api("GET", path)).status).toBe(200);
    }
    const any = await api("POST", "/integrations/credentials", {});
    expect(any.body).toMatchObject({ status: 403, code: "missing.any.permissions" });
    expect(any.body.message).toContain("integrations:integration:add");
    const all = await api("POST", `/webdeployments/configurations/${NOBODY}/versions/draft/publish`);
    expect(all.body).toMatchObject({
      status: 403,
      code: "missing.permissions",
      messageParams: { permissions: "webDeployments:configuration:edit, webDeployments:configuration:add" },
    });
  });

  test("one request too many in a minute: 429 with Retry-After", () =>
    inOrg({ limits: { requestsPerMinute: 2, loginsPerMinute: 9 } }, async ({ api, url }) => {
      expect((await api("GET", "/integrations")).status).toBe(200);
      expect((await api("GET", "/organizations/me")).status).toBe(200);
      const { status, headers, body } = await api("GET", "/integrations");
      expect([status, body.code]).toEqual([429, "too.many.requests"]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(60);
      const other = (await logIn(url, genesysClient)).body.access_token;
      const answer = await send(`${url}/api/v2/integrations`, "GET", undefined, {
        authorization: `Bearer ${other}`,
      });
      expect(answer.status).toBe(200);
    }));
});

describe("requests and answers are held to the API description", () => {
  test("a wrong type, a missing and an unknown property: 400 with details", async () => {
    const wrong = await org.api("POST", "/webdeployments/configurations", { name: 7 });
    expect([wrong.status, wrong.body.code, fields(wrong)]).toEqual([400, "bad.request", ["name"]]);
    expect(fields(await org.api("POST", "/webdeployments/configurations", {}))).toEqual(["name"]);
    const unknown = await org.api("POST", "/webdeployments/configurations", { name: "n", nmae: "n" });
    expect(fields(unknown)).toEqual(["nmae"]);
    const nested = await org.api("POST", "/webdeployments/configurations", {
      name: "n",
      authenticationSettings: { enabled: true },
    });
    expect(fields(nested)).toEqual(["authenticationSettings.integrationId"]);
    const none = await org.api("POST", "/integrations/credentials");
    expect(fields(none)).toEqual(["type"]);
  });

  test("an unknown property is ignored by the other assumption", () =>
    inOrg({ choices: { unknownBodyProperties: "ignored" } }, async ({ api }) => {
      const { status, body } = await api("POST", "/webdeployments/configurations", { name: "n", nmae: "n" });
      expect([status, body.nmae]).toEqual([200, undefined]);
    }));

  test("read-only properties of a body are ignored", async () => {
    const body = { id: NOBODY, version: "7", name: "n", dateCreated: "2020-01-01T00:00:00.000Z" };
    const created = (await org.api("POST", "/webdeployments/configurations", body)).body;
    expect(created.id).not.toBe(NOBODY);
    expect(created.version).toBe("DRAFT");
    expect(created.dateCreated).not.toBe(body.dateCreated);
  });

  test("query parameters have types", async () => {
    expect(fields(await org.api("GET", "/integrations?pageSize=many"))).toEqual(["pageSize"]);
    expect((await org.api("GET", "/integrations?pageNumber=0")).status).toBe(400);
    expect((await org.api("GET", "/integrations/credentials/listing?pageSize=201")).status).toBe(400);
  });

  test("bodies that are no JSON object, too large, or of another type", async () => {
    const headers = { authorization: `Bearer ${org.token}`, "content-type": "application/json" };
    const post = (body: string, type = "application/json") =>
      fetch(`${org.url}/api/v2/integrations`, {
        method: "POST",
        body,
        headers: { ...headers, "content-type": type },
      });
    expect((await post("{ torn")).status).toBe(400);
    expect((await post("[]")).status).toBe(400);
    expect((await post(JSON.stringify({ name: "x".repeat(512_000) }))).status).toBe(413);
    const xml = await post("<a/>", "application/xml");
    expect([xml.status, ((await xml.json()) as { code: string }).code]).toEqual([
      415,
      "unsupported.media.type",
    ]);
  });

  test("every error carries its correlation id, also where nothing is", async () => {
    const { status, body, headers } = await org.api("GET", "/nothing");
    expect([status, body.code]).toEqual([404, "not.found"]);
    expect(body.contextId).toBe(headers.get("inin-correlation-id"));
    expect(body.contextId).toBe(headers.get("genesys-correlation-id"));
  });

  test("an answer against the description is a 500, and said aloud", async () => {
    const spoken = vi.spyOn(console, "error").mockReturnValue();
    const options = { choices: { messengerDefaults: { colour: "red" } } };
    const { status, body } = await inOrg(options, ({ api }) =>
      api("POST", "/webdeployments/configurations", { name: "n", messenger: {} }),
    );
    const lines = spoken.mock.calls.map(String);
    spoken.mockRestore();
    expect([status, body.code]).toEqual([500, "internal.server.error"]);
    expect(lines.join()).toContain("postWebdeploymentsConfigurations answered against its description");
    expect(lines.join()).toContain("messenger.colour");
  });

  test("an answer against the description is found", () => {
    const operations = describedOperations({ ignoreUnknown: false });
    expect(operations).toHaveLength(36);
    const read = operations.find(({ id }) => id === "getIntegration");
    expect(read?.faultOf({ intendedState: "ENABLED" })).toBeUndefined();
    expect(read?.faultOf({})).toContain("intendedState");
    expect(read?.faultOf({ intendedState: "ENABLED", colour: "red" })).toContain("colour");
    expect(operations.find(({ id }) => id === "deleteIntegrationsCredential")?.faultOf({})).toContain(
      "a body",
    );
  });
});

describe("lists", () => {
  test("by number: pages with their neighbours, empty after the last", () =>
    inOrg({}, async (own) => {
      for (const name of ["a", "b", "c"]) await newCredential(own, name);
      const page = async (number: number) =>
        (await own.api("GET", `/integrations/credentials?pageSize=2&pageNumber=${number}`)).body;
      const names = ({ entities }: { entities: { name: string }[] }) => entities.map(({ name }) => name);
      const [first, second, third] = [await page(1), await page(2), await page(3)];
      expect([names(first), names(second), names(third)]).toEqual([["a", "b"], ["c"], []]);
      expect(first).toMatchObject({
        total: 3,
        pageCount: 2,
        nextUri: expect.stringContaining("pageNumber=2"),
      });
      expect(first).not.toHaveProperty("previousUri");
      expect(second).not.toHaveProperty("nextUri");
    }));

  test("by cursor: following nextUri, or the last id until empty, sees everything once", () =>
    inOrg({}, async (own) => {
      const ids = [];
      for (const name of ["a", "b", "c"]) ids.push((await newCredential(own, name)).id);
      const listing = "/integrations/credentials/listing?pageSize=2";
      const first = (await own.api("GET", listing)).body;
      const second = (await own.api("GET", first.nextUri.replace("/api/v2", ""))).body;
      const seen = [...first.entities, ...second.entities].map(({ id }) => id);
      expect(seen).toEqual(ids);
      expect(second.nextUri).toBeUndefined();
      const before = (await own.api("GET", second.previousUri.replace("/api/v2", ""))).body;
      expect(before.entities).toEqual(first.entities);
      expect((await own.api("GET", `${listing}&after=${ids[2]}`)).body.entities).toEqual([]);
      expect((await own.api("GET", `${listing}&after=${NOBODY}`)).status).toBe(400);
    }));

  test("integrations are selected by type, state, credential and id", () =>
    inOrg({}, async (own) => {
      const [one, other] = [await newIntegration(own), await newIntegration(own)];
      await own.api("POST", "/integrations", { integrationType: { id: "webhook" } });
      const credential = await newCredential(own);
      await own.api(
        "PUT",
        `/integrations/${one.id}/config/current`,
        config({ credentials: { [CREDENTIAL]: { id: credential.id } } }),
      );
      const select = async (query: string) =>
        (await own.api("GET", `/integrations?${query}`)).body.entities.map(({ id }: { id: string }) => id);
      expect(await select(`integrationType=${OIDC}`)).toEqual([one.id, other.id]);
      expect(await select(`credentialId=${credential.id}`)).toEqual([one.id]);
      expect(await select(`ids=${one.id},${other.id}`)).toEqual([one.id, other.id]);
      expect(await select("reportedState=ACTIVE")).toEqual([]);
      expect(await select("reportedState=INACTIVE")).toHaveLength(3);
    }));
});

describe("credentials", () => {
  test("cannot be read back", async () => {
    const { id } = await newCredential();
    const read = await org.api("GET", `/integrations/credentials/${id}`);
    expect(read.body).toMatchObject({ id, name: "c", type: { name: CREDENTIAL }, credentialFields: {} });
    const listed = await org.api("GET", "/integrations/credentials");
    expect(JSON.stringify([read.body, listed.body])).not.toContain("secret");
  });

  test.each([
    ["masked", { clientId: "********", clientSecret: "********" }],
    ["withoutSecrets", { clientId: "client" }],
    ["absent", undefined],
  ] as const)("by the other assumption the fields come back %s", (choice, expected) =>
    inOrg({ choices: { credentialFieldsOnRead: choice } }, async (own) => {
      const { id } = await newCredential(own);
      expect((await own.api("GET", `/integrations/credentials/${id}`)).body.credentialFields).toEqual(
        expected,
      );
    }),
  );

  test("every PUT changes modifiedDate, unless it is assumed to need a change", async () => {
    const put = async (where: TestOrg) => {
      const { id, createdDate, modifiedDate } = await newCredential(where);
      const { body } = await where.api("PUT", `/integrations/credentials/${id}`, credentialBody("c"));
      expect(body.createdDate).toBe(createdDate);
      return body.modifiedDate !== modifiedDate;
    };
    expect(await put(org)).toBe(true);
    expect(await inOrg({ choices: { credentialModifiedDate: "onlyOnChange" } }, put)).toBe(false);
  });

  test("must be of a type there is, with that type's fields", async () => {
    const post = (body: object) => org.api("POST", "/integrations/credentials", body);
    expect(fields(await post({ type: { name: "none" } }))).toEqual(["type.name"]);
    const body = { ...credentialBody("c"), credentialFields: { clientId: "c", colour: "red" } };
    expect(fields(await post(body))).toEqual(["clientSecret", "colour"]);
    expect(
      (await post({ ...credentialBody("c"), credentialFields: { clientId: "c", clientSecret: 1 } })).status,
    ).toBe(400);
  });
});

describe("integrations", () => {
  test("a fresh one is off, empty, at its first version, named after its type", () =>
    inOrg({}, async (own) => {
      const [first, second] = [await newIntegration(own), await newIntegration(own)];
      expect(first).toMatchObject({
        name: "OpenID Connect Messenger Configuration",
        notes: "node_dynamodb_empty_string",
        intendedState: "DISABLED",
        reportedState: { code: "INACTIVE" },
        config: { current: { version: 1, properties: {}, advanced: {}, credentials: {} } },
      });
      expect(second.name).toBe("OpenID Connect Messenger Configuration (1)");
    }));

  test("config.current is in the integration only when asked for, by the other assumption", () =>
    inOrg({ choices: { configInIntegration: "whenExpanded" } }, async (own) => {
      const { id, config: without } = await newIntegration(own);
      expect(without).toBeUndefined();
      const expanded = await own.api("GET", `/integrations/${id}?expand=config.current`);
      expect(expanded.body.config.current.version).toBe(1);
    }));

  test.each([409, 400] as const)("config/current with an old version: %i", (status) =>
    inOrg({ choices: { versionConflictStatus: status } }, async (own) => {
      const { id } = await newIntegration(own);
      const path = `/integrations/${id}/config/current`;
      const first = await own.api("PUT", path, config({ notes: "hello" }));
      expect(first.body).toMatchObject({ version: 2, notes: "hello", name: "sign-in" });
      const stale = await own.api("PUT", path, config());
      expect(stale.status).toBe(status);
      expect(stale.body.message).toContain("does not match the current version");
      expect((await own.api("GET", path)).body).toEqual(first.body);
      expect((await own.api("GET", `/integrations/${id}`)).body.name).toBe("sign-in");
    }),
  );

  test("config/current is checked against the type: properties, credential keys, credentials", async () => {
    const { id } = await newIntegration();
    const put = (more: object) => org.api("PUT", `/integrations/${id}/config/current`, config(more));
    expect(fields(await put({ properties: {} }))).toEqual(["properties.discoveryUri"]);
    expect(fields(await put({ properties: { discoveryUri: 7 } }))).toEqual(["properties.discoveryUri"]);
    const colourful = { discoveryUri: "https://idp.example", colour: "red" };
    expect(fields(await put({ properties: colourful }))).toContain("properties.colour");
    const short = { discoveryUri: "https://idp.example", maxRefreshTokenLifetime: 899 };
    expect(fields(await put({ properties: short }))).toEqual(["properties.maxRefreshTokenLifetime"]);
    const credential = await newCredential();
    expect(fields(await put({ credentials: { other: { id: credential.id } } }))).toEqual([
      "credentials.other",
    ]);
    expect(fields(await put({ credentials: { [CREDENTIAL]: { id: NOBODY } } }))).toEqual([
      `credentials.${CREDENTIAL}`,
    ]);
    expect((await org.api("GET", `/integrations/${id}/config/current`)).body.version).toBe(1);
  });

  test("only intendedState can be patched", async () => {
    const { id, name } = await newIntegration();
    const patched = await org.api("PATCH", `/integrations/${id}`, {
      intendedState: "DISABLED",
      name: "other",
    });
    expect(patched.body.name).toBe(name);
    expect(fields(await org.api("PATCH", `/integrations/${id}`, { name: "other" }))).toEqual([
      "intendedState",
    ]);
    expect((await org.api("PATCH", `/integrations/${id}`, { intendedState: "DELETED" })).status).toBe(400);
  });

  const state = async (where: TestOrg, id: string) =>
    (await where.api("GET", `/integrations/${id}`)).body.reportedState.code;

  async function complete(where: TestOrg): Promise<string> {
    const { id } = await newIntegration(where);
    const credential = await newCredential(where);
    const credentials = { [CREDENTIAL]: { id: credential.id } };
    await where.api("PUT", `/integrations/${id}/config/current`, config({ credentials }));
    return id;
  }

  test("switching takes time, both ways", async () => {
    const id = await complete(org);
    const patch = async (intendedState: string) =>
      (await org.api("PATCH", `/integrations/${id}`, { intendedState })).body.reportedState.code;
    expect(await patch("ENABLED")).toBe("ACTIVATING");
    await eventually(
      () => state(org, id),
      (code) => code === "ACTIVE",
    );
    expect(await patch("ENABLED")).toBe("ACTIVE");
    expect(await patch("DISABLED")).toBe("DEACTIVATING");
    await eventually(
      () => state(org, id),
      (code) => code === "INACTIVE",
    );
  });

  test.each([
    ["error", 200, "ERROR"],
    ["refused", 400, "INACTIVE"],
    ["active", 200, "ACTIVE"],
  ] as const)("enabling an incomplete one, assumed %s", (incompleteActivation, status, settled) =>
    inOrg({ choices: { incompleteActivation } }, async (own) => {
      const { id } = await newIntegration(own);
      expect((await own.api("PATCH", `/integrations/${id}`, { intendedState: "ENABLED" })).status).toBe(
        status,
      );
      await eventually(
        () => state(own, id),
        (code) => code === settled,
      );
    }),
  );

  test("an incomplete one says what is missing", async () => {
    const { id } = await newIntegration();
    await org.api("PATCH", `/integrations/${id}`, { intendedState: "ENABLED" });
    const { body } = await eventually(
      () => org.api("GET", `/integrations/${id}`),
      (answer) => answer.body.reportedState.code === "ERROR",
    );
    expect(body.reportedState.detail.message).toBe(`no property discoveryUri, no credential ${CREDENTIAL}`);
  });

  test("an unknown type or integration: 404", async () => {
    expect((await org.api("POST", "/integrations", { integrationType: { id: "none" } })).status).toBe(404);
    expect((await org.api("GET", "/integrations/types/none")).status).toBe(404);
    expect((await org.api("GET", `/integrations/types/${OIDC}/configschemas/none`)).status).toBe(400);
    expect((await org.api("GET", `/integrations/${NOBODY}`)).status).toBe(404);
    expect((await org.api("GET", "/integrations/constructor")).status).toBe(404);
  });
});

describe("messenger configurations", () => {
  const path = (id: string, version: string) => `/webdeployments/configurations/${id}/versions/${version}`;
  const create = (body: object, where = org) => where.api("POST", "/webdeployments/configurations", body);

  test("a draft that is still Pending cannot be published", () =>
    inOrg(
      {
        delays: {
          integrationActivationMs: 0,
          draftActivationMs: 60_000,
          deploymentActivationMs: 0,
          staleReadsMs: 0,
          cdnCacheMs: 0,
          clientPropagationMs: 0,
          metadataTransferMs: 0,
        },
      },
      async (own) => {
        const { body } = await create({ name: "n" }, own);
        const early = await publish(own, body.id);
        expect([early.status, early.body.details[0].fieldName]).toEqual([400, "status"]);
        expect((await own.api("GET", path(body.id, "1"))).status).toBe(404);
      },
    ));

  test("versions are numbered and never change; the draft goes on", async () => {
    const id = await activeDraft(org, { name: "one" });
    expect((await publish(org, id)).body).toMatchObject({ version: "1", name: "one", status: "Active" });
    const put = await org.api("PUT", path(id, "draft"), { name: "two", description: "changed" });
    expect(put.body).toMatchObject({ version: "DRAFT", status: "Pending" });
    await draftActive(org, id);
    expect((await publish(org, id)).body.version).toBe("2");

    expect((await org.api("GET", path(id, "1"))).body).toMatchObject({ name: "one", version: "1" });
    expect((await org.api("GET", path(id, "2"))).body).toMatchObject({ name: "two", description: "changed" });
    for (const version of ["0", "3", "01", "DRAFT"]) {
      expect((await org.api("GET", path(id, version))).status).toBe(404);
    }
    const { entities } = (await org.api("GET", `/webdeployments/configurations/${id}/versions`)).body;
    expect(entities.map(({ version }: { version: string }) => version)).toEqual(["DRAFT", "1", "2"]);
  });

  test("a draft is replaced as a whole", async () => {
    const id = await activeDraft(org, { name: "n", description: "d", languages: ["de"] });
    const { body } = await org.api("PUT", path(id, "draft"), { name: "n" });
    expect([body.description, body.languages]).toEqual([undefined, undefined]);
  });

  test("the list shows drafts; those never published can be left out", () =>
    inOrg({}, async (own) => {
      await create({ name: "only a draft" }, own);
      const id = await activeDraft(own, { name: "before" });
      await publish(own, id);
      await own.api("PUT", path(id, "draft"), { name: "after" });
      const names = async (query: string) =>
        (await own.api("GET", `/webdeployments/configurations${query}`)).body.entities.map(
          ({ name, version }: { name: string; version: string }) => [name, version],
        );
      expect(await names("")).toEqual([
        ["only a draft", "DRAFT"],
        ["after", "DRAFT"],
      ]);
      expect(await names("?showOnlyPublished=true")).toEqual([["after", "DRAFT"]]);
    }));

  test("the server fills in defaults inside the blocks that were sent, and adds no others", async () => {
    const languages = { languages: ["de"], defaultLanguage: "de" };
    const bare = (await create({ name: "n", ...languages })).body;
    for (const block of [
      "messenger",
      "cobrowse",
      "journeyEvents",
      "supportCenter",
      "authenticationSettings",
    ]) {
      expect(bare).not.toHaveProperty(block);
    }
    const { body } = await create({
      name: "n",
      ...languages,
      messenger: {
        enabled: true,
        fileUpload: { enableAttachments: true, modes: [{ fileTypes: ["image/png"] }] },
        apps: { conversations: { sessionDurationSeconds: 900 } },
      },
      cobrowse: { enabled: true },
      authenticationSettings: { enabled: true, integrationId: NOBODY },
    });
    expect(body.messenger).toMatchObject({
      enabled: true,
      sessionPersistenceType: "AcrossSubdomains",
      homeScreen: { enabled: false },
      fileUpload: { enableAttachments: true, modes: [{ fileTypes: ["image/png"], maxFileSizeKB: 10_240 }] },
      apps: { conversations: { sessionDurationSeconds: 900, autoStart: { enabled: false } } },
    });
    expect(body.cobrowse).toMatchObject({ enabled: true, allowDraw: false });
    expect(body.authenticationSettings).toEqual({
      enabled: true,
      integrationId: NOBODY,
      allowSessionUpgrade: false,
    });
  });

  test.each([
    ["a name too long", { name: "x".repeat(101) }, "name"],
    ["an empty name", { name: "" }, "name"],
    ["a messenger without languages", { name: "n", messenger: { enabled: true } }, "languages"],
    [
      "a messenger without default language",
      { name: "n", languages: ["de"], messenger: { enabled: true } },
      "defaultLanguage",
    ],
    [
      "a default language not offered",
      { name: "n", languages: ["de"], defaultLanguage: "fr" },
      "defaultLanguage",
    ],
    [
      "files too large",
      { name: "n", messenger: { fileUpload: { modes: [{ maxFileSizeKB: 10_241 }] } } },
      "messenger.fileUpload.modes.maxFileSizeKB",
    ],
  ])("%s: 400", async (_name, body, field) => {
    const answer = await create(body);
    expect([answer.status, fields(answer)]).toEqual([400, [field]]);
  });
});

describe("messenger deployments", () => {
  async function published(where = org): Promise<string> {
    const id = await activeDraft(where, { name: "n", description: "d" });
    await publish(where, id);
    return id;
  }
  const deployment = (id: string, more: object = {}) => ({
    name: "site",
    allowAllDomains: true,
    configuration: { id, version: "1" },
    ...more,
  });
  const create = (body: object, where = org) => where.api("POST", "/webdeployments/deployments", body);

  test("becomes Active by itself, has a snippet, keeps to its version", async () => {
    const id = await published();
    const { body } = await create(deployment(id, { flow: { id: NOBODY } }));
    expect(body).toMatchObject({
      status: "Pending",
      allowedDomains: [],
      flow: { id: NOBODY },
      supportedContent: { id: expect.any(String) },
    });
    expect(body.snippet).toContain(`deploymentId: '${body.id}'`);
    await deploymentActive(org, body.id);
    await publish(org, id);
    expect((await org.api("GET", `/webdeployments/deployments/${body.id}`)).body.configuration.version).toBe(
      "1",
    );
  });

  test("needs a version that is published", async () => {
    const id = await published();
    for (const version of ["2", "0", "DRAFT"]) {
      expect(fields(await create(deployment(id, { configuration: { id, version } })))).toEqual([
        "configuration.version",
      ]);
    }
    expect(fields(await create(deployment(NOBODY)))).toEqual(["configuration.id"]);
    expect(fields(await create(deployment(id, { configuration: { id } })))).toEqual([
      "configuration.version",
    ]);
  });

  test("allows all domains or some, not both, and by assumption not none", async () => {
    const id = await published();
    const both = deployment(id, { allowAllDomains: true, allowedDomains: ["shop.example"] });
    expect(fields(await create(both))).toEqual(["allowedDomains"]);
    const none = deployment(id, { allowAllDomains: false });
    expect(fields(await create(none))).toEqual(["allowedDomains"]);
    const status = await inOrg({ choices: { emptyDomainList: "allowed" } }, async (own) => {
      const own1 = await published(own);
      return (await create(deployment(own1, { allowAllDomains: false }), own)).status;
    });
    expect(status).toBe(200);
  });

  test("PUT replaces it, is Pending again, and can switch it off and on", async () => {
    const id = await published();
    const { body } = await create(deployment(id, { description: "d" }));
    const path = `/webdeployments/deployments/${body.id}`;
    await deploymentActive(org, body.id);
    const put = (more: object) => org.api("PUT", path, deployment(id, more));
    const renamed = (await put({ name: "renamed" })).body;
    expect(renamed).toMatchObject({
      id: body.id,
      name: "renamed",
      status: "Pending",
      dateCreated: body.dateCreated,
    });
    expect(renamed).not.toHaveProperty("description");
    expect(renamed.dateModified).not.toBe(body.dateModified);
    expect((await put({ status: "Inactive" })).body.status).toBe("Inactive");
    expect((await put({})).body.status).toBe("Inactive");
    expect((await put({ status: "Active" })).body.status).toBe("Pending");
    await deploymentActive(org, body.id);
  });

  test("a guest reads the active configuration without a token, unless assumed otherwise", async () => {
    const read = async (where: TestOrg) => {
      const { body } = await create(deployment(await published(where)), where);
      return send(`${where.url}/api/v2/webdeployments/deployments/${body.id}/configurations`, "GET");
    };
    const answer = await read(org);
    expect(answer.body).toMatchObject({
      configurationVersion: { version: "1" },
      deployment: { name: "site" },
    });
    expect((await inOrg({ choices: { guestReadWithoutToken: false } }, read)).status).toBe(401);
  });

  test("the list can show whole configurations", async () => {
    const id = await published();
    const { body } = await create(deployment(id));
    const listed = async (query: string) =>
      (await org.api("GET", `/webdeployments/deployments${query}`)).body.entities.find(
        (entity: { id: string }) => entity.id === body.id,
      );
    expect((await listed("")).configuration).toEqual({ id, version: "1", name: "n" });
    expect((await listed("?expand=Configuration")).configuration).toMatchObject({ id, description: "d" });
  });

  test("identity resolution is kept beside it", async () => {
    const { body } = await create(deployment(await published()));
    const path = `/webdeployments/deployments/${body.id}/identityresolution`;
    expect((await org.api("GET", path)).body.resolveIdentities).toBe(false);
    await org.api("PUT", path, { resolveIdentities: true, automerge: { webTracking: true } });
    expect((await org.api("GET", path)).body).toMatchObject({
      resolveIdentities: true,
      automerge: { webTracking: true },
    });
  });

  test("the runtime files show what is live, without a token; an unknown id is 403", async () => {
    const settings = { enabled: true, integrationId: NOBODY };
    const id = await activeDraft(org, { name: "n", authenticationSettings: settings });
    await publish(org, id);
    const { body } = await create(
      deployment(id, { allowAllDomains: false, allowedDomains: ["shop.example"] }),
    );
    const file = (name: string, of = body.id) =>
      send(`${org.url}/webdeployments/v1/deployments/${of}/${name}`, "GET");
    await deploymentActive(org, body.id);
    const config = (await file("config.json")).body;
    expect(config).toMatchObject({
      version: "1",
      status: "Active",
      auth: { enabled: true, allowSessionUpgrade: false },
    });
    expect(JSON.stringify(config)).not.toContain(NOBODY);
    expect((await file("domains.json")).body).toEqual({
      allowAllDomains: false,
      allowedDomains: ["shop.example"],
    });
    expect((await file("config.json", NOBODY)).status).toBe(403);
    await org.api("DELETE", `/webdeployments/deployments/${body.id}`);
    expect((await file("domains.json")).status).toBe(403);
  });

  test("the CDN goes on serving what it has, for as long as its cache lives; what it lacks, it looks for", () =>
    inOrg({ delays: { ...fastDelays, cdnCacheMs: 60_000, deploymentActivationMs: 60_000 } }, async (own) => {
      const id = await activeDraft(own, { name: "n" });
      await publish(own, id);
      const { body } = await own.api("POST", "/webdeployments/deployments", {
        name: "site",
        allowAllDomains: true,
        configuration: { id, version: "1" },
      });
      const file = (name: string, of = body.id) =>
        send(`${own.url}/webdeployments/v1/deployments/${of}/${name}`, "GET");
      expect((await file("config.json")).body.status).toBe("Inactive");
      expect((await file("domains.json", NOBODY)).status).toBe(403);
      const before = (await file("domains.json")).body;
      await own.api("DELETE", `/webdeployments/deployments/${body.id}`);
      expect((await file("domains.json")).body).toEqual(before);
    }));
});

describe("deleting what is in use", () => {
  const all = {
    deleteUsedCredential: "refused",
    deleteUsedIntegration: "refused",
    deleteUsedConfiguration: "refused",
  } as const;

  /** One of each, each used by the next. */
  async function chain(own: TestOrg): Promise<string[]> {
    const credential = await newCredential(own);
    const integration = await newIntegration(own);
    const credentials = { [CREDENTIAL]: { id: credential.id } };
    await own.api("PUT", `/integrations/${integration.id}/config/current`, config({ credentials }));
    const settings = { enabled: true, integrationId: integration.id };
    const configurationId = await activeDraft(own, { name: "n", authenticationSettings: settings });
    await publish(own, configurationId);
    const deployment = await own.api("POST", "/webdeployments/deployments", {
      name: "site",
      allowAllDomains: true,
      configuration: { id: configurationId, version: "1" },
    });
    return [
      `/integrations/credentials/${credential.id}`,
      `/integrations/${integration.id}`,
      `/webdeployments/configurations/${configurationId}`,
      `/webdeployments/deployments/${deployment.body.id}`,
    ];
  }

  async function deleteAll(own: TestOrg, paths: string[]): Promise<number[]> {
    const statuses = [];
    for (const path of paths) statuses.push((await own.api("DELETE", path)).status);
    return statuses;
  }

  test("is allowed by assumption, and what is gone is 404", () =>
    inOrg({}, async (own) => {
      const paths = await chain(own);
      expect(await deleteAll(own, paths)).toEqual([204, 200, 204, 204]);
      expect(await deleteAll(own, paths)).toEqual([404, 404, 404, 404]);
    }));

  test("is refused by the other one, until its user is gone", () =>
    inOrg({ choices: all }, async (own) => {
      const paths = await chain(own);
      expect(await deleteAll(own, paths.slice(0, 3))).toEqual([409, 409, 409]);
      expect(await deleteAll(own, paths.toReversed())).toEqual([204, 204, 200, 204]);
    }));
});

test("names may be shared by assumption; by the other one they may not", async () => {
  await newCredential(org, "twin");
  expect((await org.api("POST", "/integrations/credentials", credentialBody("twin"))).status).toBe(200);
  await inOrg({ choices: { duplicateNames: "refused" } }, async (own) => {
    await newCredential(own, "twin");
    expect((await own.api("POST", "/integrations/credentials", credentialBody("twin"))).status).toBe(409);
  });
});

describe("what CX as Code asks for at its start", () => {
  test("the organization with its country, and its products", async () => {
    expect((await org.api("GET", "/organizations/me")).body.defaultCountryCode).toBe("DE");
    const { total, entities } = (await org.api("GET", "/authorization/products")).body;
    expect([total, entities[0].id]).toEqual([1, "purecloud"]);
    expect((await send(`${org.url}/api/v2/organizations/me`, "GET")).status).toBe(401);
  });
});

describe("control paths of the sandbox", () => {
  test("health, and the vendor requests without their queries", () =>
    inOrg({}, async ({ url, api }) => {
      const control = (path: string, method = "GET") => send(`${url}/_sandbox/${path}`, method);
      expect((await control("health")).body).toEqual({
        sandbox: "authenticated-messaging",
        vendor: "genesys",
        org: "dev",
      });
      expect((await control("requests", "DELETE")).status).toBe(204);
      await api("GET", "/integrations?pageSize=7");
      await api("GET", `/integrations/${NOBODY}`);
      const { count, entries } = (await control("requests")).body;
      expect(count).toBe(2);
      expect(entries).toMatchObject([
        { method: "GET", path: "/api/v2/integrations", status: 200 },
        { method: "GET", path: `/api/v2/integrations/${NOBODY}`, status: 404 },
      ]);
    }));
});
