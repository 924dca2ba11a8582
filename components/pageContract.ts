import { z } from "zod";

/**
 * What a web page must use so that its visitors can sign in: one JSON object, the stack's output `pageContract`.
 * It holds no secret.
 */
export interface PageContract {
  /** Id of the messenger deployment, a UUID; also part of the messenger snippet. */
  deploymentId: string;
  /** Base URL of the Genesys Platform API without a trailing slash, such as `https://api.mypurecloud.de`. */
  genesysApiUrl: string;
  /** Consumer key of the Salesforce External Client App. */
  clientId: string;
  /** Where the identity provider's OpenID Connect discovery document is. */
  discoveryUrl: string;
  /** The provider's name for itself: `issuer` of the discovery document and `iss` of its tokens. */
  issuer: string;
  /** `authorization_endpoint` of the discovery document: where the page sends a visitor to sign in. */
  authorizeUrl: string;
  /** Where the provider sends the visitor back to, equal to a callback URL of the app character for character. */
  redirectUri: string;
  /** In OAuth spelling, such as `openid`, `profile`, `email`, `refresh_token`. */
  scopes: string[];
  /** Proof Key for Code Exchange (RFC 7636). */
  pkce: {
    /** Whether the provider refuses a request without it. The page always sends it. */
    required: boolean;
    method: "S256";
  };
}

const text = z.string();

/** For what comes from a stack's outputs. */
export const pageContractSchema: z.ZodType<PageContract> = z.object({
  deploymentId: text,
  genesysApiUrl: text,
  clientId: text,
  discoveryUrl: text,
  issuer: text,
  authorizeUrl: text,
  redirectUri: text,
  scopes: z.array(text),
  pkce: z.object({ required: z.boolean(), method: z.literal("S256") }),
});
