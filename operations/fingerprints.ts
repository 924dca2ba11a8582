import { createHash, createHmac, randomBytes } from "node:crypto";

/** Stands for a secret: equal for equal secrets, and of no other use. */
export type Fingerprint = (secret: string) => string;

/**
 * Fingerprints under a key that is made for this run and never shown: nobody can try secrets against them, however
 * short a secret is, and they cannot be compared with those of another run.
 */
export function fingerprints(): Fingerprint {
  const key = randomBytes(32);
  return (secret) => `fingerprint ${createHmac("sha256", key).update(secret).digest("hex").slice(0, 12)}`;
}

/** Stands for a value that names a person, in every run alike: enough to tell two apart, too little to find one. */
export function hashed(value: string): string {
  const digest = createHash("sha256").update(value).digest("hex").slice(0, 12);
  return `${value.length} characters, SHA-256 ${digest}`;
}
