import { withClock } from "authenticated-messaging-providers/clock.ts";
import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { providersByType } from "authenticated-messaging-providers/kinds.ts";
import { unknownValue } from "authenticated-messaging-providers/unknown.ts";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { memberNames, memberTypes } from "../../operations/stack/messagingSet.ts";
import { quickClock } from "../fuzz/quickClock.ts";
import { startWorld } from "../fuzz/world.ts";
import { changeMarks, objectsOf } from "../marks.ts";
import { owner } from "./sandboxSet.ts";
import { createSet, type Member } from "./wholeSet.ts";

const world = await startWorld();
const { sandbox } = world;
afterAll(world.stop);

const nowhere = "00000000-0000-4000-8000-000000000000";
const members = memberNames.map((name) => ({ name, type: memberTypes[name] }));
let made: Record<(typeof memberNames)[number], Member>;

/** As a new process has them: it has made and deleted nothing yet. */
const provider = (type: string, connections: Connections = world.connect()) => {
  const found = providersByType(connections).get(type);
  if (found === undefined) throw new Error(type);
  return found;
};

/** What the member declares, with an object to take over. */
const adopting = (member: Member, adopt: object, changes: object = {}) => ({
  ...member.inputs(),
  ...changes,
  adopt,
});

const everything = () => structuredClone(objectsOf(sandbox));
const counts = () => Object.values(objectsOf(sandbox)).map((objects) => Object.keys(objects).length);

/** The waits of a test pass quicker than by the clock. */
const quickly = (work: () => Promise<void>) => () => withClock(quickClock(), work);

beforeEach(
  quickly(async () => {
    world.reset();
    const set = await createSet(world.connect());
    made = {
      ECA: set.app,
      credential: set.credential,
      integration: set.integration,
      configuration: set.configuration,
      deployment: set.deployment,
    };
  }),
);

describe.each(members)("adoption of the $name by its id", ({ name, type }) => {
  it(
    "takes over one without a mark, marks it, and makes no other",
    quickly(async () => {
      const id = made[name].id();
      changeMarks(sandbox);
      const before = counts();
      const { outputs, ...answer } = await provider(type).create(adopting(made[name], { id }));
      expect(answer.id).toBe(id);
      expect(outputs.owner).toBe(owner);
      expect(counts()).toEqual(before);
      const seen = await provider(type).read(id, outputs);
      expect(provider(type).compare(seen?.outputs ?? {}, made[name].inputs())).toEqual([]);
    }),
  );

  it(
    "tells in a preview what will be written, and writes nothing",
    quickly(async () => {
      changeMarks(sandbox);
      const before = everything();
      const seen = await provider(type).foreseeAdopted(adopting(made[name], { id: made[name].id() }));
      expect(seen).toMatchObject(
        name === "ECA" ? { developerName: made[name].id() } : { name: "Shop sign-in" },
      );
      expect(everything()).toEqual(before);
    }),
  );

  it(
    "is refused when it has somebody else's mark, unless forced",
    quickly(async () => {
      const id = made[name].id();
      changeMarks(sandbox, "other/prod/messaging");
      const before = everything();
      await expect(provider(type).create(adopting(made[name], { id }))).rejects.toThrow(
        /^ADOPT_FOREIGN: [\s\S]*owner other\/prod\/messaging/,
      );
      expect(everything()).toEqual(before);
      const forced = await provider(type).create(adopting(made[name], { id, force: true }));
      expect(forced).toMatchObject({ id, outputs: { owner } });
    }),
  );

  it(
    "is refused when there is none of that id, and none is made",
    quickly(async () => {
      changeMarks(sandbox);
      const before = everything();
      await expect(
        provider(type).create(adopting(made[name], { id: name === "ECA" ? "Nobody" : nowhere })),
      ).rejects.toThrow(/^ADOPT_NOT_FOUND: /);
      expect(everything()).toEqual(before);
    }),
  );

  it(
    "leaves it alone in the stack that had it before: its state still has the id",
    quickly(async () => {
      const id = made[name].id();
      changeMarks(sandbox, "other/prod/messaging");
      const before = everything();
      const { read, update, delete: remove } = provider(type);
      const recorded = { ...made[name].inputs(), ...made[name].outputs() };
      const refused = /^OWNED_BY_OTHER: [\s\S]*owner other\/prod\/messaging/;
      await expect(read(id, recorded)).rejects.toThrow(refused);
      await expect(update(id, recorded, made[name].inputs())).rejects.toThrow(refused);
      await expect(remove(id, recorded)).rejects.toThrow(refused);
      expect(everything()).toEqual(before);
    }),
  );

  it(
    "does not take over the old one where it is made anew",
    quickly(async () => {
      const id = made[name].id();
      const connections = world.connect();
      changeMarks(sandbox);
      const { outputs } = await provider(type, connections).create(adopting(made[name], { id }));
      await provider(type, connections).delete(id, outputs);
      const again = await provider(type, connections).create(adopting(made[name], { id }));
      expect(again.outputs.owner).toBe(owner);
      if (name !== "ECA") expect(again.id).not.toBe(id);
    }),
  );
});

it(
  "a member that differs in what cannot change in place is refused, and left alone",
  quickly(async () => {
    changeMarks(sandbox);
    const before = everything();
    const { ECA, credential } = made;
    await expect(
      provider(memberTypes.ECA).create(adopting(ECA, { id: ECA.id() }, { developerName: "Another" })),
    ).rejects.toThrow(/^ADOPT_UNFIT: [\s\S]*properties developerName/);
    await expect(
      provider(memberTypes.credential).create(
        adopting(credential, { id: credential.id() }, { type: "other" }),
      ),
    ).rejects.toThrow(/^ADOPT_UNFIT: [\s\S]*properties type/);
    expect(everything()).toEqual(before);
  }),
);

it(
  "one of another type is refused where the program declares none, by a preview too, and keeps what it holds",
  quickly(async () => {
    changeMarks(sandbox);
    const { credential, integration } = made;
    const { credentials, integrations } = sandbox.genesys.store.state;
    for (const type of ["basicAuth", "userDefinedOAuth"]) {
      Object.assign(credentials[credential.id()] ?? {}, { type, fields: { userName: "u", password: "p" } });
      await refusedAs(/^ADOPT_UNFIT: [\s\S]*properties type/, memberTypes.credential, credential);
    }
    Object.assign(integrations[integration.id()] ?? {}, { typeId: "custom-smtp-server" });
    await refusedAs(/^ADOPT_UNFIT: [\s\S]*properties type/, memberTypes.integration, integration);
  }),
);

it(
  "an imported credential whose type has other fields is not written over",
  quickly(async () => {
    changeMarks(sandbox);
    const { credential } = made;
    const type = { type: "basicAuth", fields: { userName: "u", password: "p" } };
    Object.assign(sandbox.genesys.store.state.credentials[credential.id()] ?? {}, type);
    const before = everything();
    const { outputs } = await provider(memberTypes.credential).import(credential.id(), owner);
    await expect(
      provider(memberTypes.credential).update(credential.id(), outputs, credential.inputs()),
    ).rejects.toThrow(/^GENESYS_SCHEMA_UNCLEAR: [\s\S]*basicAuth/);
    expect(everything()).toEqual(before);
  }),
);

it(
  "one whose type is not known yet is no misfit in a preview",
  quickly(async () => {
    changeMarks(sandbox);
    for (const [type, member] of [
      [memberTypes.credential, made.credential],
      [memberTypes.integration, made.integration],
    ] as const) {
      const inputs = adopting(member, { id: member.id() }, { type: unknownValue });
      expect(await provider(type).foreseeAdopted(inputs)).toMatchObject({ name: "Shop sign-in" });
    }
  }),
);

/** Neither a preview nor `up` takes it over. */
async function refusedAs(error: RegExp, type: string, member: Member): Promise<void> {
  const before = everything();
  const inputs = adopting(member, { id: member.id() });
  await expect(provider(type).foreseeAdopted(inputs)).rejects.toThrow(error);
  await expect(provider(type).create(inputs)).rejects.toThrow(error);
  expect(everything()).toEqual(before);
}

it(
  "one with our mark that no state knows and that cannot become what is declared is left alone",
  quickly(async () => {
    const before = everything();
    const { ECA, credential, integration } = made;
    const create = ({ inputs }: Member, type: string, changes: object) =>
      provider(type).create({ ...inputs(), ...changes });
    await expect(create(ECA, memberTypes.ECA, { developerName: "Another" })).rejects.toThrow(
      /^MARKED_UNFIT: [\s\S]*properties developerName[\s\S]*next: .*delete it at the vendor/,
    );
    await expect(create(credential, memberTypes.credential, { type: "other" })).rejects.toThrow(
      /^MARKED_UNFIT: [\s\S]*properties type/,
    );
    await expect(create(integration, memberTypes.integration, { type: "webhook" })).rejects.toThrow(
      /^MARKED_UNFIT: [\s\S]*properties type/,
    );
    expect(everything()).toEqual(before);
  }),
);

it(
  "one with our mark is left alone when it has another type than the one that a program without `type` means",
  quickly(async () => {
    const { credential } = made;
    const { type: _, ...undeclared } = credential.inputs();
    const stored = sandbox.genesys.store.state.credentials[credential.id()];
    if (stored) stored.type = "basicAuth";
    const before = everything();
    await expect(provider(memberTypes.credential).create(undeclared)).rejects.toThrow(
      /^MARKED_UNFIT: [\s\S]*properties type/,
    );
    expect(everything()).toEqual(before);
  }),
);

describe("two with our mark that no state knows", () => {
  const twins = members.filter(({ name }) => name !== "ECA");

  it.each(twins)("are left alone, and no third $name is made", async ({ name, type }) => {
    await withClock(quickClock(), async () => {
      const objects = storedBeside(name);
      const twin = { ...structuredClone(objects[made[name].id()]), id: nowhere };
      Object.assign(objects, { [nowhere]: twin });
      const before = everything();
      await expect(provider(type).create(made[name].inputs())).rejects.toThrow(
        new RegExp(`^MARKED_TWICE: [\\s\\S]*${made[name].id()}`),
      );
      expect(everything()).toEqual(before);
    });
  });
});

/** The objects of the member's kind in the sandbox. */
function storedBeside(name: string): Record<string, object> {
  const { credentials, integrations, configurations, deployments } = sandbox.genesys.store.state;
  const stored: Record<string, object> | undefined = {
    credential: credentials,
    integration: integrations,
    configuration: configurations,
    deployment: deployments,
  }[name];
  if (stored === undefined) throw new Error(name);
  return stored;
}

it(
  "a second one beside that with our mark is refused",
  quickly(async () => {
    changeMarks(sandbox);
    const first = made.credential;
    await provider(memberTypes.credential).create(first.inputs());
    await expect(
      provider(memberTypes.credential).create(adopting(first, { id: first.id() })),
    ).rejects.toThrow(/^ADOPT_SECOND: /);
  }),
);

it(
  "`adopt` is checked, and is no difference once the member is recorded",
  quickly(async () => {
    const { inputs, failures } = provider(memberTypes.credential).check(
      adopting(made.credential, { id: "" }),
    );
    expect(failures).toEqual([{ property: "adopt.id", reason: "must be the vendor's id of the object" }]);
    changeMarks(sandbox);
    const declared = made.credential.inputs();
    const { outputs } = await provider(memberTypes.credential).create(
      adopting(made.credential, { id: made.credential.id() }),
    );
    for (const news of [declared, { ...declared, adopt: { id: nowhere } }])
      expect(provider(memberTypes.credential).compare(outputs, news)).toEqual([]);
    expect(inputs).not.toHaveProperty("adopt");
  }),
);
