import type { Connections } from "authenticated-messaging-providers/connections.ts";
import { anything } from "authenticated-messaging-providers/genesys/answers.ts";
import { componentNames, recordOf, types } from "authenticated-messaging-providers/salesforce/metadata.ts";
import type { Bag, State } from "./engine.ts";
import type { World } from "./world.ts";

/** A person at the vendors' consoles, who knows the set's members by what the engine last recorded. */
export interface Person {
  world: Pick<World, "sandbox">;
  connections: Connections;
  state: State;
}

/** Does something to a member; nothing when it is not there. */
type Change = (person: Person) => Promise<unknown>;

/** What people change behind Pulumi's back, by name. */
export const changes = {
  "credential deleted": onGenesys("credential", ({ integrations }, id) =>
    integrations.deleteIntegrationsCredential(id),
  ),
  "credential written": onGenesys("credential", async ({ integrations }, id) => {
    const { name, type } = await integrations.getIntegrationsCredential(id);
    const [{ fields } = { fields: {} }] = [await fieldsOf(integrations, type?.name)];
    return integrations.putIntegrationsCredential(id, { body: { name, type, credentialFields: fields } });
  }),
  "integration deleted": onGenesys("integration", ({ integrations }, id) =>
    integrations.deleteIntegration(id),
  ),
  "integration disabled": onGenesys("integration", ({ integrations }, id) =>
    integrations.patchIntegration(id, { body: { intendedState: "DISABLED" } }),
  ),
  "integration renamed": onConfig((config) => ({ ...config, name: "Renamed" })),
  "integration without its mark": onConfig((config) => ({ ...config, notes: "by hand" })),
  "integration with another discovery URL": onConfig((config) => ({
    ...config,
    properties: {
      ...config.properties,
      discoveryUri: "https://elsewhere.example/.well-known/openid-configuration",
    },
  })),
  "configuration deleted": onGenesys("configuration", ({ webDeployments }, id) =>
    webDeployments.deleteWebdeploymentsConfiguration(id),
  ),
  "draft edited": onDraft((draft) => ({ ...draft, languages: ["fr"], defaultLanguage: "fr" })),
  "draft edited and published": onDraft(
    (draft) => ({ ...draft, languages: ["de"], defaultLanguage: "de" }),
    true,
  ),
  "same settings published again": onDraft((draft) => draft, true),
  "sign-in switched off and published": onDraft(
    (draft) => ({ ...draft, authenticationSettings: { ...draft.authenticationSettings, enabled: false } }),
    true,
  ),
  "deployment deleted": onGenesys("deployment", ({ webDeployments }, id) =>
    webDeployments.deleteWebdeploymentsDeployment(id),
  ),
  "deployment switched off": onDeployment((deployment) => ({ ...deployment, status: "Inactive" })),
  "deployment for another host": onDeployment((deployment) => ({
    ...deployment,
    allowedDomains: ["other.example"],
  })),
  "deployment with the oldest version": onDeployment((deployment) => ({
    ...deployment,
    configuration: { ...deployment.configuration, version: "1" },
  })),
  "deployment without its mark": onDeployment((deployment) => ({ ...deployment, description: "by hand" })),
  "app deleted": deleteComponent(types.app, (id) => id),
  "app renamed": onComponent(types.app, (id) => id, { label: "Renamed" }),
  "app without its mark": async (person) => {
    // Of an app that was recorded half-made, nothing but the mark tells that it is ours.
    if (person.state.get("app")?.incomplete) return;
    await onComponent(types.app, (id) => id, { description: "by hand" })(person);
  },
  "scopes changed": onComponent(types.oauth, componentNames.oauth, {
    commaSeparatedOauthScopes: "OpenID, Api",
  }),
  "callback URL changed": onComponent(types.global, componentNames.global, {
    callbackUrl: "https://elsewhere.example/signed-in",
  }),
  "OAuth settings deleted": deleteComponent(types.oauth, componentNames.oauth),
  "global OAuth settings deleted": deleteComponent(types.global, componentNames.global),
  "client secret rotated": async ({ world, state }) => {
    const consumers = world.sandbox.salesforce.store.state.consumers;
    const ours = consumers.find(({ app }) => app === state.get("app")?.id);
    if (ours) ours.secret = `${ours.secret}R`;
  },
} satisfies Record<string, Change>;

export type ChangeName = keyof typeof changes;

type Api = Parameters<Parameters<ReturnType<Connections["genesys"]>["write"]>[2]>[0];

function onGenesys(member: string, request: (api: Api, id: string) => Promise<unknown>): Change {
  return async ({ connections, state }) => {
    const id = state.get(member)?.id;
    if (id)
      await ifThere(
        connections.genesys().remove(`change the ${member} by hand`, (api) => body(request, api, id)),
      );
  };
}

/** The connection wants the vendor's whole answer, the steps before it only its body. */
async function body(request: (api: Api, id: string) => Promise<unknown>, api: Api, id: string) {
  return request(bodies(api), id);
}

/** The client's operations with their bodies alone as results. */
function bodies(api: Api): Api {
  const unwrapped = (target: object) =>
    new Proxy(target, {
      get:
        (operations, name) =>
        async (...args: unknown[]) => {
          const operation = (
            operations as Record<string | symbol, (...all: unknown[]) => Promise<{ body: unknown }>>
          )[name];
          return (await operation?.apply(operations, args))?.body;
        },
    });
  return {
    integrations: unwrapped(api.integrations),
    webDeployments: unwrapped(api.webDeployments),
  } as Api;
}

async function fieldsOf(integrations: Api["integrations"], typeName: string | undefined) {
  const types = (await integrations.getIntegrationsCredentialsTypes()) as {
    name?: string;
    properties?: Bag;
  }[];
  const type = types.find(({ name }) => name === typeName);
  const names = Object.keys(type?.properties?.properties ?? type?.properties ?? {});
  return { fields: Object.fromEntries(names.map((name) => [name, "by hand"])) };
}

function onConfig(change: (config: Bag) => Bag): Change {
  return onGenesys("integration", async ({ integrations }, id) => {
    const config = await integrations.getIntegrationConfigCurrent(id);
    return integrations.putIntegrationConfigCurrent(id, { body: change(config) as never });
  });
}

function onDraft(change: (draft: Bag) => Bag, published = false): Change {
  return onGenesys("configuration", async ({ webDeployments }, id) => {
    const { status, version, dateCreated, dateModified, selfUri, ...draft } =
      (await webDeployments.getWebdeploymentsConfigurationVersionsDraft(id)) as Bag;
    let written: Bag = await webDeployments.putWebdeploymentsConfigurationVersionsDraft(
      id,
      change(draft) as never,
    );
    while (published && written.status !== "Active") {
      written = await webDeployments.getWebdeploymentsConfigurationVersionsDraft(id);
    }
    return published ? webDeployments.postWebdeploymentsConfigurationVersionsDraftPublish(id) : written;
  });
}

function onDeployment(change: (deployment: Bag) => Bag): Change {
  return onGenesys("deployment", async ({ webDeployments }, id) => {
    const {
      id: _,
      snippet,
      dateCreated,
      dateModified,
      selfUri,
      lastModifiedUser,
      ...deployment
    } = (await webDeployments.getWebdeploymentsDeployment(id)) as Bag;
    return webDeployments.putWebdeploymentsDeployment(id, change(deployment) as never);
  });
}

function onComponent(type: string, nameOf: (id: string) => string, fields: object): Change {
  return async ({ connections, state }) => {
    const id = state.get("app")?.id;
    const present = id && (await connections.salesforce().readMetadata(type, nameOf(id)));
    if (present)
      await connections.salesforce().updateMetadata(type, recordOf(nameOf(id), present, { ...fields }));
  };
}

function deleteComponent(type: string, nameOf: (id: string) => string): Change {
  return async ({ connections, state }) => {
    const id = state.get("app")?.id;
    const present = id && (await connections.salesforce().readMetadata(type, nameOf(id)));
    if (present) await connections.salesforce().deleteMetadata(type, nameOf(id));
  };
}

/** A member may have gone meanwhile, or refuse the change as things are; then there is none. */
async function ifThere(changing: Promise<unknown>): Promise<void> {
  await changing.catch((error: unknown) => {
    if (!/GENESYS_NOT_FOUND|GENESYS_REQUEST_REFUSED/.test(String(error))) throw error;
  });
}

/** Objects of somebody else, under the same names as the set's: they must stay as they are. */
export async function makeForeignObjects(connections: Connections, name: string): Promise<void> {
  const send = (request: (api: Api) => Promise<unknown>) =>
    connections.genesys().write("make an object by hand", anything, request);
  await send(({ integrations }) =>
    integrations.postIntegrationsCredentials({
      body: {
        name,
        type: { name: "pureCloudOAuthClient" },
        credentialFields: { clientId: "a", clientSecret: "b" },
      },
    }),
  );
  await send(({ webDeployments }) =>
    webDeployments.postWebdeploymentsConfigurations({
      name,
      description: "[managed by pulumi: fuzz/test/other]",
      languages: ["en-us"],
      defaultLanguage: "en-us",
    } as never),
  );
}
