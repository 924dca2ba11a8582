import type { LiveSet } from "./liveSet.ts";

/**
 * The client id of the credential, where the org shows it: no source says what a read of a credential holds. A masked
 * value counts as none.
 */
export async function shownClientId(live: LiveSet): Promise<string | undefined> {
  const fields = Object.entries((await live.credential())?.credentialFields ?? {});
  const shown = fields.find(([name, value]) => /client.?id/i.test(name) && !/^[*•x]*$/i.test(String(value)));
  return shown && String(shown[1]);
}
