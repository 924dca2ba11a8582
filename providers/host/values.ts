/** Property bags as they cross between engine and host: protobuf structures in which secrets are marked. */
import structs, { type Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Bag } from "../provider.ts";

/** The engine's mark of a secret (`resource.SigKey` and `resource.SecretSig` in its sources). */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What of a value is secret: all, nothing, or some of its parts by name. A list with a secret in it is all secret. */
export type Secrecy = boolean | { readonly [name: string]: Secrecy };

/** The bag without marks, and what was marked in it. */
export function received(struct: Struct | undefined): { bag: Bag; secrecy: Secrecy } {
  const marked = struct?.toJavaScript() ?? {};
  return { bag: plain(marked) as Bag, secrecy: secrecyOf(marked) };
}

/** The bag with marks on what any of the sources says is secret. */
export function sent(bag: Bag, ...sources: Secrecy[]): Struct {
  const secrecy = sources.reduce(both, false);
  return structs.Struct.fromJavaScript(marked(bag, secrecy === true ? everyPart(bag) : secrecy) as never);
}

/** These properties, whatever they hold. */
export function secretOnes(names: readonly string[]): Secrecy {
  return Object.fromEntries(names.map((name) => [name, true]));
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is { value: unknown } {
  return isBag(value) && value[signature] === secretSignature;
}

function plain(value: unknown): unknown {
  if (isSecret(value)) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  return isBag(value) ? mapped(value, plain) : value;
}

function secrecyOf(value: unknown): Secrecy {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some((part) => isAny(secrecyOf(part)));
  return isBag(value) && mapped(value, secrecyOf);
}

function marked(value: unknown, secrecy: Secrecy): unknown {
  if (secrecy === false || value === undefined) return value;
  if (secrecy === true) return { [signature]: secretSignature, value };
  // No parts any more: where the secret is now cannot be told, so all of it is one.
  if (!isBag(value)) return marked(value, Object.values(secrecy).some(isAny));
  return mapped(value, (part, name) => marked(part, secrecy[name] ?? false));
}

function isAny(secrecy: Secrecy): boolean {
  return typeof secrecy === "boolean" ? secrecy : Object.values(secrecy).some(isAny);
}

function both(one: Secrecy, other: Secrecy): Secrecy {
  if (typeof one === "boolean") return one || other;
  if (typeof other === "boolean") return other || one;
  const names = [...Object.keys(one), ...Object.keys(other)];
  return Object.fromEntries(names.map((name) => [name, both(one[name] ?? false, other[name] ?? false)]));
}

function everyPart(bag: Bag): Secrecy {
  return secretOnes(Object.keys(bag));
}

function mapped<T>(bag: Bag, change: (value: unknown, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(bag).map(([name, value]) => [name, change(value, name)]));
}
