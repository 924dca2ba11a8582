import { Config } from "@pulumi/pulumi/config.js";
import { AuthenticatedMessaging } from "../../../../components/AuthenticatedMessaging.ts";
import { readConfiguration } from "../../../../program/configuration.ts";

const config = new Config();

/** The blocks that the stack configuration does not offer, and the types that tests switch. */
const messaging = new AuthenticatedMessaging("messaging", {
  ...readConfiguration(config),
  transform: {
    externalClientApp: (args) => {
      args.label = config.get("appLabel") ?? args.label;
    },
    credential: (args) => {
      args.type = config.get("credentialType");
    },
    integration: (args) => {
      args.type = config.get("integrationType");
    },
    configuration: (args) => {
      Object.assign(args, {
        position: { alignment: "Right", sideSpace: 20 },
        headlessMode: { enabled: false },
        cobrowse: { enabled: true, maskSelectors: [".private"] },
        journeyEvents: { enabled: true, pageviewConfig: "Auto" },
        supportCenter: { enabled: false },
        video: { enabled: false },
        customI18nLabels: [
          { language: "de", localizedLabels: [{ key: "MessengerHomeHeaderTitle", value: "Willkommen" }] },
        ],
      });
    },
  },
});

export const members = messaging.members;
export const pageContract = messaging.pageContract;
