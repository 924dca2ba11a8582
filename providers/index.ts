import { dynamicProvider } from "./dynamicProvider.ts";
import { credentialKind } from "./genesys/Credential.ts";
import { integrationKind } from "./genesys/Integration.ts";
import { messengerConfigurationKind } from "./genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "./genesys/MessengerDeployment.ts";
import { externalClientAppKind } from "./salesforce/ExternalClientApp.ts";

// These names stand in every state: they never change.
export const externalClientApp = dynamicProvider(externalClientAppKind);
export const credential = dynamicProvider(credentialKind);
export const integration = dynamicProvider(integrationKind);
export const messengerConfiguration = dynamicProvider(messengerConfigurationKind);
export const messengerDeployment = dynamicProvider(messengerDeploymentKind);

export { Credential, type CredentialArgs } from "./genesys/Credential.ts";
export { Integration, type IntegrationArgs } from "./genesys/Integration.ts";
export { MessengerConfiguration, type MessengerConfigurationArgs } from "./genesys/MessengerConfiguration.ts";
export { MessengerDeployment, type MessengerDeploymentArgs } from "./genesys/MessengerDeployment.ts";
export { ExternalClientApp, type ExternalClientAppArgs } from "./salesforce/ExternalClientApp.ts";
