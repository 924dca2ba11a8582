import type { FastifyInstance } from "fastify";
import type { Delays } from "./delays.ts";
import { withView } from "./faults/views.ts";
import type { GenesysState } from "./genesys/org.ts";
import { askedBy, isRead, isWrite, type Members, membersOf } from "./managementRequests.ts";
import type { SalesforceState } from "./salesforce/state.ts";
import type { Store } from "./store.ts";

/** A past of an org is kept at most so many times within the delay: copies of a big org take time. */
const PASTS = 10;

/**
 * Lets reads of a management API lag behind its writes by `staleReadsMs`, as those of a copy of the vendor's database
 * do. Writes, sign-ins and the CDN always see what there is. Nothing of the past outlives a restart.
 */
export function addStaleReads(
  app: FastifyInstance,
  store: Store<GenesysState> | Store<SalesforceState>,
  delays: Delays,
): void {
  /** What there was before a write, oldest first. */
  let pasts: { at: number; members: Members }[] = [];
  app.addHook("preHandler", (request, _reply, done) => {
    const { staleReadsMs } = delays;
    if (staleReadsMs === 0) return done();
    const now = performance.now();
    pasts = pasts.filter(({ at }) => now < at + staleReadsMs);
    const [oldest, newest] = [pasts[0], pasts.at(-1)];
    const asked = askedBy(request);
    if (isWrite(asked) && (newest === undefined || now > newest.at + staleReadsMs / PASTS)) {
      pasts.push({ at: now, members: membersOf(store.state) });
    }
    if (isRead(asked) && oldest) withView(store, { ...store.state, ...oldest.members }, done);
    else done();
  });
}
