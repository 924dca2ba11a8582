import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { goEnvironment, goProblem } from "../../tools/goBuild.mjs";
import {
  binFolder,
  firstThatWorks,
  isTested,
  providePulumi,
  pulumiInPlace,
  pulumiLast,
  testedVersion,
} from "../../tools/pulumiCli.mjs";

describe("decisions", () => {
  test("the first way that works is taken and later ones are not tried", async () => {
    const tried: string[] = [];
    const way = (name: string, works: boolean) => ({
      name,
      attempt: async () => {
        tried.push(name);
        if (!works) throw new Error(`${name} is not there`);
        return `/${name}/pulumi`;
      },
    });
    expect(await firstThatWorks([way("a", false), way("b", true), way("c", true)])).toEqual({
      path: "/b/pulumi",
    });
    expect(tried).toEqual(["a", "b"]);
    expect(await firstThatWorks([way("a", false), way("c", false)])).toEqual({
      evidence: { a: "a is not there", c: "c is not there" },
    });
  });

  test.each([
    ["3.259.0", true],
    ["3.270.1", true],
    ["3.258.9", false],
    ["3.271.0", false],
    ["4.0.0", false],
    ["", false],
  ])("a CLI %s on PATH is taken: %s", (version, taken) => {
    expect(isTested(version)).toBe(taken);
  });

  test.each([
    ["go1.26.8", "local", undefined],
    ["go1.27", "auto", undefined],
    ["go1.22.3", "auto", undefined],
    ["go1.22.3", "local", "Go 1.26 or newer is needed, found go1.22.3"],
    ["go1.20", "auto", "Go 1.26 or newer is needed, found go1.20"],
    ["", "", "Go 1.26 or newer is needed, found an unknown version"],
  ])("Go %s with GOTOOLCHAIN=%s: %s", (version, toolchain, problem) => {
    expect(goProblem("1.26", version, toolchain)).toBe(problem);
  });

  test("the build keeps the user's Go flags and checksum database, and its caches to itself", () => {
    const env = goEnvironment({ GOFLAGS: "-buildvcs=false", GOSUMDB: "example", GOCACHE: "/mine" }, "/tmp/b");
    expect(env).toMatchObject({ GOFLAGS: "-buildvcs=false -modcacherw", GOSUMDB: "example" });
    for (const name of ["GOPATH", "GOCACHE", "GOMODCACHE"]) expect(env[name]).toMatch(/^\/tmp\/b\//);
    expect(goEnvironment({}, "/tmp/b")).not.toHaveProperty("GOSUMDB");
  });

  test("pulumi itself is put in place last", () => {
    expect(pulumiLast(["a", "pulumi", "pulumi-language-nodejs"])).toEqual([
      "a",
      "pulumi-language-nodejs",
      "pulumi",
    ]);
  });

  test("PULUMI_HOME decides where the CLI lies", () => {
    expect(binFolder({ PULUMI_HOME: "/p", HOME: "/h" })).toBe(`/p/versions/${testedVersion}/bin`);
    expect(binFolder({ HOME: "/h" })).toBe(`/h/.pulumi/versions/${testedVersion}/bin`);
  });
});

describe("on a machine", () => {
  let machine: string;
  beforeEach(() => {
    machine = mkdtempSync(join(tmpdir(), "set-up-test-"));
    writeProgram(
      join(machine, "checkout/node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs"),
      "exit 0",
    );
    writeProgram(join(machine, "checkout/node_modules/.bin/other"), "exit 0");
  });
  afterEach(() => rmSync(machine, { recursive: true, force: true }));

  test("a CLI on PATH comes first and `npx pulumi` runs it", async () => {
    const path = installCli(join(machine, "bin"), "3.262.0");
    installCli(binFolder({ HOME: machine }), testedVersion);
    await providePulumi(checkout());
    expect(npxPulumi()).toBe(path);
    expect(await pulumiInPlace(checkout())).toBe(true);
  });

  test.each(["3.100.0", "3.262.0 without its language host"])(
    "a CLI %s on PATH is passed over",
    async (kind) => {
      const [version = "", ...rest] = kind.split(" ");
      const path = installCli(join(machine, "bin"), version);
      if (rest.length > 0) rmSync(join(dirname(path), "pulumi-language-nodejs"));
      installCli(binFolder({ HOME: machine }), testedVersion);
      await providePulumi(checkout());
      expect(npxPulumi()).toBe("../pulumi/run.js");
    },
  );

  test("an earlier installation without the dynamic provider host is completed", async () => {
    installCli(binFolder({ HOME: machine }), testedVersion);
    const host = join(binFolder({ HOME: machine }), "pulumi-resource-pulumi-nodejs");
    rmSync(host);
    expect(await pulumiInPlace(checkout())).toBe(false);
    await providePulumi(checkout());
    expect(readFileSync(host, "utf8")).toContain("exit 0");
    expect(await pulumiInPlace(checkout())).toBe(true);
  });

  test("the download is used where nothing is there, and nothing half-made stays behind", async () => {
    const download = join(machine, "checkout/node_modules/pulumi/run.js");
    const made = "process.env.PULUMI_HOME + '/versions/' + process.env.PULUMI_VERSION + '/bin/'";
    writeProgram(
      download,
      `const fs = require("node:fs"); fs.mkdirSync(${made}, { recursive: true });
       for (const name of ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"])
         fs.writeFileSync(${made} + name, "#!/bin/sh\\necho v3.259.0\\n", { mode: 0o755 });`,
    );
    await providePulumi(checkout());
    expect(npxPulumi()).toBe("../pulumi/run.js");
    expect(await pulumiInPlace(checkout())).toBe(true);
  });

  test("when every way fails, the error lists each with its reason and says what to do", async () => {
    writeProgram(
      join(machine, "checkout/node_modules/pulumi/run.js"),
      "console.error('pulumi: fetch failed'); process.exit(1);",
    );
    writeProgram(join(machine, "bin/go"), "echo go1.19; echo auto");
    const error = await providePulumi(checkout()).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toContain(
      "SET_UP_NO_PULUMI: No Pulumi CLI 3.259.0 could be found, downloaded or built.",
    );
    expect(error?.message).toContain("pulumi on PATH: there is none");
    expect(error?.message).toContain("installed earlier:");
    expect(error?.message).toContain("download: exit 1; pulumi: fetch failed");
    expect(error?.message).toContain("a build from Go modules: Go 1.26 or newer is needed, found go1.19");
    expect(error?.message).toMatch(/next: Put one into .*versions\/3\.259\.0\/bin/);
  });

  function checkout() {
    const PATH = [join(machine, "bin"), "/usr/bin", "/bin"].join(":");
    return { root: join(machine, "checkout"), env: { HOME: machine, PATH } };
  }
  const npxPulumi = () => readlinkSync(join(machine, "checkout/node_modules/.bin/pulumi"));
});

function installCli(folder: string, version: string): string {
  writeProgram(join(folder, "pulumi"), `echo v${version}`);
  writeProgram(join(folder, "pulumi-language-nodejs"), "exit 0");
  writeProgram(join(folder, "pulumi-resource-pulumi-nodejs"), "exit 0");
  return join(folder, "pulumi");
}

/** A shell script, or a Node script where the name ends so. */
function writeProgram(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith(".js") ? body : `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
