import { randomBytes } from "node:crypto";
import { nextId, type Org } from "./org.ts";
import type { Consumer, Credentials, StagedCredentials } from "./state.ts";

const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000;

/** The OAuth consumer of an app, if the app has global OAuth settings. */
export function consumerOf(org: Org, app: string): Consumer | undefined {
  return org.store.state.consumers.find((consumer) => consumer.app === app);
}

/** Every key that is known to the org, in any state; keys are unique. */
export function keyIsTaken(org: Org, key: string): boolean {
  return org.store.state.consumers.some((consumer) => consumer.key === key || consumer.staged?.key === key);
}

/** Makes the consumer of an app; what is not supplied is generated. */
export function createConsumer(org: Org, app: string, supplied: Partial<Credentials>): Consumer {
  const consumer = {
    id: nextId(org, "888"),
    app,
    key: supplied.key ?? newKey(),
    secret: supplied.secret ?? newSecret(),
    keySince: Date.now(),
  };
  org.store.state.consumers.push(consumer);
  return consumer;
}

export function forgetConsumer(org: Org, app: string): void {
  org.store.state.consumers = org.store.state.consumers.filter((consumer) => consumer.app !== app);
}

/** The value that ties an app's OAuth settings to its consumer. */
export function oauthLink(org: Org, consumer: Consumer): string {
  return `${org.store.state.orgId}:${consumer.id}`;
}

/** Replaces the key at once; the old one dies. */
export function rotateKey(consumer: Consumer): void {
  consumer.key = newKey();
  consumer.keySince = Date.now();
}

/** Replaces the secret at once; the old one dies. */
export function rotateSecret(consumer: Consumer): void {
  consumer.secret = newSecret();
}

/** Puts a new pair into the consumer's second slot. */
export function stage(org: Org, consumer: Consumer, createdBy: string): StagedCredentials {
  consumer.staged = { id: nextId(org, "0dS"), key: newKey(), secret: newSecret(), ...newSlot(createdBy) };
  return consumer.staged;
}

function newSlot(createdBy: string) {
  const now = Date.now();
  return {
    state: "Active" as const,
    createdBy,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + THIRTY_DAYS_MS).toISOString(),
  };
}

/** The staged pair becomes the current one; the replaced pair takes its slot and works for 30 days more. */
export function rotateIn(consumer: Consumer, staged: StagedCredentials): void {
  const replaced = { key: consumer.key, secret: consumer.secret };
  consumer.key = staged.key;
  consumer.secret = staged.secret;
  consumer.keySince = Date.now();
  const expiresAt = new Date(Date.now() + THIRTY_DAYS_MS).toISOString();
  consumer.staged = { ...staged, ...replaced, state: "Rotated", expiresAt };
}

export function isExpired(staged: StagedCredentials): boolean {
  return Date.parse(staged.expiresAt) <= Date.now();
}

/** The consumer that answers to this key now, and the pair it does so with. */
export function consumerByKey(
  org: Org,
  key: string,
): { consumer: Consumer; credentials: Credentials } | undefined {
  for (const consumer of org.store.state.consumers) {
    if (consumer.key === key && isPropagated(org, consumer)) return { consumer, credentials: consumer };
    const { staged } = consumer;
    if (staged?.key === key && stagedPairWorks(org, staged)) return { consumer, credentials: staged };
  }
  return undefined;
}

function isPropagated(org: Org, consumer: Consumer): boolean {
  return hasSpread(org, consumer.keySince);
}

function hasSpread({ delays }: Org, since: number): boolean {
  return Date.now() >= since + delays.clientPropagationMs;
}

/** The callback URLs that the authorization server goes by, when these are the ones set now. */
export function spreadCallbackUrl(
  org: Org,
  { replacedCallbackUrl: replaced }: Consumer,
  current: unknown,
): string {
  const isOld = replaced !== undefined && !hasSpread(org, replaced.at);
  return isOld ? replaced.value : String(current ?? "");
}

/** Notes that the callback URLs change, from these to others. */
export function replaceCallbackUrl(org: Org, consumer: Consumer, current: unknown): void {
  consumer.replacedCallbackUrl = { value: spreadCallbackUrl(org, consumer, current), at: Date.now() };
}

function stagedPairWorks(org: Org, staged: StagedCredentials): boolean {
  if (isExpired(staged)) return false;
  return staged.state === "Rotated" || org.assumptions.stagedPairBeforeRotation.chosen === "works";
}

const newKey = () => `3MVG9${randomBytes(60).toString("base64url").replaceAll("-", ".")}`;
const newSecret = () => randomBytes(32).toString("hex").toUpperCase();
