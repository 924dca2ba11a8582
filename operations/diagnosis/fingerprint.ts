import { createHash } from "node:crypto";

/** The beginning of a secret's hash: enough to tell two apart, nothing to get it back from. */
export function fingerprint(secret: unknown): string {
  return typeof secret === "string" && secret !== ""
    ? `sha256:${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`
    : "none";
}
