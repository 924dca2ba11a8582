import { oddIdToken } from "./idToken.ts";

export const audienceWithoutClient = oddIdToken(
  {
    name: "audience-without-client",
    cause: "A23",
    seen: "Sign-ins fail at the exchange: the ID token is meant for another audience than the client.",
  },
  (claims) => ({ ...claims, aud: "https://another.example" }),
);
