import { type Check, notRun } from "../../check.ts";

export const consumerKeyMetadata: Check = {
  id: "D1",
  title: "Consumer key in metadata",
  severity: "note",
  member: "ECA",
  looks: "nothing: this project never sends a consumer key or oauthLink",
  story: {
    symptom: "A deploy of the app's metadata says 'cannot provide a Consumer Key' or 'already taken'.",
    cause: "The metadata holds the consumer key or the oauthLink of another org.",
    detection: "It concerns deploys by other tools, which no read shows.",
    source: "Reports about deploys of connected apps and External Client Apps.",
  },
  fix: {
    byCode: "Nothing: the resource ExternalClientApp never sends them.",
    byHand: "Take consumerKey and oauthLink out of the metadata before it is deployed to another org.",
  },
  look: async () => notRun("Advice only: it concerns deploys by other tools."),
};
