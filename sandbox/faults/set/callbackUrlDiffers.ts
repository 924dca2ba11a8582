import type { Fault } from "../fault.ts";

export const callbackUrlDiffers: Fault = {
  name: "callback-url-differs",
  kind: "set",
  seen: "Visitors get an error page instead of the log-in form: the callback URL has one more slash than the page's.",
  vendors: ["salesforce"],
  member: "ECA",
  cause: "A14",
  breaks({ salesforce, chosen, change }) {
    const settings = salesforce.components.filter(({ type }) => type === "ExtlClntAppGlobalOauthSettings");
    for (const { id, fields } of chosen(settings)) {
      const urls = String(fields.callbackUrl ?? "").split("\n");
      const others = urls.map((url) => `${url}/`).join("\n");
      change("salesforce", ["components", id, "fields", "callbackUrl"], others);
    }
  },
};
