import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { readConfiguration } from "../../program/configuration.ts";
import { assumptionsSchema } from "../../providers/assumptions.ts";
import { credentialKind } from "../../providers/genesys/Credential.ts";
import { integrationKind } from "../../providers/genesys/Integration.ts";
import { messengerConfigurationKind } from "../../providers/genesys/MessengerConfiguration.ts";
import { messengerDeploymentKind } from "../../providers/genesys/MessengerDeployment.ts";
import { domainByRegion } from "../../providers/genesys/regions.ts";
import { genesysSettings } from "../../providers/genesys/settings.ts";
import { externalClientAppKind } from "../../providers/salesforce/ExternalClientApp.ts";
import { knownScopes } from "../../providers/salesforce/metadata.ts";
import { salesforceSettings } from "../../providers/salesforce/settings.ts";
import { factsOf } from "../../providers/settings.ts";
import * as accounts from "../../sandbox/accounts.ts";
import type { Assumption } from "../../sandbox/assumption.ts";
import { assumptions } from "../../sandbox/assumptions.ts";
import { type Delays, fastDelays, realisticDelays } from "../../sandbox/delays.ts";
import { anchorsIn, linksIn, sections, tableRow, tableRows } from "./markdown.ts";
import { codesIn, membersOf, vendorCallsIn } from "./sources.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

const kinds = [
  {
    file: "providers/salesforce/ExternalClientApp.ts",
    page: "external-client-app",
    ...externalClientAppKind,
  },
  { file: "providers/genesys/Credential.ts", page: "credential", ...credentialKind },
  { file: "providers/genesys/Integration.ts", page: "integration", ...integrationKind },
  {
    file: "providers/genesys/MessengerConfiguration.ts",
    page: "messenger-configuration",
    ...messengerConfigurationKind,
  },
  {
    file: "providers/genesys/MessengerDeployment.ts",
    page: "messenger-deployment",
    ...messengerDeploymentKind,
  },
].map((kind) => ({ ...kind, className: kind.file.replace(/^.*\/|\.ts$/g, "") }));

describe.each(kinds)("docs/$page.md", ({ file, page, className, inputs, replaceOn }) => {
  const text = read(`docs/${page}.md`);
  const parts = sections(text);

  it("has a row for each input, and for nothing else", () => {
    const documented = tableRows(parts.Inputs ?? "").map(([name]) => name);
    expect(documented.toSorted()).toEqual(Object.keys(inputs.shape).map(quoted).toSorted());
  });

  it("gives each input's default", () => {
    const { owner, ...others } = inputs.shape as Record<string, z.ZodType>;
    expect(owner?.safeParse(undefined).success).toBe(false); // The class fills it in: it has no default here.
    for (const [name, schema] of Object.entries(others))
      expect(tableRow(parts.Inputs ?? "", quoted(name))?.[2], name).toBe(defaultOf(schema));
  });

  it("names each output", () => {
    const source = read(file);
    const outputs = [...membersOf(source, className), ...membersOf(source, `${className}Computed`)];
    expect(outputs).not.toHaveLength(0);
    const tables = `${parts.Inputs}\n${parts.Outputs}`;
    expect(outputs.filter((name) => !tableRow(tables, quoted(name)))).toEqual([]);
  });

  it("says which inputs replace the object", () => {
    const replacing = tableRows(parts.Inputs ?? "").filter((row) =>
      /\*\*Changing it replaces/.test(row[3] ?? ""),
    );
    expect(replacing.map(([name]) => name)).toEqual(replaceOn.map(quoted));
  });

  it("names only errors that docs/errors.md explains", () => {
    const named = [...(parts.Errors ?? "").matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? "");
    expect(named).not.toHaveLength(0);
    expect(named.filter((code) => !documentedCodes().includes(code))).toEqual([]);
  });

  it("names the errors that its source can make", () => {
    expect(codesIn(read(file)).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});

describe("the Genesys API", () => {
  const description = JSON.parse(read("sandbox/genesys/openapi.json")) as {
    paths: Record<string, Record<string, DescribedOperation>>;
  };
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      ...operation,
    })),
  );

  it.each(kinds.filter(({ file }) => file.includes("/genesys/")))(
    "docs/$page.md names the requests and permissions of its source",
    ({ file, page }) => {
      const text = read(`docs/${page}.md`);
      const calls = vendorCallsIn(read(file));
      expect(calls).not.toHaveLength(0);
      for (const call of calls) {
        const operation = operations.find(({ operationId }) => operationId === call);
        if (operation === undefined) throw new Error(`${call} is not in the API description`);
        expect(text).toContain(`\`${operation.method} ${operation.path}\``);
        for (const permission of operation["x-inin-requires-permissions"].permissions)
          expect(sections(text).Permissions).toContain(`\`${permission}\``);
      }
    },
  );

  it("has each request that a page names", () => {
    const known = operations.map(({ method, path }) => `${method} ${path}`);
    const named = kinds.flatMap(({ page }) =>
      [...read(`docs/${page}.md`).matchAll(/`([A-Z]+ \/api\/v2\/[^`]*)`/g)].map(([, call]) => call ?? ""),
    );
    expect(named).not.toHaveLength(0);
    expect(named.filter((call) => !known.includes(call))).toEqual([]);
  });
});

interface DescribedOperation {
  operationId: string;
  "x-inin-requires-permissions": { permissions: string[] };
}

describe("docs/external-client-app.md", () => {
  const rows = sections(read("docs/external-client-app.md")).Inputs ?? "";

  it("lists all scopes", () => {
    expect(tableRow(rows, "`scopes`")?.[3]).toContain(knownScopes.join(", "));
  });

  it.each(["idToken", "policies"] as const)("lists the members of %s", (name) => {
    const optional = externalClientAppKind.inputs.shape[name] as z.ZodOptional<z.ZodObject>;
    for (const member of Object.keys(optional.unwrap().shape))
      expect(tableRow(rows, quoted(name))?.[3]).toContain(quoted(member));
  });
});

describe("docs/errors.md", () => {
  const files = globSync("{program,providers,components,operations,cli,tools}/**/*.{ts,mjs,cjs}", {
    cwd: root,
  }).concat("sandbox/main.ts");
  const codes = [
    ...new Set(files.filter((file) => !file.includes("node_modules")).flatMap((file) => codesIn(read(file)))),
  ];

  it("explains each code of the sources", () => {
    expect(codes.length).toBeGreaterThan(30);
    expect(codes.filter((code) => !documentedCodes().includes(code))).toEqual([]);
  });

  it("explains no code that does not exist, and none twice", () => {
    expect(documentedCodes().filter((code) => !codes.includes(code))).toEqual([]);
    expect(new Set(documentedCodes()).size).toBe(documentedCodes().length);
  });
});

describe("docs/configuration.md", () => {
  afterEach(() => vi.unstubAllEnvs());
  const text = read("docs/configuration.md");
  const settings = { ...salesforceSettings.shape, ...genesysSettings.shape } as Record<string, z.ZodType>;

  it("has a row for each key that the program reads, and so has Pulumi.yaml", () => {
    const keys = keysOfProgram();
    const documented = tableRows(text).map(([key]) => key);
    expect(documented.toSorted()).toEqual(keys.map(quoted).toSorted());
    expect(Object.keys(defaultsOfProject()).toSorted()).toEqual(keys.toSorted());
  });

  it("gives the defaults of Pulumi.yaml", () => {
    const plain = (shown: string) => shown.replace(/["`\s]/g, "");
    const defaults = Object.entries(defaultsOfProject()).filter(
      ([, value]) => !/^(""|\[\]|\{\})$/.test(value),
    );
    expect(defaults).not.toHaveLength(0);
    for (const [key, value] of defaults) {
      const row = (tableRow(text, quoted(key)) ?? []).map(plain);
      expect(
        row.some((cell) => cell === plain(value) || cell.includes(`Default:${plain(value)}.`)),
        key,
      ).toBe(true);
    }
  });

  it.each(Object.entries(settings))("names the environment variable and the example of %s", (key, schema) => {
    const { env, example, secret } = factsOf(schema);
    const row = tableRow(text, quoted(key)) ?? [];
    expect(row[1]).toBe(env ? quoted(env) : "none");
    if (secret) expect(row[2]).toContain("Secret");
    else expect(row[3]).toContain(quoted(example));
  });

  it("lists the regions", () => {
    expect(text.replace(/\s+/g, " ")).toContain(`${Object.keys(domainByRegion).join(", ")}.`);
  });

  /** Each key of Pulumi.yaml with its default, as it is written there. */
  function defaultsOfProject(): Record<string, string> {
    const declared = read("Pulumi.yaml").split(/^config:$/m)[1] ?? "";
    const keys = [...declared.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? {4}default: (.*)$/gm)];
    return Object.fromEntries(keys.map(([, key = "", value = ""]) => [key, value]));
  }

  /** The program asks for every key before it says what is wrong. */
  function keysOfProgram(): string[] {
    const keys = new Set<string>();
    for (const schema of Object.values(settings)) {
      const { env } = factsOf(schema);
      if (env) vi.stubEnv(env, "");
    }
    const get = (key: string) => {
      keys.add(key);
      return undefined;
    };
    expect(() => readConfiguration({ get } as unknown as Config)).toThrow("CONFIGURATION_INVALID");
    return [...keys];
  }
});

describe("docs/authenticated-messaging.md", () => {
  const source = read("components/AuthenticatedMessaging.ts");
  const parts = sections(read("docs/authenticated-messaging.md"));

  it.each([
    ["Arguments", "AuthenticatedMessagingArgs", source],
    ["Outputs", "AuthenticatedMessaging", source],
    ["Page contract", "PageContract", read("components/pageContract.ts")],
  ])("%s has all members of %s", (section, type, text) => {
    const names = membersOf(text, type);
    expect(names).not.toHaveLength(0);
    expect(names.filter((name) => !(parts[section] ?? "").includes(quoted(name)))).toEqual([]);
  });
});

describe("docs/assumptions.md", () => {
  const text = read("docs/assumptions.md");

  it("has a row for each of the product's", () => {
    const names = Object.keys(assumptionsSchema.unwrap().shape);
    expect(names.filter((name) => !tableRow(text, quoted(name)))).toEqual([]);
  });

  it.each(Object.entries(assumptions))("has the row of each of the sandbox's: %s", (_vendor, catalogue) => {
    const rows = Object.entries(catalogue as Record<string, Assumption<unknown>>).map(rowOf);
    expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  });

  it("has no row more than that", () => {
    const sandboxes = sections(text)["What the sandbox assumes"] ?? "";
    const known = Object.values(assumptions).flatMap((catalogue) => Object.keys(catalogue));
    expect(tableRows(sandboxes).map(([name]) => name)).toEqual(known.map(quoted));
  });

  function rowOf([name, { question, chosen, alternatives }]: [string, Assumption<unknown>]): string {
    const code = (value: unknown) => `\`${JSON.stringify(value)}\``;
    const others = alternatives.map(code).filter((alternative) => alternative !== code(chosen));
    return `| \`${name}\` | ${question} | ${code(chosen)} | ${others.join(", ") || "open"} |`;
  }
});

describe("docs/sandbox.md", () => {
  const text = read("docs/sandbox.md");

  it("names each log-in", () => {
    const values = Object.values(accounts).flatMap((account) => Object.values(account));
    expect(values.filter((value) => !text.includes(value))).toEqual([]);
  });

  it("names each option of the command, with its default", () => {
    const help = execFileSync(process.execPath, [join(root, "sandbox/main.ts"), "--help"], {
      encoding: "utf8",
    });
    const lines = help.replace(/\n {20,}/g, " ");
    const options = [...lines.matchAll(/^ {2}(--[a-z-]+)(?:.*default: "?([^")]+))?/gm)];
    expect(options.length).toBeGreaterThan(3);
    for (const [, flag = "", usual] of options) {
      const row = tableRow(text, quoted(flag));
      expect(row, flag).toBeDefined();
      if (usual && usual !== "false") expect(row?.[1]?.replaceAll("`", ""), flag).toBe(usual);
    }
  });

  it.each(Object.keys(fastDelays) as (keyof Delays)[])("tells how long %s is in both profiles", (name) => {
    const row = tableRows(text).find(([cell]) => cell?.startsWith(`${quoted(name)}:`));
    const seconds = [fastDelays, realisticDelays].map((delays) => `${delays[name] / 1_000} s`);
    expect(row?.slice(1)).toEqual(seconds);
  });

  it("names each control path", () => {
    const sources = globSync("sandbox/**/*.ts", { cwd: root }).map(read).join("\n");
    const paths = [...sources.matchAll(/(?:\/_sandbox\/|\$\{CONTROL\})([a-z-]+)/g)].map(
      ([, name]) => name ?? "",
    );
    expect(new Set(paths).size).toBeGreaterThan(3);
    expect(paths.filter((name) => !text.includes(`/_sandbox/${name}\``))).toEqual([]);
  });
});

describe("all documents", () => {
  const documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].concat(
    globSync("{docs,examples}/**/*.md", { cwd: root }).filter((file) => !file.includes("node_modules")),
  );

  it.each(documents)("%s: each relative link leads somewhere", (document) => {
    const broken = linksIn(read(document)).filter((link) => !resolves(document, link));
    expect(broken).toEqual([]);
  });

  it("name only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) =>
      [...read(document).matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)/g)].map(
        ([, script]) => script ?? "",
      ),
    );
    expect(named).not.toHaveLength(0);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  function resolves(document: string, link: string): boolean {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? document : join(dirname(document), path);
    if (!existsSync(join(root, target))) return false;
    return anchor === undefined || anchorsIn(read(target)).includes(anchor);
  }
});

function quoted(name: string): string {
  return `\`${name}\``;
}

/** What the column "default" must say. */
function defaultOf(schema: z.ZodType): string {
  const result = schema.safeParse(undefined);
  if (!result.success) return "required";
  return result.data === undefined ? "left alone" : quoted(JSON.stringify(result.data));
}

function documentedCodes(): string[] {
  return tableRows(read("docs/errors.md")).flatMap(([code = ""]) => /^`([A-Z0-9_]+)`$/.exec(code)?.[1] ?? []);
}
