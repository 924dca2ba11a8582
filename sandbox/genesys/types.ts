import { type Document, existing, type Operations, type Org } from "./org.ts";
import { numberedPage } from "./pages.ts";

/** A kind of credential an org knows, as `GET /credentials/types` lists it. */
export interface CredentialType {
  id: string;
  name: string;
  /** JSON schema of each field. */
  properties: Record<string, { type: string; title: string }>;
  displayOrder: string[];
  required: string[];
}

/** A kind of integration an org can install, with the JSON schemas of its configuration. */
export interface IntegrationType {
  id: string;
  name: string;
  category: string;
  /** Credential key to what it takes. */
  credentials: Record<string, { required: boolean; title: string; credentialTypes: string[] }>;
  schemas: { properties: ConfigSchema; advanced: ConfigSchema };
}

interface ConfigSchema {
  $schema: string;
  title: string;
  type: "object";
  required: string[];
  properties: Record<string, Document>;
  additionalProperties: object;
}

/** The type this project is about. Display name and category: vendor screenshots of its Okta blueprint. */
export const OIDC_TYPE_NAME = "OpenID Connect Messenger Configuration";

/** Some of the many types of a real org, the one for messenger sign-in not on the first page of 25. */
export function integrationTypes(org: Org): IntegrationType[] {
  return [...OTHER_TYPES.map(otherType), oidcType(org), otherType(LAST_TYPE)];
}

export function integrationType(org: Org, id: string): IntegrationType {
  const types = integrationTypes(org);
  return existing(Object.fromEntries(types.map((type) => [type.id, type])), "integrationType", id);
}

export function credentialTypes(org: Org): CredentialType[] {
  const { credentialTypeName, clientIdField, clientSecretField } = org.assumptions;
  return [
    credentialType("basicAuth", ["userName", "password"]),
    credentialType("pureCloudOAuthClient", ["clientId", "clientSecret"]),
    credentialType("userDefinedOAuth", ["clientId", "clientSecret", "loginUrl"]),
    credentialType("userDefined", []),
    credentialType("amazonWebServices", ["roleArn"]),
    credentialType(credentialTypeName.chosen, [clientIdField.chosen, clientSecretField.chosen]),
    credentialType("googleServiceAccount", ["clientEmail", "privateKey"]),
  ];
}

export function typeOperations(org: Org): Operations {
  return {
    getIntegrationsTypes: ({ query }) =>
      numberedPage(integrationTypes(org).map(typeAnswer), query, "/api/v2/integrations/types"),
    getIntegrationsType: ({ params }) => typeAnswer(integrationType(org, params.typeId ?? "")),
    getIntegrationsTypeConfigschema: ({ params }) => {
      const { schemas } = integrationType(org, params.typeId ?? "");
      return existing(schemas as Record<string, ConfigSchema>, "configSchema", params.configType ?? "");
    },
    getIntegrationsCredentialsTypes: () => credentialTypes(org),
  };
}

function typeAnswer({ id, name, category, credentials }: IntegrationType): Document {
  const selfUri = `/api/v2/integrations/types/${id}`;
  return {
    id,
    name,
    description: `Sandbox edition of ${name}`,
    category,
    vendorName: "Genesys",
    configPropertiesSchemaUri: `${selfUri}/configschemas/properties`,
    configAdvancedSchemaUri: `${selfUri}/configschemas/advanced`,
    credentials,
    nonInstallable: false,
    selfUri,
  };
}

function oidcType({ assumptions }: Org): IntegrationType {
  const discoveryUrl = assumptions.discoveryUrlProperty.chosen;
  return {
    id: assumptions.oidcTypeId.chosen,
    name: OIDC_TYPE_NAME,
    category: "WebDeployments",
    credentials: {
      [assumptions.credentialKey.chosen]: {
        required: true,
        title: "OAuth client of the OpenID provider",
        credentialTypes: [assumptions.credentialTypeName.chosen],
      },
    },
    schemas: {
      properties: configSchema(
        {
          [discoveryUrl]: { type: "string", title: "Discovery URI", minLength: 1 },
          [assumptions.maxRefreshLifetimeProperty.chosen]: {
            type: "integer",
            title: "Max Refresh Token Lifetime",
            minimum: 900,
            maximum: 7_776_000,
          },
          [assumptions.implicitFlowProperty.chosen]: {
            type: assumptions.implicitFlowType.chosen,
            title: "Implicit flow support",
          },
        },
        [discoveryUrl],
      ),
      advanced: configSchema({}, []),
    },
  };
}

/** A schema without properties leaves them free; one with properties knows no others. */
function configSchema(properties: Record<string, Document>, required: string[]): ConfigSchema {
  const $schema = "http://json-schema.org/draft-07/schema#";
  const additionalProperties = Object.keys(properties).length === 0 ? {} : { not: {} };
  return { $schema, title: "Configuration", type: "object", required, properties, additionalProperties };
}

function credentialType(name: string, fields: string[]): CredentialType {
  return {
    id: name,
    name,
    properties: Object.fromEntries(fields.map((field) => [field, { type: "string", title: field }])),
    displayOrder: fields,
    required: fields,
  };
}

type OtherType = readonly [id: string, name: string, category: string, credentialTypes: readonly string[]];

function otherType([id, name, category, credentialTypes]: OtherType): IntegrationType {
  const credentials = Object.fromEntries(
    credentialTypes.map((type) => [type, { required: true, title: type, credentialTypes: [type] }]),
  );
  const free = configSchema({}, []);
  return { id, name, category, credentials, schemas: { properties: free, advanced: free } };
}

const OTHER_TYPES: readonly OtherType[] = [
  ["embedded-client-app", "Custom Client Application", "Client Apps", []],
  ["custom-smtp-server", "Custom SMTP Server", "Email", ["basicAuth"]],
  ["imap-server", "IMAP Server", "Email", ["basicAuth"]],
  ["custom-rest-actions", "Web Services Data Actions", "Data Actions", ["userDefined"]],
  ["purecloud-data-actions", "Genesys Cloud Data Actions", "Data Actions", ["pureCloudOAuthClient"]],
  ["aws-lambda-data-actions", "AWS Lambda Data Actions", "Data Actions", ["amazonWebServices"]],
  ["google-data-actions", "Google Cloud Data Actions", "Data Actions", ["googleServiceAccount"]],
  ["salesforce-data-actions", "Salesforce Data Actions", "Data Actions", ["userDefinedOAuth"]],
  ["dynamics-data-actions", "Microsoft Dynamics 365 Data Actions", "Data Actions", ["userDefinedOAuth"]],
  ["zendesk-data-actions", "Zendesk Data Actions", "Data Actions", ["basicAuth"]],
  ["amazon-lex", "Amazon Lex", "Bots", ["amazonWebServices"]],
  ["amazon-lex-v2", "Amazon Lex V2", "Bots", ["amazonWebServices"]],
  ["google-dialogflow", "Google Dialogflow ES", "Bots", ["googleServiceAccount"]],
  ["google-dialogflow-cx", "Google Dialogflow CX", "Bots", ["googleServiceAccount"]],
  ["audiohook", "AudioHook Monitor", "Audio", ["userDefined"]],
  ["aws-s3-recordings", "AWS S3 Recording Bulk Actions", "Recordings", ["amazonWebServices"]],
  ["amazon-eventbridge", "Amazon EventBridge Source", "Events", []],
  ["webhook", "Incoming Webhook", "Chat", []],
  ["scim-generic", "Generic SCIM", "Directory", []],
  ["azure-ad-scim", "Microsoft Entra ID SCIM", "Directory", []],
  ["premium-widget", "Premium Widget", "Client Apps", []],
  ["premium-app", "Premium Client Application", "Client Apps", []],
  ["microsoft-teams", "Microsoft Teams", "Unified Communications", ["userDefinedOAuth"]],
  ["zoom-phone", "Zoom Phone", "Unified Communications", ["userDefinedOAuth"]],
  ["tts-google", "Google Cloud Text-to-Speech", "Speech", ["googleServiceAccount"]],
  ["tts-amazon-polly", "Amazon Polly", "Speech", ["amazonWebServices"]],
  ["webdeployments-push-apns", "Apple Push Notification Service", "WebDeployments", ["userDefined"]],
];

const LAST_TYPE: OtherType = ["workforce-import", "Historical Data Import", "Workforce", []];
