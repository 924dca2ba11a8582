import { credentialKind } from "../../providers/genesys/Credential.ts";
import { integrationKind } from "../../providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "../../providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "../../providers/genesys/MessengerDeployment.ts";
import type { Kind, Owned } from "../../providers/lifecycle.ts";
import { externalClientAppKind } from "../../providers/salesforce/ExternalClientApp.ts";
import type { MemberName } from "./messagingSet.ts";

type AnyKind = Kind<Owned & Record<string, unknown>, Record<string, unknown>>;

/** The kind of each member, for what is done to all of them alike. */
export const kinds = {
  ECA: externalClientAppKind,
  credential: credentialKind,
  integration: integrationKind,
  configuration: messengerConfigurationKind,
  deployment: messengerDeploymentKind,
} as unknown as Readonly<Record<MemberName, AnyKind>>;
