import { z } from "zod";

/**
 * What the product takes for granted about the vendors though no source confirms it. Each can be switched by the
 * stack configuration key `assumptions`; docs/assumptions.md says how to check each against a real org.
 */
export const assumptionsSchema = z
  .strictObject({
    /** Genesys changes a credential's modifiedDate whenever somebody writes it, and only then. */
    credentialDateMarksWrites: z.boolean().default(true),
    /** The list of a messenger configuration's versions holds whole documents, the draft among them. */
    versionListIsWhole: z.boolean().default(true),
    /** Salesforce's token endpoint looks at the client first: a wrong code is refused otherwise than an unknown client. */
    invalidCodeShowsClient: z.boolean().default(true),
  })
  .prefault({});

export type Assumptions = z.infer<typeof assumptionsSchema>;
