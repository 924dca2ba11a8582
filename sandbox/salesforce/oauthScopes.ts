/** The spelling of scopes in metadata, and the OAuth scope that each one stands for. */
export const OAUTH_SCOPES: Readonly<Record<string, string>> = {
  Address: "address",
  Api: "api",
  Basic: "id",
  Chatbot: "chatbot_api",
  Chatter: "chatter_api",
  Content: "content",
  CustomApplications: "visualforce",
  CustomPermissions: "custom_permissions",
  Eclair: "eclair_api",
  Email: "email",
  ForgotPassword: "forgot_password",
  Full: "full",
  Interaction: "interaction_api",
  Lightning: "lightning",
  MCP: "mcp_api",
  OfflineAccess: "offline_access",
  OpenID: "openid",
  Pardot: "pardot_api",
  Phone: "phone",
  Profile: "profile",
  PwdlessLogin: "pwdless_login_api",
  RefreshToken: "refresh_token",
  UserRegistration: "user_registration_api",
  Wave: "wave_api",
  Web: "web",
};

/** The tokens of `commaSeparatedOauthScopes`; separators are `,` and `, `. */
export function scopeTokens(commaSeparated: unknown): string[] {
  return typeof commaSeparated === "string" && commaSeparated !== "" ? commaSeparated.split(/, ?/) : [];
}

/** The OAuth scopes that an app may grant. Refresh token and offline access are one scope by two names. */
export function grantableScopes(commaSeparated: unknown): Set<string> {
  const scopes = scopeTokens(commaSeparated).flatMap((token) => OAUTH_SCOPES[token] ?? []);
  const withRefresh = scopes.some((scope) => scope === "refresh_token" || scope === "offline_access");
  return new Set(withRefresh ? [...scopes, "refresh_token", "offline_access"] : scopes);
}
