import { calculateJwkThumbprint, type JWK } from "jose";
import { documentOrWhyNot } from "../publicDocuments.ts";

type Document = Record<string, unknown>;

/**
 * The keys that sign ID tokens, each by its thumbprint (RFC 7638), or the words for why they cannot be read.
 *
 * @param discovery the discovery document, or the words for why there is none
 */
export async function signingKeys(discovery: Document | string): Promise<Document | string> {
  if (typeof discovery === "string") return "not readable: no discovery document";
  const url = String(discovery.jwks_uri);
  if (!URL.canParse(url)) return "not readable: the discovery document does not say where they are";
  const document = await documentOrWhyNot(url);
  if (typeof document === "string") return document;
  const keys = (Array.isArray(document.keys) ? document.keys : []) as JWK[];
  const shown = await Promise.all(
    keys.map(async (key) => {
      const { kid, kty, use, alg } = key;
      const thumbprint = await calculateJwkThumbprint(key).catch(() => "none");
      return { kid, kty, use, alg, thumbprint };
    }),
  );
  return { count: keys.length, ...shown };
}
