import { XMLBuilder, XMLParser } from "fast-xml-parser";
import type { Answer } from "./way.ts";

/** What can be wrong with a value of an answer, by name. JSON and SOAP alike: an element is a value. */
export const mutations = {
  missing: () => undefined,
  null: () => null,
  "wrong type": (value) => otherType(value),
  empty: (value) => emptied(value),
  "huge text": () => "x".repeat(500_000),
  "huge list": (value) => Array.from({ length: 2_000 }, () => (Array.isArray(value) ? value[0] : value)),
  deep: () => deepMark,
  "unknown word": () => "NewInThisRelease",
  doubled: (value) => (Array.isArray(value) ? [...value, ...value] : [value, value]),
} satisfies Record<string, (value: unknown) => unknown>;

/** What can be wrong with an answer as a whole. */
export const wholes = {
  "no body": (answer) => ({ ...answer, body: "" }),
  "broken off": (answer) => ({ ...answer, body: answer.body.slice(0, answer.body.length / 2) }),
  "a web page": (answer) => ({
    ...answer,
    contentType: "text/html",
    body: "<html><h1>Be right back</h1></html>",
  }),
  "another kind": (answer) => ({ ...answer, contentType: "application/json", body: "42" }),
  "another document": (answer) => ({ ...answer, contentType: "text/xml", body: "<a><b>1</b></a>" }),
} satisfies Record<string, (answer: Answer) => Answer>;

export type MutationName = keyof typeof mutations | keyof typeof wholes;
export const mutationNames = [...Object.keys(mutations), ...Object.keys(wholes)] as MutationName[];

/** The answer with one of its values put wrong, and which one that is. */
export function mutated(answer: Answer, name: MutationName, place: number): { answer: Answer; at: string } {
  if (name in wholes) return { answer: wholes[name as keyof typeof wholes](answer), at: "the whole" };
  const document = documentOf(answer);
  if (document === undefined) return { answer: wholes["no body"](answer), at: "the whole" };
  const places = placesIn(document.tree);
  const path = places[place % places.length] ?? [];
  const tree = changed(document.tree, path, mutations[name as keyof typeof mutations]);
  const body = document.text(tree).replace(document.deepMark, document.deep);
  return { answer: { ...answer, body }, at: path.join(".") || "the top" };
}

/** Stands where text that is nested deeper than any serialiser goes will be. */
const deepMark = "@deep@";

interface Document {
  tree: unknown;
  /** How the mark is written, and what takes its place. */
  deepMark: string;
  deep: string;
  text(tree: unknown): string;
}

const attributes = { ignoreAttributes: false, attributeNamePrefix: "@" };

function documentOf({ contentType, body }: Answer): Document | undefined {
  if (contentType.startsWith("application/json") && body !== "")
    return {
      tree: JSON.parse(body),
      deepMark: JSON.stringify(deepMark),
      deep: "[".repeat(20_000) + "]".repeat(20_000),
      text: (tree) => JSON.stringify(tree) ?? "",
    };
  if (!contentType.startsWith("text/xml")) return undefined;
  const whole = new XMLParser({ ...attributes, parseTagValue: false }).parse(body);
  const envelope = whole["soapenv:Envelope"];
  const text = (tree: unknown) =>
    new XMLBuilder(attributes).build({
      "soapenv:Envelope": { ...envelope, "soapenv:Body": elementOf(tree) },
    });
  const deep = "<a>".repeat(3_000) + "</a>".repeat(3_000);
  return { tree: envelope["soapenv:Body"], deepMark, deep, text };
}

/** SOAP has its own way to say that there is no value. */
function elementOf(tree: unknown): unknown {
  if (tree === null) return { "@xsi:nil": "true" };
  if (Array.isArray(tree)) return tree.map(elementOf);
  if (typeof tree !== "object") return tree;
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, elementOf(value)]));
}

/** The paths of all values; of a list, those in its first and last entry. */
function placesIn(tree: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof tree !== "object" || tree === null) return [path];
  const keys = Object.keys(tree).filter((key) => !key.startsWith("@"));
  const some = Array.isArray(tree) ? [...new Set([keys[0], keys.at(-1)])] : keys;
  return [
    path,
    ...some.flatMap((key) => (key === undefined ? [] : placesIn(tree[key as never], [...path, key]))),
  ];
}

function changed(
  tree: unknown,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(tree);
  const copy = (Array.isArray(tree) ? [...tree] : { ...(tree as object) }) as Record<string, unknown>;
  const value = changed(copy[key], rest, change);
  if (value !== undefined) copy[key] = value;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

function otherType(value: unknown): unknown {
  if (typeof value === "string") return { a: { b: [1] } };
  if (Array.isArray(value)) return { length: 1 };
  if (typeof value === "object") return "text";
  return ["x"];
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === "object" && value !== null) return {};
  return typeof value === "number" ? 0 : "";
}
