import type { Fault } from "../fault.ts";

/** Advice from the forum that the affected team disputes; no source confirms that Genesys does this. */
export const subjectNotFound: Fault = {
  name: "subject-not-found",
  kind: "set",
  seen: "Sign-ins fail at the exchange: Genesys looks for a contact whose name is the sub, which at Salesforce is a URL.",
  vendors: ["genesys"],
  member: "deployment",
  cause: "A27",
  refuse: ({ subject }) => (URL.canParse(subject) ? `There is no external contact "${subject}".` : undefined),
};
