import { z } from "zod";
import { isSafeUrl } from "../addresses.ts";
import { setting } from "../settings.ts";

const fields = z.object({
  salesforceInstanceUrl: setting(
    z
      .string("is missing: the My Domain address of the org")
      .refine(isSafeUrl, "must be an https URL without path (http on loopback only)"),
    { env: "SALESFORCE_INSTANCE_URL", example: "https://acme.my.salesforce.com" },
  ),
  salesforceApiVersion: setting(
    z
      .string()
      .regex(/^(6\d|[7-9]\d)\.0$/, "must be 60.0 or later: older ones lack the External Client App policies")
      .default("66.0"),
    { example: "66.0" },
  ),
  salesforceAccessToken: setting(z.string().optional(), {
    env: "SALESFORCE_ACCESS_TOKEN",
    secret: true,
    example: "pulumi config set --secret salesforceAccessToken",
  }),
  salesforceClientId: setting(z.string().optional(), { env: "SALESFORCE_CLIENT_ID", example: "3MVG9…" }),
  salesforceClientSecret: setting(z.string().optional(), {
    env: "SALESFORCE_CLIENT_SECRET",
    secret: true,
    example: "pulumi config set --secret salesforceClientSecret",
  }),
  salesforceJwtKeyFile: setting(z.string().optional(), {
    env: "SALESFORCE_JWT_KEY_FILE",
    example: "/secure/salesforce.key",
  }),
  salesforceUsername: setting(z.string().optional(), {
    env: "SALESFORCE_USERNAME",
    example: "deploy@acme.example",
  }),
});

export type SalesforceSettings = z.infer<typeof fields>;

/** How to reach and log in to one Salesforce org: by access token, by JWT bearer or by client credentials. */
export const salesforceSettings = fields.refine((settings) => logInOf(settings) !== undefined, {
  path: ["salesforceClientId"],
  message:
    "no complete log-in: give an access token, or client id with key file and user name (JWT bearer), or client id with client secret (client credentials)",
  // Also told when other settings are wrong: all problems at once.
  when: () => true,
});

export type LogIn =
  | { by: "access token"; accessToken: string }
  | { by: "JWT bearer"; clientId: string; keyFile: string; username: string }
  | { by: "client credentials"; clientId: string; clientSecret: string };

/** The first complete way to log in: access token, JWT bearer, client credentials. */
export function logInOf(settings: Partial<SalesforceSettings>): LogIn | undefined {
  const { salesforceClientId: clientId, salesforceClientSecret: clientSecret } = settings;
  const {
    salesforceAccessToken: accessToken,
    salesforceJwtKeyFile: keyFile,
    salesforceUsername: username,
  } = settings;
  if (accessToken) return { by: "access token", accessToken };
  if (clientId && keyFile && username) return { by: "JWT bearer", clientId, keyFile, username };
  if (clientId && clientSecret) return { by: "client credentials", clientId, clientSecret };
  return undefined;
}
