import { assume } from "./assumption.ts";

/**
 * Everything that the sandbox does though no source confirms it: the facts are in the code, these are guesses. Each
 * has the question that a real org would answer, what the answer may be, and what the sandbox does until then; a wrong
 * guess is corrected here, by one word.
 */

type Use = "allowed" | "refused";

/** Of Genesys Cloud. */
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
  loginsPerMinute: assume<number>({
    question: "POST /oauth/token: from how many log-ins of a client a minute on does it answer 400?",
    alternatives: [300],
    chosen: 300,
  }),
  wrongSecretStatus: assume({
    question: "POST /oauth/token with a wrong secret: 401 or 400?",
    alternatives: [401, 400],
    chosen: 401,
  }),
};

export type GenesysAssumptions = typeof genesysAssumptions;

/** Of Salesforce and its identity provider. */
export const salesforceAssumptions = {
  updateOfOmittedFields: assume({
    question: "Does updateMetadata keep optional fields that the request leaves out, or reset them?",
    alternatives: ["keep", "reset"],
    chosen: "keep",
  }),
  elementOrder: assume({
    question: "Is a component refused whose elements are not in the WSDL's order (fullName, then a to z)?",
    alternatives: ["wsdl", "any"],
    chosen: "wsdl",
  }),
  suppliedCredentials: assume({
    question: "May createMetadata of the global OAuth settings bring its own consumerKey and consumerSecret?",
    alternatives: ["accepted", "refused"],
    chosen: "accepted",
  }),
  rotateFlags: assume({
    question:
      "Does updateMetadata obey shouldRotateConsumerKey and shouldRotateConsumerSecret, as deploy does?",
    alternatives: ["obeyed", "ignored"],
    chosen: "ignored",
  }),
  upsert: assume({
    question: "Does upsertMetadata work for External Client Apps and their settings?",
    alternatives: ["works", "refused"],
    chosen: "works",
  }),
  renameCode: assume<string>({
    question: "Which fault answers renameMetadata of an External Client App or of its settings?",
    alternatives: ["INVALID_TYPE", "FUNCTIONALITY_NOT_ENABLED"],
    chosen: "INVALID_TYPE",
  }),
  absentOnDeployedDeletion: assume({
    question:
      "Does a deploy without ignoreWarnings succeed that deletes a component which is not there (a warning)?",
    alternatives: ["fails", "succeeds"],
    chosen: "fails",
  }),
  brokenZipCode: assume<string>({
    question: "Which status code ends a deploy of something that is not a zip file?",
    alternatives: ["UNKNOWN_EXCEPTION", "INVALID_FIELD"],
    chosen: "UNKNOWN_EXCEPTION",
  }),
  pkceSwitch: assume({
    question: "Is isPkceRequired=false kept on a new local app, or silently set back to true?",
    alternatives: ["free", "forced on"],
    chosen: "free",
  }),
  deletionOfParent: assume({
    question: "Does deleteMetadata of an External Client App take its children along, as a deploy does?",
    alternatives: ["cascades", "refused"],
    chosen: "cascades",
  }),
  secondComponentOfApp: assume({
    question: "What happens to a second settings or policies component of one type for the same app?",
    alternatives: ["refused", "accepted"],
    chosen: "refused",
  }),
  duplicateAppCode: assume<string>({
    question: "Which status code does createMetadata answer for an External Client App that exists already?",
    alternatives: ["DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE", "FIELD_INTEGRITY_EXCEPTION"],
    chosen: "DUPLICATE_DEVELOPER_NAME",
  }),
  missingParentCode: assume<string>({
    question: "Which status code does createMetadata answer when the parent app does not exist?",
    alternatives: ["INVALID_CROSS_REFERENCE_KEY", "FIELD_INTEGRITY_EXCEPTION"],
    chosen: "INVALID_CROSS_REFERENCE_KEY",
  }),
  missingPermissionCode: assume<string>({
    question: "Which fault answers a user who lacks the permission for a Metadata API call on these types?",
    alternatives: ["INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY"],
    chosen: "INSUFFICIENT_ACCESS",
  }),
  absentComponentCode: assume<string>({
    question:
      "Which status code do updateMetadata and deleteMetadata answer for a component that is not there?",
    alternatives: ["INVALID_CROSS_REFERENCE_KEY", "INVALID_TYPE"],
    chosen: "INVALID_CROSS_REFERENCE_KEY",
  }),
  componentsPerCall: assume<number>({
    question: "How many components may one create, read, update or delete call have?",
    alternatives: [10],
    chosen: 10,
  }),
  queriesPerList: assume<number>({
    question: "How many queries may one listMetadata call have?",
    alternatives: [3],
    chosen: 3,
  }),
  dailyApiRequests: assume<number>({
    question:
      "How many API calls may the org make in 24 hours (5,000,000 in a sandbox, 15,000 in Developer Edition)?",
    alternatives: [5_000_000, 15_000],
    chosen: 5_000_000,
  }),
  schemaFaultCode: assume<string>({
    question:
      "Which fault code answers an element or a value that the WSDL of the API version does not allow?",
    alternatives: ["soapenv:Client", "sf:INVALID_FIELD"],
    chosen: "soapenv:Client",
  }),
  invalidCallbackCode: assume<string>({
    question: "Which status code refuses a callback URL that is neither https nor loopback?",
    alternatives: ["INVALID_OAUTH_URL", "FIELD_INTEGRITY_EXCEPTION"],
    chosen: "INVALID_OAUTH_URL",
  }),
  callbackUrlLimit: assume<number>({
    question: "How many characters may all callback URLs of an app have together?",
    alternatives: [2000],
    chosen: 2000,
  }),
  secretRestAccessOff: assume({
    question: "What does the credentials resource answer while enableClientSecretInRestApiAccess is off?",
    alternatives: [
      { status: 403, errorCode: "FUNCTIONALITY_NOT_ENABLED" },
      { status: 400, errorCode: "FUNCTIONALITY_NOT_ENABLED" },
    ],
    chosen: { status: 403, errorCode: "FUNCTIONALITY_NOT_ENABLED" },
  }),
  nothingStaged: assume({
    question: "What does the staged credentials resource answer when nothing is staged?",
    alternatives: ["an empty list", "404"],
    chosen: "an empty list",
  }),
  stagedPairBeforeRotation: assume({
    question: "Does a staged pair of key and secret work before it is rotated in?",
    alternatives: ["refused", "works"],
    chosen: "refused",
  }),
  codeLifetimeSeconds: assume<number>({
    question: "How long does an authorization code live?",
    alternatives: [900, 120],
    chosen: 900,
  }),
  missingChallengeMethod: assume({
    question: "How is a code_challenge read that comes without code_challenge_method?",
    alternatives: ["plain", "S256"],
    chosen: "plain",
  }),
  omittedScope: assume({
    question: "Which scopes does an authorize request without the scope parameter ask for?",
    alternatives: ["all of the app", "none"],
    chosen: "all of the app",
  }),
  customAttributes: assume({
    question:
      "Where does an ID token carry custom attributes: as one claim of this name, or each as its own?",
    alternatives: ["custom_attributes", "a claim each"],
    chosen: "custom_attributes",
  }),
  accessRefusedError: assume<string>({
    question: "Which error does the authorize endpoint answer when a policy keeps the user or the app out?",
    alternatives: ["OAUTH_APP_ACCESS_DENIED", "access_denied"],
    chosen: "OAUTH_APP_ACCESS_DENIED",
  }),
  siteIssuer: assume({
    question: "The discovery document of an Experience Cloud site: is its issuer the site's own address?",
    alternatives: ["of the site", "of the org"],
    chosen: "of the site",
  }),
  siteSubject: assume({
    question: "A sign-in through an Experience Cloud site: on which host is the identity URL in `sub`?",
    alternatives: ["of the site", "of the org"],
    chosen: "of the site",
  }),
  codeOfOtherHost: assume({
    question:
      "Does the token endpoint of My Domain redeem a code that a site of the org issued, and the reverse?",
    alternatives: ["redeemed", "refused"],
    chosen: "redeemed",
  }),
  badUserinfoToken: assume({
    question: "What does the userinfo endpoint answer to an access token that is not valid?",
    alternatives: [
      { status: 403, body: "Bad_OAuth_Token" },
      { status: 401, body: "Bad_OAuth_Token" },
    ],
    chosen: { status: 403, body: "Bad_OAuth_Token" },
  }),
  descriptionInQueries: assume<Use>({
    question: "SELECT Description FROM ExternalClientApplication: is there such a column?",
    alternatives: ["allowed", "refused"],
    chosen: "allowed",
  }),
};

export type SalesforceAssumptions = typeof salesforceAssumptions;

/** The whole catalogue, by vendor. */
export const assumptions = { genesys: genesysAssumptions, salesforce: salesforceAssumptions };

export type Assumptions = typeof assumptions;
