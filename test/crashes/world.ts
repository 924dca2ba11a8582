import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { type Host, openStack, type Run, type Stack, succeeded } from "../engine/stack.ts";
import { logIns, settingsFor } from "../engine/vendors.ts";

/** What is done to the whole set while something is killed. */
export const operations = ["create", "update", "replace", "destroy"] as const;
export type Operation = (typeof operations)[number];

/** Both vendors and one stack on the real engine, that can be put back to where an operation begins. */
export interface World {
  sandbox: Sandbox;
  stack: Stack;
  /** Has the vendors, the state and the settings as they are right before the operation. */
  begin(operation: Operation, host: Host): Promise<void>;
  /** Runs the operation; the settings stay those that it wants. */
  run(operation: Operation): Promise<Run>;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const limits = { requestsPerMinute: Infinity, loginsPerMinute: Infinity };
  const sandbox = await startSandbox({ limits });
  const closing = [sandbox.stop];
  const settings = settingsFor(sandbox);
  const stack = await openStack({ settings, environment: logIns }, (close) => closing.push(close));
  const nothing = await momentOf(sandbox, stack);
  const sets = new Map<Host, Moment>();

  /** The set as this host has made it. */
  async function madeBy(host: Host): Promise<Moment> {
    const known = sets.get(host);
    if (known) return known;
    await putBack(sandbox, stack, nothing);
    await succeeded(stack.up());
    const made = await momentOf(sandbox, stack);
    sets.set(host, made);
    return made;
  }

  return {
    sandbox,
    stack,
    async begin(operation, host) {
      stack.changeHost(host);
      await stack.configure(settings);
      await putBack(sandbox, stack, operation === "create" ? nothing : await madeBy(host));
    },
    async run(operation) {
      if (operation === "destroy") return stack.destroy();
      if (operation === "update") await stack.configure(everythingChanged(settings));
      return stack.up(...(operation === "replace" ? await replacements(stack) : []));
    },
    async close() {
      for (const close of closing.toReversed()) await close();
    },
  };
}

/** Another value for an input of every member, as far as it can change in place. */
function everythingChanged(settings: ReturnType<typeof settingsFor>) {
  return {
    ...settings,
    displayName: "Visitors",
    contactEmail: "web-team@sandbox.example",
    description: "Sign-in of the shop",
    callbackUrls: [...settings.callbackUrls, "https://help.example/signed-in"],
    scopes: ["openid", "profile", "refresh_token"],
    idToken: { ...settings.idToken, validityInMinutes: 10 },
    policies: { ...settings.policies, refreshTokenValidityPeriod: 7 },
    integrationProperties: { maxRefreshTokenLifetime: 3_600 },
    languages: ["en-us", "fr"],
    messenger: { ...settings.messenger, styles: { primaryColor: "#102030" } },
    allowedDomains: ["help.example", "127.0.0.1"],
  };
}

async function replacements(stack: Stack): Promise<string[]> {
  const urns = (await stack.resources())
    .map(({ urn }) => urn)
    .filter((urn) => urn.includes("pulumi-nodejs:"));
  return urns.filter((urn) => !urn.includes("pulumi:providers:")).flatMap((urn) => ["--replace", urn]);
}

/** What both vendors and the stack remember. */
interface Moment {
  vendors: object[];
  state: string;
}

const storesOf = ({ salesforce, genesys }: Sandbox) => [salesforce.store, genesys.store];

async function momentOf(sandbox: Sandbox, stack: Stack): Promise<Moment> {
  const vendors = storesOf(sandbox).map(({ state }) => structuredClone(state));
  return { vendors, state: await readFile(stack.stateFile, "utf8") };
}

async function putBack(sandbox: Sandbox, stack: Stack, { vendors, state }: Moment): Promise<void> {
  for (const [index, store] of storesOf(sandbox).entries()) {
    const present = store.state as unknown as Record<string, unknown>;
    for (const key of Object.keys(present)) delete present[key];
    Object.assign(present, structuredClone(vendors[index]));
  }
  await rm(join(stack.stateFolder, "locks"), { recursive: true, force: true });
  await writeFile(stack.stateFile, state);
}
