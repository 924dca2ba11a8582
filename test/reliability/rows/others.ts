import { types } from "authenticated-messaging-providers/salesforce/metadata.ts";
import { expect } from "vitest";
import type { MemberName } from "../../fuzz/program.ts";
import type { World } from "../../fuzz/world.ts";

/** Something that an org keeps, and what people have set in it that no program of the table declares. */
interface Theirs {
  /** Of the app's component. */
  type?: string;
  of(world: World): object | undefined;
  settings: object;
}

const id = "11111111-2222-4333-8444-555555555555";
const implicitFlow = "implicitFlowSupport";

const theirs: Record<MemberName, Theirs[]> = {
  app: [
    ofComponent(types.app, { infoUrl: "https://theirs.example" }),
    ofComponent(types.oauth, {
      singleLogoutUrl: "https://theirs.example/out",
      customAttributes: [
        { formula: "$User.Id", key: "theirs" },
        { formula: "$User.Email", key: "theirs too" },
      ],
    }),
    ofComponent(types.global, {
      isRefreshTokenRotationEnabled: true,
      idTokenConfig: { idTokenAudience: "https://theirs.example", idTokenValidityInMinutes: 7 },
    }),
    ofComponent(types.policies, {
      permittedUsersPolicyType: "AdminApprovedPreAuthorized",
      refreshTokenValidityPeriod: 7,
      sessionTimeoutInMinutes: 15,
    }),
  ],
  // Whatever can be read of it is declared.
  credential: [],
  integration: [
    {
      of: ({ sandbox }) => Object.values(sandbox.genesys.store.state.integrations)[0]?.config,
      settings: { advanced: { theirs: "kept" } },
    },
    {
      of: ({ sandbox }) => Object.values(sandbox.genesys.store.state.integrations)[0]?.config.properties,
      settings: { [implicitFlow]: true },
    },
  ],
  configuration: [
    {
      of: ({ sandbox }) => Object.values(sandbox.genesys.store.state.configurations)[0]?.draft,
      settings: {
        position: { alignment: "Left" },
        customI18nLabels: [
          { language: "de", localizedLabels: [{ key: "MessengerLauncherButtonText", value: "Hallo" }] },
        ],
      },
    },
    {
      of: ({ sandbox }) =>
        Object.values(sandbox.genesys.store.state.configurations)[0]?.draft.messenger as object,
      settings: { launcherButton: { visibility: "OnDemand" } },
    },
  ],
  deployment: [
    {
      of: ({ sandbox }) => Object.values(sandbox.genesys.store.state.deployments)[0],
      settings: { flow: { id }, supportedContent: { id }, pushIntegrations: [{ id, provider: "APNS" }] },
    },
  ],
};

function ofComponent(type: string, settings: object): Theirs {
  return {
    type,
    of: ({ sandbox }) =>
      sandbox.salesforce.store.state.components.find((component) => component.type === type)?.fields,
    settings,
  };
}

/**
 * Sets in the member, in the vendor's own store, what the program does not declare.
 * @param component of the app: this one alone
 */
export function editByAnother(member: MemberName, world: World, component?: string): void {
  for (const { of, settings } of theirsIn(member, component))
    Object.assign(of(world) ?? {}, structuredClone(settings));
}

export function expectKept(member: MemberName, world: World, component?: string): void {
  for (const { of, settings } of theirsIn(member, component)) expect(of(world)).toMatchObject(settings);
}

function theirsIn(member: MemberName, component: string | undefined): Theirs[] {
  return theirs[member].filter(({ type }) => component === undefined || type === component);
}

/** Is there anything in it that a program could leave undeclared? */
export const hasTheirs = (member: MemberName): boolean => theirs[member].length > 0;
