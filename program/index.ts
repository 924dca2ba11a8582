import { AuthenticatedMessaging } from "../components/AuthenticatedMessaging.ts";
import { readConfiguration } from "./configuration.ts";

const messaging = new AuthenticatedMessaging("messaging", readConfiguration());

export const members = messaging.members;
export const clientId = messaging.clientId;
export const discoveryUrl = messaging.discoveryUrl;
export const deploymentId = messaging.deploymentId;
export const snippet = messaging.snippet;
export const pageContract = messaging.pageContract;
