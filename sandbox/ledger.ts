/** Why an exchange failed, as the sandbox knows it and the vendor never says it. */
export type FailureReason =
  | "deployment_unknown"
  | "deployment_not_active"
  | "configuration_version_missing"
  | "authentication_off"
  | "integration_unknown"
  | "integration_wrong_type"
  | "integration_not_active"
  | "discovery_url_missing"
  | "credential_missing"
  | "discovery_unreachable"
  | "discovery_invalid"
  | "discovery_issuer_mismatch"
  | "code_missing"
  | "implicit_flow_off"
  | "implicit_flow_on"
  | "iss_missing"
  | "iss_mismatch"
  | "client_authentication_unsupported"
  | "token_endpoint_unreachable"
  | "client_refused"
  | "client_unknown"
  | "code_refused"
  | "code_verifier_refused"
  | "redirect_uri_refused"
  | "token_request_refused"
  | "id_token_missing"
  | "id_token_malformed"
  | "id_token_algorithm"
  | "jwks_unreachable"
  | "id_token_key_unknown"
  | "id_token_signature"
  | "id_token_issuer"
  | "id_token_audience"
  | "id_token_expired"
  | "id_token_claim"
  | "nonce_missing"
  | "nonce_mismatch"
  | "max_age_exceeded"
  | "refused_by_fault"
  | "refresh_token_unknown"
  | "refresh_token_expired";

export interface LedgerEntry {
  /** The `contextId` of the answer that hid this reason. */
  contextId: string;
  /** ISO date. */
  at: string;
  deploymentId: string;
  reason: FailureReason;
  /** One sentence for a person; holds no secret. */
  text: string;
  /** Names of the faults that were on. */
  faults: readonly string[];
}

/**
 * The true reasons behind the opaque answers of the exchange. Tests read it in-process; it has no HTTP path,
 * so that the product cannot come to depend on knowing more than the vendor tells.
 */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];

  /** Oldest first. */
  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  add(entry: LedgerEntry): void {
    this.#entries.push(entry);
  }

  /** The entry behind one answer. */
  find(contextId: string): LedgerEntry | undefined {
    return this.#entries.find((entry) => entry.contextId === contextId);
  }
}
