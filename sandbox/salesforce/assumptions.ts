import { assume } from "../assumption.ts";

/**
 * What no source confirms about Salesforce. The facts are in the code; these are guesses, each with the
 * question that a real org would answer.
 */
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
  badUserinfoToken: assume({
    question: "What does the userinfo endpoint answer to an access token that is not valid?",
    alternatives: [
      { status: 403, body: "Bad_OAuth_Token" },
      { status: 401, body: "Bad_OAuth_Token" },
    ],
    chosen: { status: 403, body: "Bad_OAuth_Token" },
  }),
};

/** The catalogue, with whatever choices a test or a caller made. */
export type SalesforceAssumptions = typeof salesforceAssumptions;
