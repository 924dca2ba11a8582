import { oddIdToken } from "./idToken.ts";

export const subjectLeftOut = oddIdToken(
  {
    name: "subject-left-out",
    cause: "A26",
    seen: "Sign-ins fail at the exchange: the ID token does not say who logged in.",
  },
  ({ sub: _, ...claims }) => claims,
);
