import { oddIdToken } from "./idToken.ts";

export const authTimeLeftOut = oddIdToken(
  {
    name: "auth-time-left-out",
    cause: "A12",
    seen: "Sign-ins with max_age fail at the exchange: the ID token does not say when the visitor logged in.",
  },
  ({ auth_time: _, ...claims }) => claims,
);
