import { Config } from "@pulumi/pulumi/config.js";
import { AuthenticatedMessaging } from "../../../../components/AuthenticatedMessaging.ts";
import { readConfiguration } from "../../../../program/configuration.ts";

const config = new Config();

/** Ids by member, for the resource option `import`. */
const importIds = config.getObject<Record<string, string>>("importIds") ?? {};

/** The blocks that the stack configuration does not offer, and the types and options that tests switch. */
const messaging = new AuthenticatedMessaging("messaging", {
  ...readConfiguration(config),
  transform: {
    externalClientApp: (args, options) => {
      options.import = importIds["messaging-app"];
      args.label = config.get("appLabel") ?? args.label;
    },
    credential: (args, options) => {
      options.import = importIds["messaging-credential"];
      args.type = config.get("credentialType");
    },
    integration: (args, options) => {
      options.import = importIds["messaging-integration"];
      options.customTimeouts = config.getObject("integrationTimeouts");
      args.type = config.get("integrationType");
    },
    configuration: (args, options) => {
      options.import = importIds["messaging-configuration"];
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
    deployment: (_args, options) => {
      options.import = importIds["messaging-deployment"];
    },
  },
});

export const members = messaging.members;
export const pageContract = messaging.pageContract;
