import { z } from "zod";
import { type MessagingSet, memberOf } from "../stack/messagingSet.ts";

/** The client id and secret that the program gave Genesys to redeem codes with. */
export interface DeployedClient {
  clientId: string;
  clientSecret: string;
}

const inputsSchema = z.object({ clientId: z.string(), clientSecret: z.string() });

/**
 * From the state's record of the credential, which alone still knows the secret: Genesys never gives it back.
 *
 * @throws CodedError SET_NOT_COMPLETE
 */
export function deployedClient(set: MessagingSet): DeployedClient {
  return inputsSchema.parse(memberOf(set, "credential").inputs);
}
