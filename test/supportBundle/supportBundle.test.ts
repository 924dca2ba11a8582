import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import type { OpenedSet } from "../../operations/stack/messagingSet.ts";
import { type Bundle, zipped } from "../../operations/supportBundle/bundle.ts";
import { collectBundle } from "../../operations/supportBundle/collect.ts";
import { refuseExisting, save } from "../../operations/supportBundle/save.ts";
import { genesysClient, salesforceAdmin, visitor } from "../../sandbox/accounts.ts";
import { openedSet } from "../operations/openedSet.ts";
import { startOrgs } from "../providers/sandboxSet.ts";
import { createSet } from "../providers/wholeSet.ts";

const { signal } = new AbortController();
const options = { signal, withinMs: 60_000 };
const logIns: Record<string, string> = {
  genesysClientSecret: genesysClient.clientSecret,
  salesforceClientSecret: salesforceAdmin.clientSecret,
  genesysRegion: "eu-central-1",
};

afterEach(() => vi.unstubAllGlobals());

async function opened() {
  const { sandbox, connections } = await startOrgs();
  const whole = await createSet(connections);
  const set: OpenedSet = { ...openedSet(whole, connections), setting: (key) => logIns[key] };
  return { sandbox, set };
}

function filesIn(bundle: Bundle): Record<string, string> {
  const files = Object.entries(unzipSync(zipped(bundle)));
  return Object.fromEntries(files.map(([name, content]) => [name, strFromU8(content)]));
}

/** What was sent and got in the open, and a fetch by which a vendor repeats in its errors all that it was sent. */
function repeatingVendor() {
  const real = fetch;
  const exchanged: string[] = [];
  const errors: string[] = [];
  vi.stubGlobal("fetch", async (input: URL | string, init: RequestInit = {}) => {
    const sent = [String(input), String(init.body ?? ""), JSON.stringify([...new Headers(init.headers)])];
    const answer = await real(input, init);
    const text = await answer.clone().text();
    exchanged.push(...sent, text, answer.headers.get("location") ?? "", ...answer.headers.getSetCookie());
    if (!/oauthcodegrantjwtexchange|oauth2\/token|token\/refresh/.test(String(input))) return answer;
    const said = `You sent ${sent.map(decodeURIComponent).join(" and ")}`;
    errors.push(said);
    const body = { error: "invalid_grant", error_description: said, message: said, contextId: "context-1" };
    return new Response(JSON.stringify(body), {
      status: 400,
      headers: { "content-type": "application/json" },
    });
  });
  return { exchanged, errors };
}

const secretName =
  "code|nonce|state|code_verifier|codeVerifier|client_secret|password|refresh_token|access_token|id_token|jwt";

/** The secrets in what was sent and got, by their names; and log-ins in headers. */
function secretsIn(texts: readonly string[]): string[] {
  const all = texts.join("\n");
  const named = new RegExp(`(?:"|[?&]|^)(?:${secretName})(?:":\\s*"|=)([^"&\\s]{8,})`, "gm");
  const authorization = /(?:Basic|Bearer) ([\w.+/=-]{8,})/g;
  const cookies = /(?:^|")(?!grant_type)\w+=([\w-]{16,})/gm;
  return [named, authorization, cookies].flatMap((shape) =>
    [...all.matchAll(shape)].map(([, value = ""]) => decodeURIComponent(value)),
  );
}

/** Which of the secrets stand in a text, as they are or as in a URL. */
function leaks(secrets: readonly string[], text: string): string[] {
  return secrets.filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
}

it("holds no secret, also when both vendors repeat in their errors all that they were sent", async () => {
  const { sandbox, set } = await opened();
  const { exchanged, errors } = repeatingVendor();
  const bundle = await collectBundle(set, { ...options, visitor });
  const { clientSecret } = set.set.members.credential?.outputs ?? {};
  const known = [visitor.password, String(clientSecret), ...Object.values(logIns).slice(0, 2)];
  const secrets = [...new Set([...known, ...secretsIn(exchanged)])];
  const issued = Object.values(sandbox.salesforce.store.state.consumers).map(({ secret }) => secret);
  const whole = Object.values(filesIn(bundle)).join("\n");
  expect(leaks([...secrets, ...issued], whole)).toEqual([]);

  // The search finds what is there: codes, verifiers and secrets do stand in what the vendors said.
  expect(errors.length).toBeGreaterThanOrEqual(2);
  for (const said of errors) expect(leaks(secrets, said).length).toBeGreaterThan(2);
  expect(secrets.length).toBeGreaterThan(12);
  expect(leaks(secrets, JSON.stringify({ ...bundle, leaked: exchanged })).length).toBeGreaterThan(10);
  // And what the vendors said is in the bundle, but for that.
  expect(whole).toContain("You sent ");
});

it("holds what support asks for of a sign-in that Genesys refuses", async () => {
  const { sandbox, set } = await opened();
  sandbox.faults.on("eca-ghost");
  const bundle = await collectBundle(set, { ...options, visitor });
  const files = filesIn(bundle);
  expect(Object.keys(files)).toEqual(["README.md", ...bundle.files.map(({ name }) => name)]);
  const signIn = JSON.parse(files["sign-in.json"] ?? "");
  expect(signIn).toMatchObject({
    direct: {
      ok: true,
      idToken: { alg: "RS256", nonce: "as sent", sub: expect.stringMatching(/SHA-256 \w{12}$/) },
    },
    throughGenesys: { ok: false, failed: { step: "exchange", code: "SIGN_IN_EXCHANGE_REFUSED" } },
  });
  const { contextId } = signIn.throughGenesys.failed.evidence;
  const refused = bundle.requests.find((request) => request.contextId === contextId);
  expect(refused).toMatchObject({ status: 401, at: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(refused?.correlationId).toBeTruthy();
  for (const part of [
    contextId,
    "| eu-central-1 |",
    `| Salesforce organization, id | ${sandbox.salesforce.store.state.orgId} (instance SANDBOX) |`,
    "| Genesys organization, id | 00000000-0000-4000-8000-000000000001 (Sandbox) |",
    "| 1, redeemed at Salesforce | ",
    `| 2, redeemed by Genesys | ${refused?.at} | POST `,
    "External Client App: the OAuth client",
    set.set.pageContract.deploymentId,
    ...Object.keys(files),
  ]) {
    if (part !== "README.md") expect(files["README.md"]).toContain(part);
  }
  expect(bundle.summary.join("\n")).toMatch(
    /Sign-in 1: [\s\S]*Genesys alone refuses[\s\S]*Sign-in 2 ended at the step exchange with SIGN_IN_EXCHANGE_REFUSED, status 401, contextId [\w-]+: Genesys[\s\S]*None of the known causes/,
  );
  for (const sentence of bundle.summary) expect(files["README.md"]).toContain(`- ${sentence}`);
  const { checks } = JSON.parse(files["diagnosis.json"] ?? "");
  expect(checks.length).toBeGreaterThan(20);
  expect(checks.filter(({ status }: { status: string }) => status === "finding")).toEqual([]);
  const provider = JSON.parse(files["identity-provider.json"] ?? "");
  expect(provider.discovery.issuer).toBe(set.set.pageContract.issuer);
  expect(provider.keys[0].thumbprint).toMatch(/^[\w-]{43}$/);
  expect(JSON.parse(files["comparison.json"] ?? "").differences).toEqual([]);
  const settings = JSON.parse(files["settings.json"] ?? "");
  expect(settings.deployment.status).toBe("Active");
  expect(settings.ECA.consumerSecret).toMatch(/^fingerprint /);
  expect(settings.credential["has the app's client secret"]).toBe("yes");
}, 60_000);

it("needs nobody to sign in, and tells of each part that could not be made why", async () => {
  const { sandbox, set } = await opened();
  sandbox.faults.on("html-answer", { vendor: "genesys" });
  const bundle = await collectBundle(set, { ...options, withinMs: 3_000 });
  const files = filesIn(bundle);
  const settings = JSON.parse(files["settings.json"] ?? "");
  expect(settings.error.code).toMatch(/GENESYS_UNEXPECTED_ANSWER|VENDORS_TOO_SLOW/);
  expect(settings.error.next).toMatch(/\w/);
  expect(bundle.summary.join("\n")).toMatch(
    /Nobody signed in[\s\S]*could not be looked for: A\d[\s\S]*settings\.json could not be made: /,
  );
  expect(bundle.facts["Genesys organization, id"]).toMatch(
    /^could not be read: (?:GENESYS_UNEXPECTED_ANSWER|VENDORS_TOO_SLOW)$/,
  );
  expect(bundle.facts["Salesforce organization, id"]).toMatch(/^00D/);
  expect(JSON.parse(files["sign-in.json"] ?? "").probes.length).toBeGreaterThan(2);
  expect(JSON.parse(files["identity-provider.json"] ?? "").keys.count).toBe(1);
  expect(bundle.requests.length).toBeGreaterThan(4);
}, 60_000);

it("does not hide that it was interrupted", async () => {
  const { set } = await opened();
  const interrupted = AbortSignal.abort(new Error("Interrupted"));
  await expect(collectBundle(set, { ...options, signal: interrupted, visitor })).rejects.toThrow(
    "Interrupted",
  );
});

it("is written for its owner alone, over no other file, and says where it cannot be written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bundle-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "bundle.zip");
  await refuseExisting(file);
  await save(file, new Uint8Array([1, 2]));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await writeFile(file, "mine");
  await expect(refuseExisting(file)).rejects.toThrow(/SUPPORT_BUNDLE_EXISTS[\s\S]*--output/);
  await expect(save(file, new Uint8Array())).rejects.toThrow("SUPPORT_BUNDLE_EXISTS");
  expect(await readFile(file, "utf8")).toBe("mine");
  await expect(save(join(folder, "no", "bundle.zip"), new Uint8Array())).rejects.toThrow(
    /SUPPORT_BUNDLE_NOT_WRITTEN[\s\S]*ENOENT/,
  );
});
