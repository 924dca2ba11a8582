import type { PageContract } from "../../components/pageContract.ts";
import { CodedError } from "../../providers/errors.ts";

/**
 * Gives the sandbox's web page the page contract to work by.
 *
 * @throws CodedError START_PAGE_CONTRACT_REFUSED
 */
export async function givePageContract(
  webPageUrl: string,
  contract: PageContract,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(10_000);
  const response = await fetch(`${webPageUrl}/_sandbox/page-contract`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(contract),
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
  });
  if (response.ok) return;
  throw new CodedError({
    code: "START_PAGE_CONTRACT_REFUSED",
    what: "The sandbox's web page did not take the page contract.",
    evidence: { url: webPageUrl, status: response.status, answer: await response.text() },
    next: "Stop the sandbox that is running, if it is of another version, then run `npm start` again.",
  });
}
