import type { Call } from "../fault.ts";

/** Requests by which a sign-in goes through Salesforce or a site of it, as faults recognise them. */
export const isDiscovery = ({ method, path }: Call): boolean =>
  method === "GET" && path.endsWith("/.well-known/openid-configuration");

export const isKeys = ({ method, path }: Call): boolean => method === "GET" && path.endsWith("/id/keys");

/** A code is redeemed, by Genesys or by anybody else. */
export const isRedemption = (call: Call): boolean =>
  call.method === "POST" &&
  call.path.endsWith("/services/oauth2/token") &&
  formOf(call).get("grant_type") === "authorization_code";

export function formOf({ request }: Call): URLSearchParams {
  return new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString() : "");
}
