import { setTimeout as pause } from "node:timers/promises";
import { withClock } from "authenticated-messaging-providers/clock.ts";
import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { CodedError, type Outcome, VendorError } from "authenticated-messaging-providers/errors.ts";
import * as lifecycle from "authenticated-messaging-providers/lifecycle.ts";
import {
  differences,
  IncompleteError,
  type Kind,
  type Live,
  type Remote,
} from "authenticated-messaging-providers/lifecycle.ts";
import { cancelled, operation, within } from "authenticated-messaging-providers/operation.ts";
import {
  isRewriteOrdered,
  rewriteOrder,
  rewriteVariable,
} from "authenticated-messaging-providers/rewriteOrder.ts";
import { waitFor } from "authenticated-messaging-providers/waiting.ts";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { quickClock } from "../fuzz/quickClock.ts";

/** The pauses between looks need not be sat out. */
function quickly<Call extends (...given: never[]) => unknown>(call: Call) {
  return ((...given) => withClock(quickClock(), () => call(...given))) as Call;
}
const create = quickly(lifecycle.create);
const update = quickly(lifecycle.update);
const remove = quickly(lifecycle.remove);
const read = quickly(lifecycle.read);

interface Inputs {
  owner: string;
  color: string;
  tags?: string[];
}
interface Computed {
  health: string;
}
type Thing = Live<Inputs, Computed>;

/** What the vendor has, and what it does to the next calls of each name. */
let things: Map<string, Thing>;
let calls: string[];
let trouble: Partial<Record<string, (() => void)[]>>;
/** Runs after a call has had its effect, as a lost answer does. */
let afterwards: Partial<Record<string, (() => void)[]>>;

beforeEach(() => {
  things = new Map();
  connections = { begun: new Set([wanted.owner]), removed: new Set() } as unknown as Connections;
  calls = [];
  trouble = {};
  afterwards = {};
});

function fail(outcome: Outcome): () => never {
  return () => {
    throw new VendorError({ outcome, code: "TROUBLE", what: "Trouble.", next: "None." });
  };
}

async function call<T>(name: string, effect: () => T): Promise<T> {
  calls.push(name);
  trouble[name]?.shift()?.();
  const result = effect();
  afterwards[name]?.shift()?.();
  return result;
}

const remote: Remote<Inputs, Computed> = {
  read: (id) => call("read", () => things.get(id)),
  find: ({ owner }) =>
    call("find", () => {
      const [found] = [...things].filter(([, thing]) => thing.owner === owner);
      return found && { id: found[0], live: found[1] };
    }),
  create: ({ owner }) =>
    call("create", () => {
      const id = `id-${things.size + 1}`;
      const live = { owner, health: "new" };
      things.set(id, live);
      return { id, live };
    }),
  sync: (id, _live, wanted) =>
    call("sync", () => {
      const live = { ...wanted, health: "good" };
      things.set(id, live);
      return live;
    }),
  marked: (id) =>
    call("marked", () => {
      const thing = things.get(id);
      return thing && { owner: thing.owner };
    }),
  remove: (id) =>
    call("remove", () => {
      if (!things.delete(id)) fail("notFound")();
    }),
  gone: (id) => call("gone", () => expect(things.has(id)).toBe(false)),
};

const kind: Kind<Inputs, Computed> = {
  noun: "thing",
  type: "pulumi-nodejs:test:Thing",
  handler: "thing",
  inputs: z.object({ owner: z.string(), color: z.string(), tags: z.array(z.string()).optional() }),
  replaceOn: [],
  sets: ["tags"],
  secrets: [],
  computed: { health: { follows: [] } },
  overrulable: { tags: (_wanted, live) => live !== undefined },
  open: async () => remote,
};
let connections: Connections;
const wanted: Inputs = { owner: "shop/prod/thing", color: "blue" };

describe("create", () => {
  it("looks first, makes, brings to the inputs, and records what the vendor says", async () => {
    const { id, recorded } = await create(kind, connections, wanted);
    expect(calls).toEqual(["find", "create", "sync"]);
    expect([id, recorded]).toEqual(["id-1", { ...wanted, health: "good" }]);
  });

  it("in a new process looks twice, since lists may lag behind what a crash left", async () => {
    connections.begun.clear();
    things.set("unlisted", { owner: wanted.owner, health: "good" });
    let looks = 0;
    const lagging: Kind<Inputs, Computed> = {
      ...kind,
      open: async () => ({
        ...remote,
        find: async (inputs) => (++looks === 1 ? undefined : remote.find(inputs)),
      }),
    };
    expect((await create(lagging, connections, wanted)).id).toBe("unlisted");
    expect(things.size).toBe(1);
  });

  it("looks once for what is unique at its vendor, and for the members that follow the first", async () => {
    connections.begun.clear();
    await create({ ...kind, isUnique: true }, connections, wanted);
    expect(calls).toEqual(["find", "create", "sync"]);
    things.clear();
    await create(kind, connections, wanted);
    expect(calls.filter((name) => name === "find")).toHaveLength(2);
  });

  it("looks twice after a member that is not the first, or that was made in another's place", async () => {
    connections.begun.clear();
    await create(kind, connections, wanted);
    things.clear();
    await remove({ ...kind, isUnique: true }, connections, "another", {});
    await create({ ...kind, isUnique: true }, connections, wanted);
    things.clear();
    calls = [];
    await create(kind, connections, wanted);
    expect(calls).toEqual(["find", "find", "create", "sync"]);
  });

  it("takes over what carries our mark instead of making a twin, and says so", async () => {
    things.set("old", { owner: wanted.owner, health: "good" });
    const warnings: string[] = [];
    const { signal } = new AbortController();
    const warn = (text: string) => warnings.push(text);
    const present = { signal, patienceMs: 1_000, tell: () => {}, warn };
    expect((await within(present, () => create(kind, connections, wanted))).id).toBe("old");
    expect(calls).not.toContain("create");
    expect(warnings).toEqual([expect.stringMatching(/^MARKED_TAKEN_OVER: [\s\S]*id old/)]);
  });

  it("looks for our mark after a lost answer and makes no second one", async () => {
    afterwards.create = [fail("unknown")];
    expect((await create(kind, connections, wanted)).id).toBe("id-1");
    expect(calls.filter((name) => name === "create")).toHaveLength(1);
    expect(things.size).toBe(1);
  });

  it("repeats when several looks find nothing of ours", async () => {
    trouble.create = [fail("unknown")];
    await create(kind, connections, wanted);
    const looks = Array.from({ length: 6 }, () => "find");
    expect(calls).toEqual(["find", "create", ...looks, "create", "sync"]);
  });

  it("makes no second one where the vendor does late what it was asked", async () => {
    trouble.create = [fail("unknown")];
    const nothing = () => {};
    const late = () => {
      things.set("late", { owner: wanted.owner, health: "new" });
    };
    trouble.find = [nothing, nothing, nothing, nothing, nothing, nothing, late];
    expect((await create(kind, connections, wanted)).id).toBe("late");
    expect(calls.filter((name) => name === "create")).toHaveLength(1);
  });

  it("leaves alone what a look after a lost answer finds, when it cannot become what is declared", async () => {
    const unfit = { owner: wanted.owner, color: "red", health: "good" };
    trouble.create = [
      () => {
        things.set("late", unfit);
        fail("unknown")();
      },
    ];
    const recolored = create({ ...kind, replaceOn: ["color"] }, connections, wanted);
    await expect(recolored).rejects.toThrow(/^MARKED_UNFIT: [\s\S]*id late/);
    expect([...things]).toEqual([["late", unfit]]);
  });

  it("does not take over what this process has just deleted and a list still shows", async () => {
    things.set("old", { ...wanted, health: "good" });
    await remove(kind, connections, "old", {});
    things.set("old", { ...wanted, health: "good" });
    expect((await create(kind, connections, wanted)).id).toBe("id-2");
  });

  it("takes over a unique one under the id of the one before it", async () => {
    const unique = { ...kind, isUnique: true };
    things.set("name", { ...wanted, health: "good" });
    await remove(unique, connections, "name", {});
    trouble.create = [
      () => {
        things.set("name", { ...wanted, health: "new" });
        fail("unknown")();
      },
    ];
    expect((await create(unique, connections, wanted)).id).toBe("name");
    expect(things.size).toBe(1);
  });

  it("records an object that was made when a later step fails", async () => {
    trouble.sync = [fail("refused")];
    const failure = await create(kind, connections, wanted).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IncompleteError);
    expect(failure).toMatchObject({ id: "id-1", live: { owner: wanted.owner } });
    expect((failure as Error).message).toContain("TROUBLE");
  });

  it("records an object that was made when Ctrl-C ends the pause before another look", async () => {
    const ending = new AbortController();
    const interrupted = () => {
      ending.abort(cancelled());
      fail("unknown")();
    };
    trouble.sync = [interrupted];
    const present = { signal: ending.signal, patienceMs: 1_000, tell: () => {}, warn: () => {} };
    const error = await within(present, () => create(kind, connections, wanted)).catch((reason) => reason);
    expect(error).toBeInstanceOf(IncompleteError);
    expect([error.id, error.message]).toEqual(["id-1", expect.stringMatching(/^OPERATION_CANCELLED: /)]);
    expect(calls).toEqual(["find", "create", "sync"]);
  });

  it("never makes anything when the look itself fails", async () => {
    trouble.find = [fail("unknown")];
    await expect(create(kind, connections, wanted)).rejects.toThrow("TROUBLE");
    expect(calls).toEqual(["find"]);
  });
});

describe("update that was told to write anew", () => {
  const rewritable = { ...kind, doubted: (live: Thing): Thing => ({ ...live, health: "doubted" }) };
  beforeEach(() => {
    things.set("1", { ...wanted, health: "good" });
    vi.stubEnv(rewriteVariable, rewriteOrder(rewritable, wanted.owner));
    return () => vi.unstubAllEnvs();
  });
  /** What `sync` was told to be there, call by call. */
  function seenBySync() {
    const seen: string[] = [];
    const spying: typeof remote = {
      ...remote,
      sync: (id, live, inputs) => {
        seen.push(live.health);
        return remote.sync(id, live, inputs);
      },
    };
    return { seen, spied: { ...rewritable, open: async () => spying } };
  }

  it("does not believe what it sees", async () => {
    const { seen, spied } = seenBySync();
    expect(await update(spied, connections, "1", {}, wanted)).toEqual({ ...wanted, health: "good" });
    expect(seen).toEqual(["doubted"]);
  });

  it("goes on doubting until it sees that something was written", async () => {
    const { seen, spied } = seenBySync();
    trouble.sync = [fail("unknown")];
    afterwards.sync = [
      () => {
        things.set("1", { ...wanted, health: "better" });
        fail("unknown")();
      },
    ];
    await update(spied, connections, "1", {}, wanted);
    expect(seen).toEqual(["doubted", "doubted", "better"]);
  });

  it("leaves every other member alone, and kinds that cannot", async () => {
    const other = { ...wanted, owner: "shop/prod/other" };
    const { seen, spied } = seenBySync();
    await update(spied, connections, "1", wanted, other);
    const { doubted: _, ...cannot } = spied;
    await update(cannot, connections, "1", other, wanted);
    expect(seen).toEqual(["good", "good"]);
    expect([isRewriteOrdered(rewritable, wanted), isRewriteOrdered(rewritable, other)]).toEqual([
      true,
      false,
    ]);
    expect(isRewriteOrdered(kind, wanted)).toBe(false);
  });
});

describe("update", () => {
  it("reads again and repeats after a conflict or a lost answer", async () => {
    things.set("1", { ...wanted, color: "red", health: "good" });
    trouble.sync = [fail("conflict"), fail("unknown")];
    expect((await update(kind, connections, "1", {}, wanted)).color).toBe("blue");
    expect(calls).toEqual(["read", "sync", "read", "sync", "read", "sync"]);
  });

  it("gives up after some tries, with what is known", async () => {
    things.set("1", { ...wanted, health: "good" });
    trouble.sync = Array.from({ length: 9 }, () => fail("conflict"));
    await expect(update(kind, connections, "1", {}, wanted)).rejects.toThrow(IncompleteError);
    expect(calls.filter((name) => name === "sync")).toHaveLength(4);
  });

  it("says what to do when the object has vanished", async () => {
    await expect(update(kind, connections, "1", {}, wanted)).rejects.toThrow(
      /MEMBER_VANISHED[\s\S]*up --refresh/,
    );
  });

  it("does not believe a change that the vendor does not serve, nor writes it again and again", async () => {
    things.set("1", { ...wanted, color: "red", health: "good" });
    const deaf: Kind<Inputs, Computed> = {
      ...kind,
      open: async () => ({
        ...remote,
        sync: (id) => call("sync", () => ({ ...wanted, color: "BLUE", health: `of ${id}` })),
      }),
    };
    await expect(update(deaf, connections, "1", {}, wanted)).rejects.toThrow(
      /CHANGE_NOT_TAKEN[\s\S]*properties color/,
    );
    expect(calls.filter((name) => name === "sync")).toHaveLength(2);
  });

  it("writes on where reads still show what was there before", async () => {
    const before = { ...wanted, color: "red", health: "good" };
    things.set("1", before);
    let writes = 0;
    const lagging: Kind<Inputs, Computed> = {
      ...kind,
      open: async () => ({
        ...remote,
        read: async () => before,
        sync: (id, live, inputs) =>
          ++writes < 4 ? call("sync", () => before) : remote.sync(id, live, inputs),
      }),
    };
    expect((await update(lagging, connections, "1", {}, wanted)).color).toBe("blue");
    expect(writes).toBe(4);
  });

  it("leaves alone what has become another's, and names the owner", async () => {
    const theirs = { owner: "other/prod/thing", color: "red", health: "good" };
    things.set("1", theirs);
    const refused = /^OWNED_BY_OTHER: [\s\S]*owner other\/prod\/thing/;
    const known = { ...wanted, health: "good" };
    await expect(update(kind, connections, "1", known, wanted)).rejects.toThrow(refused);
    await expect(read(kind, connections, "1", known)).rejects.toThrow(refused);
    await expect(remove(kind, connections, "1", known)).rejects.toThrow(refused);
    expect(things.get("1")).toBe(theirs);
    expect(calls).toEqual(["read", "read", "marked"]);
  });

  it("of a stack that the host knows, leaves alone what others marked since it was imported without a mark", async () => {
    const theirs = { owner: "other/prod/thing", color: "red", health: "good" };
    const inStack = <T>(work: () => Promise<T>) => within({ ...operation(), stack: "shop/prod" }, work);
    const { owner: _, ...unmarked } = { ...wanted, health: "good" };
    things.set("1", theirs);
    const refused = /^OWNED_BY_OTHER: /;
    await expect(inStack(() => update(kind, connections, "1", unmarked, wanted))).rejects.toThrow(refused);
    await expect(inStack(() => read(kind, connections, "1", unmarked))).rejects.toThrow(refused);
    await expect(inStack(() => remove(kind, connections, "1", unmarked))).rejects.toThrow(refused);
    expect(things.get("1")).toBe(theirs);
    // A renaming of the stack that was done and not recorded.
    things.set("1", { ...wanted, health: "good" });
    const former = { ...unmarked, owner: "shop/former/thing" };
    expect(await inStack(() => read(kind, connections, "1", former))).toMatchObject(wanted);
    await inStack(() => remove(kind, connections, "1", former));
    expect(things.size).toBe(0);
  });

  it("takes for its own what lost its mark, or still has that from before a renaming", async () => {
    const renamed = { ...wanted, owner: "shop/prod/renamed" };
    things.set("1", { ...wanted, health: "good" });
    expect((await update(kind, connections, "1", { ...wanted, health: "good" }, renamed)).owner).toBe(
      renamed.owner,
    );
    const { owner: _, ...unmarked } = wanted;
    things.set("1", { ...unmarked, health: "good" });
    expect((await update(kind, connections, "1", { ...renamed, health: "good" }, renamed)).owner).toBe(
      renamed.owner,
    );
  });

  it("reports, and does not fight, what the vendor may overrule", async () => {
    things.set("1", { ...wanted, health: "good" });
    const forced = { ...wanted, tags: ["vendor's"], health: "good" };
    const stubborn: Kind<Inputs, Computed> = {
      ...kind,
      open: async () => ({ ...remote, sync: async () => forced }),
    };
    const tagged = { ...wanted, tags: ["ours"] };
    const recorded = await update(stubborn, connections, "1", {}, tagged);
    expect(recorded).toMatchObject({ tags: ["vendor's"], overruled: ["tags"] });
    expect(differences(kind, recorded, tagged)).toEqual([]);
  });
});

describe("remove", () => {
  it("takes already gone for success, and proves the absence otherwise", async () => {
    await remove(kind, connections, "1", {});
    things.set("1", { ...wanted, health: "good" });
    await remove(kind, connections, "1", {});
    expect(calls).toEqual(["marked", "remove", "marked", "remove", "gone"]);
  });

  it("after a lost answer looks before it repeats", async () => {
    things.set("1", { ...wanted, health: "good" });
    afterwards.remove = [fail("unknown")];
    await remove(kind, connections, "1", {});
    expect(calls).toEqual(["marked", "remove", "marked", "marked"]);
  });

  it("asks again, for half a minute, while the object is in use", async () => {
    things.set("1", { ...wanted, health: "good" });
    trouble.remove = [...Array.from({ length: 5 }, () => fail("conflict")), fail("unknown")];
    await remove(kind, connections, "1", {});
    expect(things.size).toBe(0);
    things.set("1", { ...wanted, health: "good" });
    trouble.remove = Array.from({ length: 20 }, () => fail("conflict"));
    await expect(remove(kind, connections, "1", {})).rejects.toThrow("TROUBLE");
    expect(things.size).toBe(1);
  });

  it.each(["refused", "rateLimited"] as const)("never swallows %s", async (outcome) => {
    trouble.remove = [fail(outcome)];
    await expect(remove(kind, connections, "1", {})).rejects.toThrow("TROUBLE");
  });
});

describe("read", () => {
  it("cuts the answer to what was declared and keeps the declared order of sets", async () => {
    things.set("1", { ...wanted, tags: ["b", "a"], health: "good" });
    const recorded = await read(kind, connections, "1", { ...wanted, tags: ["a", "b"] });
    expect(recorded).toMatchObject({ tags: ["a", "b"], color: "blue" });
  });

  it("tells absence only when the vendor does so twice, since a read may lag behind", async () => {
    expect(await read(kind, connections, "1", {})).toBeUndefined();
    expect(calls).toEqual(["read", "read"]);
    const made = () => {
      things.set("1", { ...wanted, health: "good" });
    };
    trouble.read = [() => {}, made];
    expect(await read(kind, connections, "1", {})).toMatchObject(wanted);
    trouble.read = [fail("unknown")];
    await expect(read(kind, connections, "1", {})).rejects.toThrow("TROUBLE");
  });
});

describe("waitFor", () => {
  it("ends by its deadline and tells the last state", async () => {
    const wait = waitFor({
      what: "the thing to become ACTIVE",
      look: async () => pause(1, "ACTIVATING"),
      done: (seen) => seen === "ACTIVE",
      state: (seen) => seen,
      deadlineMs: 300,
    });
    await expect(wait).rejects.toThrow(CodedError);
    await expect(wait).rejects.toThrow(
      /WAIT_TIMED_OUT[\s\S]*the thing to become ACTIVE[\s\S]*last state ACTIVATING/,
    );
  });
});
