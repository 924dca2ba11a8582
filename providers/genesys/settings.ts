import { z } from "zod";
import { isSafeUrl } from "../addresses.ts";
import { setting } from "../settings.ts";
import { domainByRegion } from "./regions.ts";

const regionRule = `must be an AWS region name (${Object.keys(domainByRegion).join(", ")}) or a Genesys Cloud domain`;

/** How to reach and log in to one Genesys Cloud org. The environment names are those of CX as Code. */
export const genesysSettings = z.object({
  genesysRegion: setting(
    z
      .string(regionRule)
      .refine((region) => region in domainByRegion || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(region), regionRule),
    { env: "GENESYSCLOUD_REGION", example: "eu-central-1" },
  ),
  genesysGatewayUrl: setting(
    z.string().refine(isSafeUrl, "must be an https URL without path (http on loopback only)").optional(),
    { env: "GENESYSCLOUD_GATEWAY_URL", example: "https://genesys-gateway.example.com" },
  ),
  genesysClientId: setting(
    z.string("is missing: the id of a Genesys OAuth client with the grant client credentials"),
    {
      env: "GENESYSCLOUD_OAUTHCLIENT_ID",
      example: "7de3af06-c0b3-4f9b-af45-72f4a14037cc",
    },
  ),
  genesysClientSecret: setting(z.string("is missing: the secret of the Genesys OAuth client"), {
    env: "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    secret: true,
    example: "pulumi config set --secret genesysClientSecret",
  }),
});

export type GenesysSettings = z.infer<typeof genesysSettings>;
