import { genesysAssumptions } from "./genesys/assumptions.ts";
import { salesforceAssumptions } from "./salesforce/assumptions.ts";

/** Every vendor fact that no source confirms, by vendor: what the sandbox does and what to ask a real org. */
export const assumptions = { genesys: genesysAssumptions, salesforce: salesforceAssumptions };

export type Assumptions = typeof assumptions;
