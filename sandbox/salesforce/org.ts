import { randomBytes } from "node:crypto";
import type { SalesforceAssumptions } from "../assumptions.ts";
import type { Delays } from "../delays.ts";
import type { LogIns } from "../logIns.ts";
import type { Store } from "../store.ts";
import { recordId } from "./recordId.ts";
import type { SalesforceState, Session, User } from "./state.ts";

/** One running org: what it remembers, how it behaves, and where it listens. */
export interface Org {
  logIns: LogIns;
  store: Store<SalesforceState>;
  delays: Delays;
  assumptions: SalesforceAssumptions;
  /** The instance URL, without a trailing slash; known once the server listens. */
  url: string;
}

/** A new 18-character record id with this key prefix. */
export function nextId(org: Org, prefix: string): string {
  org.store.state.lastRecord += 1;
  return recordId(prefix, org.store.state.lastRecord);
}

/** The start of every access token: the org's id and `!`. */
export function tokenPrefix(org: Org): string {
  return `${org.store.state.orgId.slice(0, 15)}!`;
}

const SESSION_MS = 2 * 60 * 60 * 1000;

/** Logs a user in to the API, for two hours. */
export function openSession(org: Org, user: User): string {
  const accessToken = `${tokenPrefix(org)}AQ${randomBytes(48).toString("hex")}`;
  const expiresAt = Date.now() + SESSION_MS;
  org.store.state.sessions = [
    ...org.store.state.sessions.filter(isAlive),
    { accessToken, userId: user.id, expiresAt },
  ];
  org.store.save();
  return accessToken;
}

/** The user whose API session this is, or `undefined` when the token is unknown or the user is not active. */
export function sessionUser(org: Org, accessToken: string | undefined): User | undefined {
  const session = org.store.state.sessions.filter(isAlive).find((alive) => alive.accessToken === accessToken);
  return org.store.state.users.find((user) => user.isActive && user.id === session?.userId);
}

function isAlive({ expiresAt = Number.POSITIVE_INFINITY }: Session): boolean {
  return Date.now() < expiresAt;
}

/** The id of a user, by the user name; empty when the user is gone. */
export function userId({ store }: Org, username: string): string {
  return store.state.users.find((user) => user.username === username)?.id ?? "";
}

/**
 * What names a user outside the org; the `id` of a token answer and the `sub` of an ID token.
 * @param host the org's own address, unless given
 */
export function identityUrl(org: Org, user: User, host = org.url): string {
  return `${host}/id/${org.store.state.orgId}/${user.id}`;
}
