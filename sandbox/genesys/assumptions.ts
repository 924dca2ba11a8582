import { assume } from "../assumption.ts";

type Use = "allowed" | "refused";

/** Every Genesys fact that no public source confirms, with what the sandbox does about it. */
export const genesysAssumptions = {
  // Names of things
  oidcTypeId: assume<string>({
    question: "GET /api/v2/integrations/types: which id has 'OpenID Connect Messenger Configuration'?",
    alternatives: ["webdeployments-openid-connect", "openid-connect-messenger", "webmessaging-oidc"],
    chosen: "webdeployments-openid-connect",
  }),
  discoveryUrlProperty: assume<string>({
    question: "GET /types/{id}/configschemas/properties: the key of the discovery URI?",
    alternatives: ["discoveryUri", "discoveryUrl"],
    chosen: "discoveryUri",
  }),
  maxRefreshLifetimeProperty: assume<string>({
    question: "Same schema: the key of 'Max Refresh Token Lifetime' (seconds, 900 to 7,776,000)?",
    alternatives: ["maxRefreshTokenLifetime", "maxRefreshTokenLifetimeSeconds"],
    chosen: "maxRefreshTokenLifetime",
  }),
  implicitFlowProperty: assume<string>({
    question: "Same schema: the key that switches the implicit flow on?",
    alternatives: ["implicitFlowSupport"],
    chosen: "implicitFlowSupport",
  }),
  implicitFlowType: assume({
    question: "Same schema: is that switch a boolean or a text ('True', 'False')?",
    alternatives: ["boolean", "string"],
    chosen: "boolean",
  }),
  credentialTypeName: assume<string>({
    question: "GET /types/{id}, credentials.*.credentialTypes[0]: the credential type?",
    alternatives: ["webdeploymentsOAuthClient"],
    chosen: "webdeploymentsOAuthClient",
  }),
  credentialKey: assume<string>({
    question: "GET /types/{id}: the key in the map `credentials`?",
    alternatives: ["webdeploymentsOAuthClient", "oauthClient"],
    chosen: "webdeploymentsOAuthClient",
  }),
  clientIdField: assume<string>({
    question: "GET /credentials/types: the field of the client id?",
    alternatives: ["clientId"],
    chosen: "clientId",
  }),
  clientSecretField: assume<string>({
    question: "GET /credentials/types: the field of the client secret?",
    alternatives: ["clientSecret"],
    chosen: "clientSecret",
  }),

  // Credentials
  credentialFieldsOnRead: assume({
    question: "GET /credentials/{id}: what is in `credentialFields`?",
    alternatives: ["empty", "masked", "withoutSecrets", "absent"],
    chosen: "empty",
  }),
  credentialFieldsChecked: assume({
    question: "POST or PUT a credential without a required field: refused with 400?",
    alternatives: [true, false],
    chosen: true,
  }),
  credentialModifiedDate: assume({
    question: "PUT a credential with the values it has: does `modifiedDate` change?",
    alternatives: ["everyPut", "onlyOnChange"],
    chosen: "everyPut",
  }),
  deleteUsedCredential: assume<Use>({
    question: "DELETE a credential that an integration uses: refused?",
    alternatives: ["allowed", "refused"],
    chosen: "allowed",
  }),

  // Integrations
  firstConfigVersion: assume({
    question: "GET config/current of a fresh integration: which version?",
    alternatives: [1, 0],
    chosen: 1,
  }),
  versionConflictStatus: assume({
    question: "PUT config/current with an old version: 409 or 400?",
    alternatives: [409, 400],
    chosen: 409,
  }),
  emptyNotes: assume({
    question: "GET config/current: how do empty notes come back?",
    alternatives: ["node_dynamodb_empty_string", ""],
    chosen: "node_dynamodb_empty_string",
  }),
  configInIntegration: assume({
    question: "GET an integration without `expand`: is config.current in it?",
    alternatives: ["always", "whenExpanded"],
    chosen: "always",
  }),
  configChecked: assume({
    question: "PUT config/current with an unknown property, or without a required one: refused with 400?",
    alternatives: [true, false],
    chosen: true,
  }),
  unknownCredentialInConfig: assume<Use>({
    question: "PUT config/current naming a credential that does not exist: refused?",
    alternatives: ["refused", "allowed"],
    chosen: "refused",
  }),
  incompleteActivation: assume({
    question: "PATCH ENABLED while a required property or credential is missing: ERROR, refused, or ACTIVE?",
    alternatives: ["error", "refused", "active"],
    chosen: "error",
  }),
  deletedAsIntendedState: assume({
    question: "PATCH intendedState DELETED or RESTORED: refused, or accepted without effect but INACTIVE?",
    alternatives: ["refused", "inactive"],
    chosen: "refused",
  }),
  deleteUsedIntegration: assume<Use>({
    question: "DELETE an integration that a configuration names: refused?",
    alternatives: ["allowed", "refused"],
    chosen: "allowed",
  }),

  // Messenger configurations
  languagesRequired: assume({
    question: "POST a configuration with messenger.enabled but no languages or defaultLanguage: refused?",
    alternatives: [true, false],
    chosen: true,
  }),
  draftInVersions: assume({
    question: "GET configurations/{id}/versions: is the draft in the list?",
    alternatives: [true, false],
    chosen: true,
  }),
  draftAfterPut: assume({
    question: "PUT versions/draft: is the draft Pending again?",
    alternatives: ["pending", "active"],
    chosen: "pending",
  }),
  deleteUsedConfiguration: assume<Use>({
    question: "DELETE a configuration that a deployment pins: refused?",
    alternatives: ["allowed", "refused"],
    chosen: "allowed",
  }),
  messengerDefaults: assume<object>({
    question: "POST a configuration with `messenger: {}`: what does it come back with?",
    alternatives: [],
    chosen: {
      enabled: false,
      sessionPersistenceType: "AcrossSubdomains",
      homeScreen: { enabled: false, logoUrl: "" },
      fileUpload: { enableAttachments: false },
      apps: {
        conversations: {
          enabled: true,
          showAgentTypingIndicator: true,
          showUserTypingIndicator: true,
          autoStart: { enabled: false },
          markdown: { enabled: true },
          conversationClear: { enabled: false },
          sessionDurationSeconds: 259_200,
        },
      },
    },
  }),
  cobrowseDefaults: assume<object>({
    question: "POST a configuration with `cobrowse: {}`: what does it come back with?",
    alternatives: [],
    chosen: { enabled: false, allowAgentControl: false, allowAgentNavigation: false, allowDraw: false },
  }),
  authenticationDefaults: assume<object>({
    question: "POST authenticationSettings without allowSessionUpgrade: what does it come back with?",
    alternatives: [{ allowSessionUpgrade: false }, {}],
    chosen: { allowSessionUpgrade: false },
  }),

  // Messenger deployments
  unpublishedPin: assume<Use>({
    question: "POST a deployment with a configuration version that is not published: refused?",
    alternatives: ["refused", "allowed"],
    chosen: "refused",
  }),
  emptyDomainList: assume<Use>({
    question: "POST a deployment with allowAllDomains false and no allowedDomains: refused?",
    alternatives: ["refused", "allowed"],
    chosen: "refused",
  }),
  deploymentAfterPut: assume({
    question: "PUT a deployment: is it Pending for a while?",
    alternatives: ["pending", "active"],
    chosen: "pending",
  }),
  omittedDeploymentStatus: assume({
    question: "PUT an Inactive deployment without `status`: does it stay Inactive?",
    alternatives: ["kept", "active"],
    chosen: "kept",
  }),
  defaultSupportedContent: assume({
    question: "POST a deployment without supportedContent: does it come back with the org's default profile?",
    alternatives: [true, false],
    chosen: true,
  }),
  runtimeFilesWhilePending: assume({
    question: "config.json of a deployment that is Pending: 403, or there with status Inactive?",
    alternatives: ["inactive", "forbidden"],
    chosen: "inactive",
  }),

  // Sign-in
  guestReadWithoutToken: assume({
    question: "GET deployments/{id}/configurations without a bearer token: answered?",
    alternatives: [true, false],
    chosen: true,
  }),
  discoveryRedirects: assume({
    question: "A discovery URI that redirects: followed at the exchange?",
    alternatives: ["refused", "followed"],
    chosen: "refused",
  }),
  discoveryIssuerChecked: assume({
    question: "A discovery document whose issuer is not the prefix of its own URL: does the exchange fail?",
    alternatives: [true, false],
    chosen: true,
  }),
  clientAuthentication: assume({
    question: "A provider that offers both: does Genesys send the client secret by post or by basic?",
    alternatives: ["client_secret_post", "client_secret_basic"],
    chosen: "client_secret_basic",
  }),
  codeWithImplicitFlow: assume<Use>({
    question: "An integration with the implicit flow switched on: does the exchange of a code fail?",
    alternatives: ["refused", "allowed"],
    chosen: "refused",
  }),
  missingIss: assume<Use>({
    question: "The provider advertises the `iss` parameter, the exchange does not pass it on: does it fail?",
    alternatives: ["refused", "allowed"],
    chosen: "refused",
  }),
  idTokenAlgorithms: assume<readonly string[]>({
    question: "Which signature algorithms of ID tokens are accepted?",
    alternatives: [["RS256"], ["RS256", "PS256", "ES256"]],
    chosen: ["RS256"],
  }),
  clockToleranceSeconds: assume({
    question: "How far may the provider's clock be off?",
    alternatives: [60, 0, 300],
    chosen: 60,
  }),
  foreignOrigin: assume({
    question:
      "An exchange from a page outside allowedDomains: no CORS headers, or refused by Genesys itself?",
    alternatives: ["noCorsHeaders", "refused"],
    chosen: "noCorsHeaders",
  }),

  // The API as a whole
  unknownBodyProperties: assume({
    question: "A body with a property that the API does not know: refused with 400, or ignored?",
    alternatives: ["refused", "ignored"],
    chosen: "refused",
  }),
  duplicateNames: assume<Use>({
    question: "Two integrations, credentials, configurations or deployments of one name: refused?",
    alternatives: ["allowed", "refused"],
    chosen: "allowed",
  }),
  accessTokenSeconds: assume<number>({
    question: "POST /oauth/token for a client made with the defaults: which expires_in?",
    alternatives: [86_400, 3_600],
    chosen: 86_400,
  }),
  wrongSecretStatus: assume({
    question: "POST /oauth/token with a wrong secret: 401 or 400?",
    alternatives: [401, 400],
    chosen: 401,
  }),
};

export type GenesysAssumptions = typeof genesysAssumptions;
