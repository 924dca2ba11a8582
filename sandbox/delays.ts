/**
 * How long the vendors take for what they do asynchronously, in milliseconds.
 * Nothing runs on timers: an object stores when it changed, and its state is computed from the clock when it
 * is read. So a restart of the sandbox does not disturb what is under way.
 */
export interface Delays {
  /** Genesys integration: ACTIVATING to ACTIVE, and DEACTIVATING to INACTIVE. */
  integrationActivationMs: number;
  /** Genesys messenger configuration: draft Pending to Active. */
  draftActivationMs: number;
  /** Genesys messenger deployment: Pending to Active. */
  deploymentActivationMs: number;
  /** Both vendors: how far reads of their management APIs lag behind writes. */
  staleReadsMs: number;
  /** Genesys: the CDN goes on serving a runtime file that it has, whatever has become of the deployment. */
  cdnCacheMs: number;
  /** Salesforce: a new or changed client is not known to the authorization server before. */
  clientPropagationMs: number;
  /** Salesforce: a deploy or a retrieve of metadata, from its request to its end. */
  metadataTransferMs: number;
}

/** For work and tests: asynchronous enough to notice a missing wait, quick enough not to wait for. */
export const fastDelays: Delays = {
  integrationActivationMs: 60,
  draftActivationMs: 60,
  deploymentActivationMs: 60,
  staleReadsMs: 0,
  cdnCacheMs: 0,
  clientPropagationMs: 0,
  metadataTransferMs: 60,
};

/** As users of the real vendors report them. */
export const realisticDelays: Delays = {
  integrationActivationMs: 4_000,
  draftActivationMs: 8_000,
  deploymentActivationMs: 30_000,
  staleReadsMs: 1_000,
  cdnCacheMs: 30_000,
  clientPropagationMs: 60_000,
  metadataTransferMs: 5_000,
};
