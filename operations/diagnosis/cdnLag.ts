/** How long the CDN may go on with what it has after a change of the deployment. No source says how long it does. */
const cdnLagMs = 15 * 60_000;

/** Whether a difference on the CDN may only be that it has not followed yet. */
export function mayLag(changed: Date | string | undefined): boolean {
  return changed !== undefined && Date.now() - new Date(changed).getTime() < cdnLagMs;
}
