import { getProject, getStack } from "@pulumi/pulumi/metadata.js";
import { all, type Input, type Output, output } from "@pulumi/pulumi/output.js";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
} from "@pulumi/pulumi/resource.js";
import type { Adoption } from "authenticated-messaging-providers/adoption.ts";
import { Credential, type CredentialArgs } from "authenticated-messaging-providers/genesys/Credential.ts";
import { Integration, type IntegrationArgs } from "authenticated-messaging-providers/genesys/Integration.ts";
import {
  MessengerConfiguration,
  type MessengerConfigurationArgs,
} from "authenticated-messaging-providers/genesys/MessengerConfiguration.ts";
import {
  MessengerDeployment,
  type MessengerDeploymentArgs,
} from "authenticated-messaging-providers/genesys/MessengerDeployment.ts";
import {
  ExternalClientApp,
  type ExternalClientAppArgs,
} from "authenticated-messaging-providers/salesforce/ExternalClientApp.ts";
import type { PageContract } from "./pageContract.ts";

/** The objects to take over, by the vendor's id of each; those that are not named are made. */
export interface AdoptArgs {
  /** Its developer name. */
  externalClientApp?: Input<string>;
  credential?: Input<string>;
  integration?: Input<string>;
  configuration?: Input<string>;
  deployment?: Input<string>;
  /** Also those that carry the mark of another owner. Default: false. */
  force?: Input<boolean>;
}

/** Last say over what a member is made with: change `args` and `options` in place. */
export type Transform<Args> = (args: Args, options: CustomResourceOptions) => void;

export interface AuthenticatedMessagingArgs {
  /** Name of all members in the consoles of both vendors. */
  displayName: Input<string>;
  /** API name of the External Client App: letters, digits, single underscores; unique in the Salesforce org. */
  developerName: Input<string>;
  /** Whom Salesforce's admins can ask about the app. */
  contactEmail: Input<string>;
  /** Text shown in both consoles. */
  description?: Input<string>;
  /** Redirect URIs of the page; the first one goes into the page contract. */
  callbackUrls: Input<string[]>;
  /** OAuth scopes. Default: openid, profile, email, refresh_token. */
  scopes?: Input<string[]>;
  /** Default: true. */
  pkceRequired?: Input<boolean>;
  /** Where visitors sign in, if not at the org's own address: an Experience Cloud site, with its path. */
  loginHost?: Input<string>;
  idToken?: ExternalClientAppArgs["idToken"];
  policies?: ExternalClientAppArgs["policies"];
  /** Further properties of the Genesys integration, under the vendor's keys. */
  integrationProperties?: IntegrationArgs["properties"];
  /** May a visitor who chats anonymously sign in later? Default: false. */
  sessionUpgrade?: Input<boolean>;
  /** Default: en-us. */
  languages?: Input<string[]>;
  /** Default: en-us. */
  defaultLanguage?: Input<string>;
  /** Messenger settings as the Genesys API has them. */
  messenger?: MessengerConfigurationArgs["messenger"];
  /** Hosts of the pages that show the messenger. */
  allowedDomains?: Input<string[]>;
  /** Every host may show the messenger. Default: false. */
  allowAllDomains?: Input<boolean>;
  /** Id of the inbound message flow. */
  flowId?: Input<string>;
  /** Takes over objects that somebody else made, instead of making them. */
  adopt?: AdoptArgs;
  transform?: {
    externalClientApp?: Transform<ExternalClientAppArgs>;
    credential?: Transform<CredentialArgs>;
    integration?: Transform<IntegrationArgs>;
    configuration?: Transform<MessengerConfigurationArgs>;
    deployment?: Transform<MessengerDeploymentArgs>;
  };
}

/** One line of the overview of a set. */
export interface MemberSummary {
  member: "ECA" | "credential" | "integration" | "configuration" | "deployment";
  name: string;
  id: string;
  state: string;
}

/** One environment's set: five members that must agree, and what the web page must use to fit them. */
export class AuthenticatedMessaging extends ComponentResource {
  readonly externalClientAppId: Output<string>;
  readonly credentialId: Output<string>;
  readonly integrationId: Output<string>;
  readonly configurationId: Output<string>;
  /** Stands in the page: replacing the deployment is the one change that every page must follow. */
  readonly deploymentId: Output<string>;
  /** Client id at Salesforce; stands in the page too. */
  readonly clientId: Output<string>;
  readonly discoveryUrl: Output<string>;
  readonly snippet: Output<string>;
  readonly pageContract: Output<PageContract>;
  readonly members: Output<MemberSummary[]>;

  constructor(name: string, args: AuthenticatedMessagingArgs, options?: ComponentResourceOptions) {
    super("authenticated-messaging:index:AuthenticatedMessaging", name, {}, options);
    const owner = `${getProject()}/${getStack()}/${name}`;
    const { transform = {}, adopt = {}, displayName, description } = args;
    const adoption = (id: Input<string> | undefined): Input<Adoption> | undefined =>
      id === undefined
        ? undefined
        : output({ id, force: output(adopt.force).apply((force) => force ?? false) });
    const child = <Args>(
      hook: Transform<Args> | undefined,
      childArgs: Args,
    ): [Args, CustomResourceOptions] => {
      const childOptions: CustomResourceOptions = { parent: this };
      hook?.(childArgs, childOptions);
      return [childArgs, childOptions];
    };

    const [appArgs, appOptions] = child(transform.externalClientApp, {
      owner,
      description,
      label: displayName,
      developerName: args.developerName,
      contactEmail: args.contactEmail,
      callbackUrls: args.callbackUrls,
      scopes: args.scopes,
      pkceRequired: args.pkceRequired,
      idToken: args.idToken,
      policies: args.policies,
      loginHost: args.loginHost,
      adopt: adoption(adopt.externalClientApp),
    });
    const app = new ExternalClientApp(`${name}-app`, appArgs, appOptions);
    const credential = new Credential(
      `${name}-credential`,
      ...child(transform.credential, {
        owner,
        name: displayName,
        clientId: app.consumerKey,
        clientSecret: app.consumerSecret,
        adopt: adoption(adopt.credential),
      }),
    );
    const integration = new Integration(
      `${name}-integration`,
      ...child(transform.integration, {
        owner,
        name: displayName,
        notes: description,
        discoveryUrl: app.discoveryUrl,
        credentialId: credential.id,
        properties: args.integrationProperties,
        adopt: adoption(adopt.integration),
      }),
    );
    const configuration = new MessengerConfiguration(
      `${name}-configuration`,
      ...child(transform.configuration, {
        owner,
        description,
        name: displayName,
        integrationId: integration.id,
        sessionUpgrade: args.sessionUpgrade,
        languages: args.languages,
        defaultLanguage: args.defaultLanguage,
        messenger: args.messenger,
        adopt: adoption(adopt.configuration),
      }),
    );
    const deployment = new MessengerDeployment(
      `${name}-deployment`,
      ...child(transform.deployment, {
        owner,
        description,
        name: displayName,
        configurationId: configuration.id,
        configurationVersion: configuration.publishedVersion,
        allowedDomains: args.allowedDomains,
        allowAllDomains: args.allowAllDomains,
        flowId: args.flowId,
        adopt: adoption(adopt.deployment),
      }),
    );

    this.externalClientAppId = app.id;
    this.credentialId = credential.id;
    this.integrationId = integration.id;
    this.configurationId = configuration.id;
    this.deploymentId = deployment.id;
    this.clientId = app.consumerKey;
    this.discoveryUrl = app.discoveryUrl;
    this.snippet = deployment.snippet;
    this.pageContract = pageContractOf(app, appArgs.callbackUrls, deployment);
    this.members = membersOf(app, credential, integration, configuration, deployment);
    this.registerOutputs({
      externalClientAppId: this.externalClientAppId,
      credentialId: this.credentialId,
      integrationId: this.integrationId,
      configurationId: this.configurationId,
      deploymentId: this.deploymentId,
      clientId: this.clientId,
      discoveryUrl: this.discoveryUrl,
      snippet: this.snippet,
      pageContract: this.pageContract,
      members: this.members,
    });
  }
}

/** @param callbackUrls as the program orders them: to Salesforce their order means nothing */
function pageContractOf(
  app: ExternalClientApp,
  callbackUrls: Input<Input<string>[]>,
  deployment: MessengerDeployment,
): Output<PageContract> {
  return output({
    deploymentId: deployment.id,
    genesysApiUrl: deployment.apiUrl,
    clientId: app.consumerKey,
    discoveryUrl: app.discoveryUrl,
    issuer: app.issuer,
    authorizeUrl: app.authorizeUrl,
    redirectUri: output(callbackUrls).apply(([first]) => first ?? ""),
    scopes: app.scopes,
    pkce: { required: app.pkceRequired, method: "S256" as const },
  });
}

function membersOf(
  app: ExternalClientApp,
  credential: Credential,
  integration: Integration,
  configuration: MessengerConfiguration,
  deployment: MessengerDeployment,
): Output<MemberSummary[]> {
  return all([
    {
      member: "ECA" as const,
      name: app.label,
      id: app.id,
      state: app.pkceRequired.apply((required) => `PKCE ${required ? "required" : "optional"}`),
    },
    {
      member: "credential" as const,
      name: credential.name,
      id: credential.id,
      state: credential.modifiedDate.apply((date) => `written ${date}`),
    },
    {
      member: "integration" as const,
      name: integration.name,
      id: integration.id,
      state: integration.reportedState,
    },
    {
      member: "configuration" as const,
      name: configuration.name,
      id: configuration.id,
      state: configuration.publishedVersion.apply((version) => `version ${version}`),
    },
    { member: "deployment" as const, name: deployment.name, id: deployment.id, state: deployment.status },
  ]);
}
