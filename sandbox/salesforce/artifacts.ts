import type { Artifacts } from "../identityProvider/directory.ts";
import type { Store } from "../store.ts";
import type { SalesforceState } from "./state.ts";

/** Keeps what the authorization server remembers in the org's store, so that sessions survive a restart. */
export function artifactsIn(store: Store<SalesforceState>): Artifacts {
  const kept = () => store.state.artifacts;
  return {
    get: (key) => {
      const artifact = kept()[key];
      return artifact && artifact.expiresAt > Date.now() ? artifact.payload : undefined;
    },
    set: (key, payload, expiresInSeconds) => {
      forgetExpired(kept());
      kept()[key] = { payload, expiresAt: Date.now() + expiresInSeconds * 1000 };
      store.save();
      return store.saved();
    },
    delete: (key) => {
      delete kept()[key];
      store.save();
      return store.saved();
    },
    entries: () => Object.entries(kept()).map(([key, { payload }]) => [key, payload]),
  };
}

function forgetExpired(artifacts: SalesforceState["artifacts"]) {
  for (const [key, { expiresAt }] of Object.entries(artifacts)) {
    if (expiresAt <= Date.now()) delete artifacts[key];
  }
}
