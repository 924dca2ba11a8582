import { foreign, splitMark, withMark } from "authenticated-messaging-providers/ownerMark.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const text = fc.string().map((value) => value.trim());
const owner = fc.stringMatching(/^[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+$/);

describe("owner mark", () => {
  it("is found again behind any text", () => {
    fc.assert(
      fc.property(text, owner, (value, mark) => {
        expect(splitMark(withMark(value, mark))).toEqual({ text: splitMark(value).text, owner: mark });
      }),
    );
  });

  it("is absent from text that nobody marked", () => {
    expect(splitMark("made by hand [draft]")).toEqual({ text: "made by hand [draft]", owner: undefined });
    expect(splitMark(undefined)).toEqual({ text: "", owner: undefined });
  });

  it("names the owner of a foreign object, or says that there is none", () => {
    expect(foreign("Genesys integration", "Shop", "shop/prod/messaging").message).toContain(
      "shop/prod/messaging",
    );
    expect(foreign("Genesys integration", "Shop", undefined).message).toContain("made by hand");
  });
});
