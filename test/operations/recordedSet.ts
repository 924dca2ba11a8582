import type { PageContract } from "../../components/pageContract.ts";
import type { MessagingSet } from "../../operations/stack/messagingSet.ts";

/** A set as a stack's state records it, as far as sign-ins need it. */
export function recordedSet(
  pageContract: PageContract,
  client: { clientId: string; clientSecret: string },
  callbackUrls = [pageContract.redirectUri],
): MessagingSet {
  const member = (resource: string) => ({ urn: `urn::${resource}`, resource, id: resource });
  return {
    project: "shop",
    stack: "test",
    name: "messaging",
    pageContract,
    members: {
      ECA: { ...member("messaging-app"), inputs: { callbackUrls }, outputs: { callbackUrls } },
      credential: { ...member("messaging-credential"), inputs: { ...client }, outputs: { ...client } },
    },
  };
}
