import { bothVendors, type Call, type Fault } from "../fault.ts";

const LONG_AGO = Date.parse("2000-01-01");

export const expiredToken: Fault = {
  name: "expired-token",
  kind: "transport",
  seen: "The access token of a request has expired in mid-run; the sandbox's fixed access token never does.",
  vendors: bothVendors,
  applies: (call) => !call.path.includes("/services/oauth2/") && tokenOf(call) !== undefined,
  before: (call) => {
    const token = tokenOf(call) ?? "";
    const { genesys, salesforce } = call.world;
    const known = call.vendor === "genesys" && genesys.accessTokens[token];
    if (known) known.expiresAt = new Date(LONG_AGO).toISOString();
    const session = salesforce.sessions.find(({ accessToken }) => accessToken === token);
    if (session?.expiresAt !== undefined) session.expiresAt = LONG_AGO;
  },
};

function tokenOf({ request, operation }: Call): string | undefined {
  if (operation !== undefined) return /sessionId>([^<]+)</.exec(String(request.body))?.[1];
  return /^(?:bearer|oauth) (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
}
