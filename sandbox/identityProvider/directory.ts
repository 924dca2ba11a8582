/** An OAuth client as the authorization server sees it now. */
export interface Application {
  clientId: string;
  clientSecret: string;
  /** Compared character for character. */
  redirectUris: string[];
  /** OAuth scopes that may be asked for. */
  scopes: ReadonlySet<string>;
  isPkceRequired: boolean;
  /** Whether a token request without a client secret is accepted, by grant type. */
  isSecretOptional: { authorization_code: boolean; refresh_token: boolean };
  isRefreshTokenRotationEnabled: boolean;
  mayIntrospectAllTokens: boolean;
  /** 0: refresh tokens are of no use, so that none is issued. */
  refreshTokenSeconds: number;
  idTokenSeconds: number;
  /** Audiences of ID tokens besides the client id. */
  idTokenAudience: string[];
  /** Whether ID tokens carry the claims that userinfo answers. */
  idTokenHasStandardClaims: boolean;
  /** What else an ID token says about this person, by the app's own choice. */
  idTokenAttributes(subject: string): Record<string, unknown>;
  /** Why this person may not sign in by this client, or nobody may; `undefined` when they may. */
  refusal(subject: string | undefined): string | undefined;
}

/** Who and what the authorization server knows; looked up at each request, never copied. */
export interface Directory {
  application(clientId: string): Application | undefined;
  /** The subject of the person who logs in by this user name and password. */
  logIn(username: string, password: string): string | undefined;
  /** All claims about a person, `sub` among them; `undefined` for someone unknown. */
  claims(subject: string): ({ sub: string } & Record<string, unknown>) | undefined;
  /** What Salesforce adds to a token answer: `instance_url`, `id`, `token_type`, `issued_at`, `signature`. */
  tokenFields(subject: string, clientSecret: string): Record<string, string>;
}

/** What the authorization server keeps between requests. */
export interface Artifacts {
  get(key: string): Record<string, unknown> | undefined;
  /** Done when it cannot be lost any more. */
  set(key: string, payload: Record<string, unknown>, expiresInSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** All that are kept and not expired. */
  entries(): [key: string, payload: Record<string, unknown>][];
}
