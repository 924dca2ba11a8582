import { Config } from "@pulumi/pulumi/config.js";
import { Credential } from "authenticated-messaging-providers/genesys/Credential.ts";

const config = new Config();

const credential = new Credential("credential", {
  name: "Customer sign-in",
  clientId: config.require("clientId"),
  clientSecret: config.requireSecret("clientSecret"),
});

export const credentialId = credential.id;
export const writtenAt = credential.modifiedDate;
