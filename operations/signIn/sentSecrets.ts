import { type Answer, jsonOf } from "../http.ts";

/** Names under which a sign-in sends and gets what nobody else may see. */
const secretNames = new Set([
  "code",
  "state",
  "nonce",
  "code_verifier",
  "codeVerifier",
  "client_secret",
  "password",
  "access_token",
  "refresh_token",
  "refreshToken",
  "id_token",
  "token",
  "jwt",
]);

/** The secrets that a request sends, or that its answer brings. An error's `code` is none. */
export function secretsIn(url: URL | string, { headers, body }: RequestInit, answer?: Answer): string[] {
  const { authorization, cookie } = Object.fromEntries(new Headers(headers));
  const location = answer?.headers.get("location");
  const pairs = [
    ...new URL(url).searchParams,
    ...(location ? (URL.parse(location, url)?.searchParams ?? []) : []),
    ...pairsIn(bodyOf(body)),
    ...pairsIn(answer && jsonOf(answer)).filter(([name]) => name !== "code"),
  ];
  const named = pairs.filter(([name]) => secretNames.has(name)).map(([, value]) => value);
  // Of a cookie that is set, the rest are attributes.
  const set = answer?.headers.getSetCookie().map((line) => line.split(";", 1)[0]) ?? [];
  const cookies = [cookie, ...set].flatMap(cookieValues);
  return [...named, ...cookies, authorization?.replace(/^\w+ /, "") ?? ""].filter((value) => value !== "");
}

function bodyOf(body: BodyInit | null | undefined): unknown {
  if (body instanceof URLSearchParams) return Object.fromEntries(body);
  if (typeof body !== "string") return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** All texts of a JSON value with the names of their properties. */
function pairsIn(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === "string" ? [[name, inner]] : pairsIn(inner),
  );
}

function cookieValues(line = ""): string[] {
  return line.split(";").map((pair) => pair.split("=").slice(1).join("=").trim());
}
