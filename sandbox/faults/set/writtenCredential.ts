import { now } from "../../genesys/org.ts";
import type { Breaking } from "../fault.ts";

/** Somebody writes one field of the credentials by hand: as with every writing, their dates move. */
export function writeField(
  { genesys, chosen, change }: Breaking,
  field: string,
  valueFrom: (before: string | undefined) => string,
): void {
  for (const { id, fields, modifiedDate } of chosen(genesys.credentials)) {
    change("genesys", ["credentials", id, "fields", field], valueFrom(fields[field]));
    change("genesys", ["credentials", id, "modifiedDate"], now(modifiedDate));
  }
}
