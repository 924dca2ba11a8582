import type { Fault } from "../fault.ts";

export const sessionCookieBlocked: Fault = {
  name: "session-cookie-blocked",
  kind: "set",
  seen: "A silent sign-in (prompt=none) says login_required though the visitor is logged in, as where a browser keeps third-party cookies from a frame.",
  vendors: ["salesforce"],
  cause: "B5",
  applies: ({ method, request }) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const isAuthorize = method === "GET" && pathname.endsWith("/services/oauth2/authorize");
    return isAuthorize && searchParams.get("prompt")?.split(" ").includes("none") === true;
  },
  // The browser's part, played here: the request comes without what it holds back.
  before: ({ request }) => {
    delete request.raw.headers.cookie;
  },
};
