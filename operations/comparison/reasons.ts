import type { Part } from "./comparison.ts";

interface Reason {
  member: Part;
  property: RegExp;
  /** Id of the cause of a failed sign-in. */
  cause?: string;
  why: string;
}

/** Why a difference may matter, by the vendors' names of settings and by those of the program; the first that fits. */
const reasons: readonly Reason[] = [
  {
    member: "ECA",
    property: /callbackUrls?$/i,
    cause: "A14",
    why: "Salesforce refuses a redirect URI that is not among these to the letter.",
  },
  {
    member: "ECA",
    property: /pkceRequired$/i,
    cause: "A13",
    why: "With PKCE required, a page that sends no code challenge is refused.",
  },
  {
    member: "ECA",
    property: /(isConsumerSecretOptional|secretRequired\w*|isSecretRequired\w*)$/i,
    cause: "A17",
    why: "Genesys proves itself with the client secret.",
  },
  {
    member: "ECA",
    property: /scopes$/i,
    cause: "A10",
    why: "Without openid there is no ID token; without refresh_token visitors sign in again within minutes.",
  },
  {
    member: "ECA",
    property: /(idTokenAudience|idToken\.audience)$/,
    cause: "A23",
    why: "The audience of the ID token must be the client id.",
  },
  {
    member: "ECA",
    property: /validityInMinutes$/i,
    cause: "A24",
    why: "A short life of the ID token leaves no room for clocks that differ.",
  },
  {
    member: "ECA",
    property: /(idTokenConfig|idToken)\b/,
    cause: "A26",
    why: "Decides what the ID token says of the visitor.",
  },
  {
    member: "ECA",
    property: /^(oauthLink|oauthSettings\b.*oauthLink)$/,
    cause: "A22",
    why: "Leads from the OAuth settings to the client; one that leads nowhere breaks the app.",
  },
  {
    member: "ECA",
    property: /refreshToken/i,
    cause: "B3",
    why: "Visitors whose refresh token does not live must sign in again within minutes.",
  },
  {
    member: "ECA",
    property: /^(policies|oauthPolicies)\b|trustedIpRanges/,
    cause: "A20",
    why: "Decides which visitors may sign in, and from where.",
  },
  {
    member: "ECA",
    property: /^pluginPolicies\b/,
    cause: "A20",
    why: "Switches the app, or a part of it, off for everybody.",
  },
  {
    member: "ECA",
    property: /^consumerKey$/,
    cause: "A2",
    why: "The page and Genesys must use this very client id.",
  },
  {
    member: "ECA",
    property: /^consumerSecret$/,
    cause: "A1",
    why: "Genesys's copy is of the former secret.",
  },
  {
    member: "ECA",
    property: /^discovery$/,
    cause: "A8",
    why: "Genesys cannot redeem a code without the discovery document.",
  },
  {
    member: "ECA",
    property: /auth_methods_supported$/,
    cause: "A17",
    why: "Genesys must know one of these ways to prove itself.",
  },
  {
    member: "ECA",
    property: /authorization_response_iss/,
    cause: "A19",
    why: "Where it is announced, the page must pass the parameter iss on.",
  },
  {
    member: "ECA",
    property: /alg/,
    cause: "A25",
    why: "Genesys may not accept another algorithm than RS256.",
  },
  {
    member: "ECA",
    property: /^keys\b|jwks/,
    cause: "A9",
    why: "ID tokens must be signed by a key of this list.",
  },
  {
    member: "ECA",
    property: /^(issuer|authorizeUrl|discoveryUrl|loginHost)$|^discovery\b/,
    cause: "A7",
    why: "Page, Genesys and Salesforce must speak of the same host.",
  },
  {
    member: "credential",
    property: /client ?id$/i,
    cause: "A2",
    why: "Genesys redeems codes under the client id of its copy.",
  },
  {
    member: "credential",
    property: /(client ?secret|modifiedDate)$/i,
    cause: "A1",
    why: "With another secret than the app's, Salesforce refuses every code.",
  },
  {
    member: "credential",
    property: /^(type|credentialFields)\b/,
    cause: "A1",
    why: "The integration asks for a credential of one type with its fields.",
  },
  {
    member: "integration",
    property: /^(enabled|intendedState|reportedState)\b/,
    cause: "A5",
    why: "An integration that is not active signs nobody in.",
  },
  {
    member: "integration",
    property: /discovery|well-?known/i,
    cause: "A7",
    why: "Must be the discovery URL of the very host that visitors sign in at.",
  },
  {
    member: "integration",
    property: /credential/i,
    cause: "A1",
    why: "Names the copy of client id and secret that is used.",
  },
  {
    member: "integration",
    property: /implicit/i,
    cause: "A18",
    why: "With the implicit flow, Genesys expects ID tokens instead of codes.",
  },
  {
    member: "integration",
    property: /refresh/i,
    cause: "B3",
    why: "Limits how long visitors stay signed in.",
  },
  {
    member: "configuration",
    property: /integrationId$/,
    cause: "A3",
    why: "Names the integration that signs visitors in.",
  },
  {
    member: "configuration",
    property: /(authenticationSettings\.enabled|status|^draft|version)/i,
    cause: "A4",
    why: "Visitors are served what is published, not the draft.",
  },
  {
    member: "configuration",
    property: /(sessionUpgrade)/i,
    cause: "B6",
    why: "Decides whether a visitor who chats already may sign in.",
  },
  {
    member: "deployment",
    property: /^status$/,
    cause: "A6",
    why: "A deployment that is not active serves nobody.",
  },
  {
    member: "deployment",
    property: /^(configuration|version|serves the newest)|^page\.config\b/i,
    cause: "A4",
    why: "Pages are served this configuration, in this version.",
  },
  {
    member: "deployment",
    property: /domains/i,
    cause: "B1",
    why: "A browser keeps Genesys's answers from pages of other hosts.",
  },
  {
    member: "deployment",
    property: /^identityResolution\b/,
    cause: "A27",
    why: "Disputed advice: how visitors are matched with external contacts.",
  },
  {
    member: "deployment",
    property: /^flow/,
    why: "Without a flow, messages of visitors have nowhere to go.",
  },
  { member: "page", property: /^clientId$/, cause: "A2", why: "The page must use the client id of the app." },
  {
    member: "page",
    property: /^redirectUri$/,
    cause: "A14",
    why: "Must equal a callback URL of the app to the letter.",
  },
  { member: "page", property: /^scopes$/, cause: "A10", why: "The page must ask for openid." },
  { member: "page", property: /^pkce\b/, cause: "A13", why: "The page must use PKCE as the app demands it." },
  {
    member: "page",
    property: /^(deploymentId|genesysApiUrl)$/,
    cause: "B2",
    why: "The page must use the deployment of this org.",
  },
  {
    member: "page",
    property: /./,
    cause: "A7",
    why: "Page, Genesys and Salesforce must speak of the same host.",
  },
];

/** What to say of a difference; most settings have nothing to do with sign-ins. */
export function reasonFor(member: Part, property: string): { cause?: string | undefined; why: string } {
  if (property === "exists") return { why: "Nothing works without it." };
  const found = reasons.find((reason) => reason.member === member && reason.property.test(property));
  return found ? { cause: found.cause, why: found.why } : { why: "No sign-in is known to fail for this." };
}
